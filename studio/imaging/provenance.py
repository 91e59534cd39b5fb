"""How a picture came about, written into its file as an XMP packet.

The terms are those of http://cv.iptc.org/newscodes/digitalsourcetype/. A file is written with its packet by
`encode`; into a file that was written before the packet is put by `stamp`, which leaves its pixels alone.
"""

import re
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import takewhile
from typing import Final
from xml.sax.saxutils import escape

COMPOSITE: Final = "compositeSynthetic"  # a photographed product in a computed scene; nothing is trained
EDITED: Final = "compositeWithTrainedAlgorithmicMedia"  # a photograph, changed by a trained model
GENERATED: Final = "trainedAlgorithmicMedia"  # drawn by a trained model from words alone

VOCABULARY: Final = "http://cv.iptc.org/newscodes/digitalsourcetype/"
_PNG: Final = b"\x89PNG\r\n\x1a\n"
_KEYWORD: Final = b"XML:com.adobe.xmp\0"
_APP1: Final = b"http://ns.adobe.com/xap/1.0/\0"
_XMP_FLAG, _ALPHA_FLAG = 0x04, 0x10
_NOT_XML: Final = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_FRAME: Final = """<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:Iptc4xmpExt="http://iptc.org/std/Iptc4xmpExt/2008-02-29/"
 xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmlns:studio="urn:studio:provenance:1/">
{}
</rdf:Description></rdf:RDF></x:xmpmeta>
<?xpacket end="r"?>"""
_PRODUCT: Final = """<Iptc4xmpExt:ProductInImage><rdf:Bag><rdf:li rdf:parseType="Resource">\
<Iptc4xmpExt:ProductId>{}</Iptc4xmpExt:ProductId></rdf:li></rdf:Bag></Iptc4xmpExt:ProductInImage>"""


@dataclass(frozen=True)
class Origin:
    """What a file tells of itself. `source` is a term of the vocabulary; what is empty is left out.

    `scene` names scene and version, `prompt` is the SHA-256 of the words, which stay at home.
    """

    source: str
    tool: str = ""
    sku: str = ""
    scene: str = ""
    prompt: str = ""


def packet(origin: Origin) -> bytes:
    """The XMP packet that says so, in UTF-8. The same origin gives the same bytes: it holds no time."""
    fields = [f"<Iptc4xmpExt:DigitalSourceType>{VOCABULARY}{origin.source}</Iptc4xmpExt:DigitalSourceType>"]
    if origin.sku:
        fields.append(_PRODUCT.format(_text(origin.sku)))
    named = (
        ("xmp:CreatorTool", origin.tool),
        ("studio:Scene", origin.scene),
        ("studio:Prompt", origin.prompt),
    )
    fields += [f"<{name}>{_text(value)}</{name}>" for name, value in named if value]
    return _FRAME.format("\n".join(fields)).encode()


def names_a_source(data: bytes) -> bool:
    """Whether these bytes of a file name any term of the vocabulary."""
    return VOCABULARY.split("://")[1].encode() in data


def stamp(data: bytes, xmp: bytes) -> bytes:
    """A PNG, JPEG or WebP with this packet in place of any other; everything else in it stays.

    Unchanged comes back what names a source itself, what is signed (C2PA: another byte would break the
    signature, which tells the source too), and what cannot be taken apart.
    """
    if names_a_source(data) or (b"jumb" in data and b"c2pa" in data):
        return data
    try:
        if data.startswith(_PNG):
            return _stamped_png(data, xmp)
        if data.startswith(b"\xff\xd8"):
            return _stamped_jpeg(data, xmp)
        if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
            return _stamped_webp(data, xmp)
    except (struct.error, IndexError, OverflowError):
        pass
    return data


def _text(value: str) -> str:
    """As XML may hold it: escaped, without control characters."""
    return escape(_NOT_XML.sub("", value))


def _stamped_png(data: bytes, xmp: bytes) -> bytes:
    body = _KEYWORD + b"\0\0\0\0" + xmp  # neither compressed, nor in a language, nor translated
    chunk = struct.pack(">I", len(body)) + b"iTXt" + body + struct.pack(">I", zlib.crc32(b"iTXt" + body))
    head = len(_PNG) + 25  # the signature and IHDR
    rest = data[head:]
    if _KEYWORD in rest:
        rest = b"".join(part for part in _png_chunks(rest) if part[4:26] != b"iTXt" + _KEYWORD)
    return data[:head] + chunk + rest


def _png_chunks(data: bytes) -> Iterator[bytes]:
    at = 0
    while at < len(data):
        (size,) = struct.unpack_from(">I", data, at)
        yield data[at : at + size + 12]
        at += size + 12


def _stamped_jpeg(data: bytes, xmp: bytes) -> bytes:
    """Behind JFIF and Exif, before everything else."""
    parts = list(_jpeg_segments(data))
    scan = 2 + sum(map(len, parts))
    kept = [part for part in parts if not part[4:].startswith(_APP1)]
    first = len(list(takewhile(lambda part: part[1] == 0xE0 or part[4:8] == b"Exif", kept)))
    body = _APP1 + xmp
    segment = b"\xff\xe1" + struct.pack(">H", len(body) + 2) + body
    return b"".join([data[:2], *kept[:first], segment, *kept[first:], data[scan:]])


def _jpeg_segments(data: bytes) -> Iterator[bytes]:
    """The segments between the start and the first scan."""
    at = 2
    while data[at] == 0xFF and 0xC0 <= data[at + 1] != 0xDA and data[at + 1] != 0xFF:
        (size,) = struct.unpack_from(">H", data, at + 2)
        yield data[at : at + 2 + size]
        at += 2 + size


def _stamped_webp(data: bytes, xmp: bytes) -> bytes:
    chunks = [part for part in _webp_chunks(data) if part[:4] != b"XMP "]
    if chunks[0][:4] == b"VP8X":
        header = bytearray(chunks.pop(0))
    else:
        width, height, alpha = _webp_size(chunks[0])
        size = (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
        header = bytearray(b"VP8X" + struct.pack("<I4B", 10, _ALPHA_FLAG * alpha, 0, 0, 0) + size)
    header[8] |= _XMP_FLAG
    last = b"XMP " + struct.pack("<I", len(xmp)) + xmp + b"\0" * (len(xmp) % 2)
    body = b"WEBP" + b"".join([bytes(header), *chunks, last])
    return b"RIFF" + struct.pack("<I", len(body)) + body


def _webp_chunks(data: bytes) -> Iterator[bytes]:
    (size,) = struct.unpack_from("<I", data, 4)
    at, end = 12, 8 + size
    while at + 8 <= min(end, len(data)):
        (size,) = struct.unpack_from("<I", data, at + 4)
        part = data[at : at + 8 + size]
        if len(part) < 8 + size:
            raise struct.error("the chunk is longer than the file")
        yield part + b"\0" * (size % 2)
        at += 8 + size + size % 2


def _webp_size(chunk: bytes) -> tuple[int, int, bool]:
    """Width, height and whether there is alpha, of a picture that is a bitstream alone."""
    if chunk[:4] == b"VP8L":
        (bits,) = struct.unpack_from("<I", chunk, 9)
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1, bool(bits >> 28 & 1)
    width, height = struct.unpack_from("<HH", chunk, 14)
    return width & 0x3FFF, height & 0x3FFF, False
