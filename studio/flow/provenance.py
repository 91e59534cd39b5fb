"""How each picture came about, as its files and its page say."""

import hashlib
from io import BytesIO
from typing import BinaryIO, Final

from studio import __version__, storage
from studio.flow.engines import ENGINES, is_remote
from studio.imaging.provenance import COMPOSITE, EDITED, GENERATED, Origin, names_a_source, packet, stamp
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


def marked(data: bytes, render: Render) -> bytes:
    """A picture that we made ourselves, before it is stored."""
    return stamp(data, packet_of(render))


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
