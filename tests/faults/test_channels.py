"""All placements for every sample: minutes of work for the processor, so not among the ordinary tests."""

import pytest

from studio.flow import starter
from studio.models import Brand, User
from tests.channels import SAMPLES, faults, rows

pytestmark = pytest.mark.faults


@pytest.mark.parametrize("name", SAMPLES)
def test_every_sample_fits_every_placement(brand: Brand, admin: User, name: str) -> None:
    starter.lay_in()
    assert faults(brand, name, rows()) == []
