"""Addresses of rows that have a name: the first free one, whoever else is naming something meanwhile."""

from collections.abc import Callable
from typing import Final, TypeVar

from django.db import IntegrityError, transaction
from django.db.models import Model, QuerySet
from django.utils.text import slugify

Row = TypeVar("Row", bound=Model)
MOST: Final = 1000


def under_a_free_one(name: str, usual: str, among: QuerySet[Row], create: Callable[[str], Row]) -> Row:
    """What `create(slug)` gives for the first of `cafe`, `cafe-2`, `cafe-3` … that the database lets in.

    `usual` stands in for a name without letters, `among` are the rows that must differ. Looking first and
    then creating loses to who is quicker. Raises IntegrityError when it is not the slug that is refused.
    """
    wish = slugify(name)[:50] or usual
    for slug in [wish, *(f"{wish}-{number}" for number in range(2, MOST))]:
        try:
            with transaction.atomic():
                return create(slug)
        except IntegrityError:
            if not among.filter(slug=slug).exists():
                raise
    return create(f"{wish}-{MOST}")
