"""An uncut picture goes out marked, by pieces of what is stored; and always the same way."""

import io
import random

import pytest
from PIL import Image

from studio import storage
from studio.flow import provenance, uncut
from studio.flow.listing import Piece
from studio.imaging.provenance import EDITED, Origin, packet, stamp
from studio.models import Brand
from tests import cast

KEY, XMP = "pictures/one", packet(Origin(EDITED, tool="Studio", sku="MUG-0114"))


def noise(form: str, xmp: bytes = b"") -> bytes:
    image = Image.frombytes("RGB", (160, 160), random.Random(form).randbytes(160 * 160 * 3))
    out = io.BytesIO()
    image.save(out, form, **({"xmp": xmp} if xmp else {}))
    return out.getvalue()


def joined(stored: bytes, pieces: list[bytes | Piece]) -> bytes:
    return b"".join(
        one if isinstance(one, bytes) else stored[one.start : one.start + one.length] for one in pieces
    )


@pytest.mark.parametrize("form", ["PNG", "JPEG", "WEBP"])
@pytest.mark.parametrize("xmp", [b"", b"<x:xmpmeta>somebody else's</x:xmpmeta>" * 20])
def test_only_the_mark_is_kept_beside_the_picture(form: str, xmp: bytes) -> None:
    stored = noise(form, xmp if form != "PNG" else b"")
    marked = stamp(stored, XMP)
    assert marked != stored
    pieces = uncut.splice(stored, marked, KEY)
    assert joined(stored, pieces) == marked
    kept = sum(len(one) for one in pieces if isinstance(one, bytes))
    assert kept < 2_000


@pytest.mark.parametrize(
    ("stored", "marked"),
    [
        (b"", b""), (b"", b"x"), (b"x", b""), (b"aaaa", b"aa"), (b"aa", b"aaaa"), (b"abc", b"xyz"),
        (b"abcabc", b"abc"), (bytes(9_000), bytes(10_000)), (bytes(10_000), bytes(9_000)),
        (bytes(range(256)) * 40, b"head" + bytes(range(256)) * 30 + b"tail"),
    ],
)  # fmt: skip
def test_whatever_was_changed_the_pieces_give_it(stored: bytes, marked: bytes) -> None:
    assert joined(stored, uncut.splice(stored, marked, KEY)) == marked


def test_random_changes_are_put_together_again() -> None:
    dice = random.Random(3)
    for _ in range(300):
        stored = dice.randbytes(dice.randrange(1, 12_000))
        cut, end = sorted(dice.randrange(len(stored) + 1) for _ in range(2))
        marked = stored[:cut] + dice.randbytes(dice.randrange(50)) + stored[end:]
        assert joined(stored, uncut.splice(stored, marked, KEY)) == marked


def test_a_picture_that_names_its_source_is_one_piece(brand: Brand) -> None:
    stored = stamp(noise("PNG"), XMP)
    key = storage.save(stored, "pictures", "png")
    sealed = uncut.opened(uncut.seal(cast.render(cast.shoot(brand), state="done", picture=key)))
    assert sealed.pieces == (Piece(key, 0, len(stored)),)
    assert sealed.size == len(stored)


def test_what_was_sealed_is_read_back(brand: Brand) -> None:
    stored = noise("WEBP")
    key = storage.save(stored, "pictures", "webp")
    render = cast.render(cast.shoot(brand), state="done", picture=key, engine="hiapi")
    sealed = uncut.opened(uncut.seal(render))
    assert joined(stored, list(sealed.pieces)) == stamp(stored, provenance.packet_of(render))
