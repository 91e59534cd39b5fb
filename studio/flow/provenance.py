"""How each picture came about, as its files and its page say."""

from io import BytesIO
from typing import BinaryIO, Final

from studio import storage
from studio.flow.engines import ENGINES, is_remote
from studio.imaging.provenance import COMPOSITE, EDITED, GENERATED, names_a_source, packet, stamp
from studio.models import Basis, Render

HEAD: Final = 65_536  # our own packets lie in it


def source_of(render: Render) -> str:
    """Its IPTC Digital Source Type. An engine that is not there any more was one that took money."""
    if render.engine in ENGINES and not is_remote(render.engine):
        return COMPOSITE
    return GENERATED if render.basis == Basis.WORDS else EDITED


def packet_of(render: Render) -> bytes:
    return packet(source_of(render))


def open_marked(key: str, source: str) -> BinaryIO:
    """The stored picture, open for reading, with this source in it.

    What was bought is stored as it came, byte for byte: it is evidence. So it is marked on its way out.
    Raises FileNotFoundError.
    """
    file = storage.open_file(key)
    marked = not source or names_a_source(file.read(HEAD))
    file.seek(0)
    if marked:
        return file
    with file:
        return BytesIO(stamp(file.read(), source))
