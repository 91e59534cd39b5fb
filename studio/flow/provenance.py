"""How each picture came about, as its files and its page say."""

import hashlib
from dataclasses import replace
from io import BytesIO
from typing import BinaryIO, Final

from django.conf import settings
from PIL import Image

from studio import __version__, storage
from studio.flow.engines import ENGINES, is_remote
from studio.imaging import credentials
from studio.imaging.encode import Encoded, encode
from studio.imaging.errors import Refused
from studio.imaging.provenance import (
    COMPOSITE,
    EDITED,
    GENERATED,
    Origin,
    carries_credentials,
    names_a_source,
    packet,
    stamp,
)
from studio.models import Basis, Render

HEAD: Final = 65_536  # our own packets lie in it


def source_of(render: Render) -> str:
    """Its IPTC Digital Source Type. An engine that is not there any more was one that took money."""
    if render.engine in ENGINES and not is_remote(render.engine):
        return COMPOSITE
    return GENERATED if render.basis == Basis.WORDS else EDITED


def origin_of(render: Render) -> Origin:
    """All that its files tell. No person and no place is in it, and the prompt's words are not."""
    version, source = render.scene_version, source_of(render)
    maker = "embedded engine" if source == COMPOSITE else f"{render.engine} {render.model}".strip()
    return Origin(
        source=source,
        tool=f"Studio {__version__}, {maker}",
        sku=render.product.sku,
        scene=f"{version.scene.slug} v{version.number}",
        prompt=hashlib.sha256(render.prompt.encode()).hexdigest(),
    )


def packet_of(render: Render) -> bytes:
    return packet(origin_of(render))


def brief_packet_of(render: Render) -> bytes:
    """Of small copies, which stay inside: the source alone, known without a query."""
    return packet(Origin(source_of(render)))


def marked(data: bytes, media_type: str, render: Render) -> bytes:
    """A picture that we made ourselves, before it is stored; signed where the owner has a certificate.

    Raises NotSigned.
    """
    origin = origin_of(render)
    data = stamp(data, packet(origin))
    signer = settings.C2PA_SIGNER
    return credentials.sign(data, media_type, origin, signer) if signer else data


def encoded(image: Image.Image, formats: tuple[str, ...], max_bytes: int | None, render: Render) -> Encoded:
    """The file of a cut, marked like its picture. The signature counts towards the limit.

    Raises Refused like `encode`, and NotSigned.
    """
    origin, signer = origin_of(render), settings.C2PA_SIGNER
    if not signer:
        return encode(image, formats, max_bytes, packet(origin))
    room = credentials.room(Origin(origin.source, origin.tool), signer)
    try:
        file = encode(image, formats, max_bytes and max(max_bytes - room, 0), packet(origin))
    except Refused as refusal:
        raise _with_room(refusal, room) from None
    data = credentials.sign(file.data, file.media_type, origin, signer, edited=True)
    if max_bytes is not None and len(data) > max_bytes:
        raise Refused("too_heavy", limit=max_bytes, smallest=len(data))
    return replace(file, data=data)


def _with_room(refusal: Refused, room: int) -> Refused:
    """What it says of sizes, told of signed files."""
    sizes = {name: value + room for name, value in refusal.values.items() if isinstance(value, int)}
    return Refused(refusal.code, **refusal.values | sizes)


def signed(render: Render) -> tuple[int, int]:
    """How many of its files carry signed Content Credentials, and how many there are: itself and its cuts."""
    keys = [key for key in (render.picture, *(cut.file for cut in render.cuts.all())) if key]
    return sum(map(_is_signed, keys)), len(keys)


def _is_signed(key: str) -> bool:
    """By whomever. Credentials lie near the beginning, in WebP at the end. A file that went has none."""
    if not storage.exists(key):
        return False
    with storage.open_file(key) as file:
        ends = file.read(HEAD)
        file.seek(max(HEAD, storage.size(key) - HEAD))
        return carries_credentials(ends) or carries_credentials(file.read(HEAD))


def open_marked(key: str, xmp: bytes) -> BinaryIO:
    """The stored picture, open for reading, with this packet in it; as it is without one.

    What was bought is stored as it came, byte for byte: it is evidence. So it is marked on its way out.
    Raises FileNotFoundError.
    """
    file = storage.open_file(key)
    told = not xmp or names_a_source(file.read(HEAD))
    file.seek(0)
    if told:
        return file
    with file:
        return BytesIO(stamp(file.read(), xmp))
