"""Every starter placement, through the real flow: each file is one that its channel takes."""

from studio.flow import starter
from studio.models import Brand, User
from tests.channels import faults, rows


def test_every_placement_gets_a_file_that_its_channel_takes(brand: Brand, admin: User) -> None:
    """A third of the placements for each of three samples: a thin one, a wide one, a tall one.

    The other combinations are those of tests/faults.
    """
    starter.lay_in()
    wanted = rows()
    for number, name in enumerate(("chair", "dripper", "bottle")):
        assert faults(brand, name, wanted[number::3]) == []
