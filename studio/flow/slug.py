"""Addresses of rows that have a name: the first free one, whoever else is naming something meanwhile."""

from collections.abc import Callable
from contextlib import suppress
from typing import Final, TypeVar

from django.db import IntegrityError, transaction
from django.utils.text import slugify

Row = TypeVar("Row")
MOST: Final = 1000


def under_a_free_one(name: str, usual: str, create: Callable[[str], Row]) -> Row:
    """What `create(slug)` gives for the first of `cafe`, `cafe-2`, `cafe-3` … that the database lets in.

    `usual` stands in for a name without letters. Looking first and then creating loses to who is quicker.
    """
    wish = slugify(name)[:50] or usual
    for slug in [wish, *(f"{wish}-{number}" for number in range(2, MOST))]:
        with suppress(IntegrityError), transaction.atomic():
            return create(slug)
    return create(f"{wish}-{MOST}")
