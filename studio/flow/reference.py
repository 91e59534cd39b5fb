"""The pictures that a provider works from: small copies inside the request, or links that it may follow."""

from collections.abc import Sequence
from typing import Final

from django.conf import settings
from django.core import signing

from studio import storage
from studio.imaging import reference as pixels
from studio.models import Packshot, Render

LINK_LIVES: Final = 24 * 3600  # seconds: as long as a request may be sent again, and a task then takes
SALT: Final = "reference"
COPY_BYTES: Final = 400_000  # five of them stay under what HiAPI takes inside a request

Shown = Packshot | Render
KINDS: Final[dict[str, type[Packshot] | type[Render]]] = {"p": Packshot, "r": Render}


def of(shown: Sequence[Shown], most: int) -> tuple[tuple[str, ...], str]:
    """References for these pictures, and the key of the sheet that was composed when only one may be sent."""
    if most == 1 and len(shown) > 1:
        sheet = _sheet(shown)
        return (sheet,), sheet
    chosen = shown[:most]
    if settings.PUBLIC_URL:
        return tuple(link(one) for one in chosen), ""
    return tuple(_copy(one) for one in chosen), ""


def link(shown: Shown) -> str:
    """An address that shows this one picture to whoever has it, for a day."""
    kind = "r" if isinstance(shown, Render) else "p"
    token = signing.dumps([kind, shown.pk], salt=SALT)
    return f"{settings.PUBLIC_URL}/references/{token}/"


def follow(token: str) -> str | None:
    """The storage key behind a link; None when it is not ours, has expired or its picture is gone."""
    try:
        kind, pk = signing.loads(token, salt=SALT, max_age=LINK_LIVES)
        row = KINDS[kind].objects.filter(pk=pk).first()
    except (signing.BadSignature, ValueError, TypeError, KeyError):
        return None
    return row.picture or None if row else None


def _copy(shown: Shown) -> str:
    """A small bare copy, made once and kept as long as its picture."""
    if shown.reference:
        return shown.reference
    key = storage.save(pixels.fit(storage.read(shown.picture), COPY_BYTES), "references", "jpg")
    rows = type(shown).objects.filter(pk=shown.pk, reference="")
    if not rows.update(reference=key):
        storage.delete([key])
        shown.refresh_from_db(fields=["reference"])
        return shown.reference
    shown.reference = key
    return key


def _sheet(shown: Sequence[Shown]) -> str:
    pictures = [storage.read(one.picture) for one in shown]
    return storage.save(pixels.sheet(pictures), "references", "jpg")
