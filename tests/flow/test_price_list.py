"""The newest price list, asked for once by whoever shows many prices."""

from collections.abc import Callable
from typing import Any

import pytest

from studio.flow import price_list
from studio.models import PriceList

pytestmark = pytest.mark.django_db


def keep(sha256: str) -> PriceList:
    return PriceList.objects.create(engine="hiapi", sha256=sha256, document=b"{}")


def test_it_is_read_once_and_again_afterwards(django_assert_num_queries: Callable[[int], Any]) -> None:
    first = keep("1")
    with price_list.once():
        with django_assert_num_queries(1):
            assert [price_list.newest() for _ in range(3)] == [first] * 3
        second = keep("2")
        assert price_list.newest() == first
    assert price_list.newest() == second


def test_that_there_is_none_is_known_after_one_question(
    django_assert_num_queries: Callable[[int], Any],
) -> None:
    with price_list.once(), django_assert_num_queries(1):
        assert price_list.newest() is None
        assert price_list.current() is None
