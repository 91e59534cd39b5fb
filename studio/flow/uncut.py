"""How an uncut picture goes out: the stored bytes with a mark of where it came from spliced in.

What a picture says of itself may be worded anew some day; what an archive was said to hold stays. So the mark
is kept with the export, and the rest of the picture stays where it is stored.
"""

import base64
import hashlib
import zlib
from dataclasses import dataclass
from typing import Any, Final

from studio import storage
from studio.flow import provenance
from studio.flow.listing import Piece
from studio.models import Render

_SAMPLE: Final = 64  # bytes by which the middle of a picture is found again
_WORTH: Final = 4096  # fewer bytes are kept as they are


@dataclass(frozen=True)
class Sealed:
    """A file as it goes out: its sums, and the pieces it is put together from."""

    size: int
    crc32: int
    sha256: str
    pieces: tuple[bytes | Piece, ...]


def seal(render: Render) -> dict[str, Any]:
    """The uncut picture as it goes out, to be kept. Raises FileNotFoundError."""
    stored = storage.read(render.picture)
    with provenance.open_marked(render.picture, provenance.packet_of(render)) as file:
        marked = file.read()
    pieces = [
        [one.start, one.length] if isinstance(one, Piece) else base64.b64encode(one).decode()
        for one in splice(stored, marked, render.picture)
    ]
    sums = {"size": len(marked), "crc32": zlib.crc32(marked), "sha256": hashlib.sha256(marked).hexdigest()}
    return sums | {"key": render.picture, "pieces": pieces}


def opened(kept: dict[str, Any]) -> Sealed:
    """What `seal` gave."""
    pieces = tuple(
        base64.b64decode(one) if isinstance(one, str) else Piece(kept["key"], *one) for one in kept["pieces"]
    )
    return Sealed(kept["size"], kept["crc32"], kept["sha256"], pieces)


def splice(stored: bytes, marked: bytes, key: str) -> list[bytes | Piece]:
    """The marked bytes as pieces of the stored ones and what is new between them."""
    if stored == marked:
        return [Piece(key, 0, len(stored))]
    head = _same(stored, marked)
    tail = min(_same(stored[::-1], marked[::-1]), min(len(stored), len(marked)) - head)
    inner, new = stored[head : len(stored) - tail], marked[head : len(marked) - tail]
    return [
        *_filled(Piece(key, 0, head)),
        *_middle(inner, new, key, head),
        *_filled(Piece(key, len(stored) - tail, tail)),
    ]


def _middle(inner: bytes, new: bytes, key: str, at: int) -> list[bytes | Piece]:
    """Between what begins and ends alike: a long run may have moved, as in WebP with its mark at the end."""
    half = len(inner) // 2
    found = new.find(inner[half : half + _SAMPLE]) if len(inner) > _WORTH else -1
    if found < 0:
        return [new] if new else []
    before = _same(inner[:half][::-1], new[:found][::-1])
    after = _same(inner[half:], new[found:])
    moved = Piece(key, at + half - before, before + after)
    return [new[: found - before], moved, new[found + after :]]


def _same(one: bytes, other: bytes) -> int:
    """How many first bytes are the same."""
    low, high = 0, min(len(one), len(other))
    while low < high:
        middle = (low + high + 1) // 2
        if one[low:middle] == other[low:middle]:
            low = middle
        else:
            high = middle - 1
    return low


def _filled(piece: Piece) -> list[bytes | Piece]:
    return [piece] if piece.length else []
