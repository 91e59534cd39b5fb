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
from xml.etree import ElementTree
from xml.sax.saxutils import escape, quoteattr

COMPOSITE: Final = "compositeSynthetic"  # a photographed product in a computed scene; nothing is trained
EDITED: Final = "compositeWithTrainedAlgorithmicMedia"  # a photograph, changed by a trained model
GENERATED: Final = "trainedAlgorithmicMedia"  # drawn by a trained model from words alone

VOCABULARY: Final = "http://cv.iptc.org/newscodes/digitalsourcetype/"
_PNG: Final = b"\x89PNG\r\n\x1a\n"
_KEYWORD: Final = b"XML:com.adobe.xmp\0"
_APP1: Final = b"http://ns.adobe.com/xap/1.0/\0"
_SEGMENT: Final = 65_533 - len(_APP1)  # bytes of a packet in a JPEG
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


_BARE: Final = re.compile(r"<\?xpacket.*?\?>|\ufeff", re.S)
_RDF: Final = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
_ABOUT: Final = f"{{{_RDF}}}about"
_SOURCE: Final = "{http://iptc.org/std/Iptc4xmpExt/2008-02-29/}DigitalSourceType"
_TOOL: Final = "{http://ns.adobe.com/xap/1.0/}CreatorTool"


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


def carries_credentials(data: bytes) -> bool:
    """Whether these bytes of a file hold a signed manifest (C2PA)."""
    return b"jumb" in data and b"c2pa" in data


def stamp(data: bytes, xmp: bytes) -> bytes:
    """A PNG, JPEG or WebP with what this packet says; everything else in it stays.

    A packet of its maker is kept and ours added to it; one that cannot be read gives way.
    Unchanged comes back what names a source itself, what is signed (C2PA: another byte would break the
    signature, which tells the source too), and what cannot be taken apart.
    """
    if names_a_source(data) or carries_credentials(data):
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


def joined(theirs: bytes, ours: bytes) -> bytes:
    """Their packet with what `ours`, made by `packet`, says besides. Fields that they have stay theirs.

    Ours alone where theirs cannot be read, declares entities, or names some other source.
    """
    try:
        bare = _BARE.sub("", theirs.decode()).strip()
        root = None if "<!" in bare else ElementTree.fromstring(bare)  # noqa: S314 - nothing to expand in it
    except (ElementTree.ParseError, UnicodeDecodeError):
        root = None
    rdf = root.find(f".//{{{_RDF}}}RDF") if root is not None else None
    end = theirs.rfind(b"</rdf:RDF>")
    if rdf is None or end < 0:
        return ours
    named = {name for part in rdf for name in (*part.attrib, *(one.tag for one in part))}
    if _SOURCE in named:
        return ours
    fields = ours.decode()
    if _TOOL in named:
        fields = re.sub("<xmp:CreatorTool>.*?</xmp:CreatorTool>\n?", "", fields, flags=re.S)
    about = next((part.attrib[_ABOUT] for part in rdf if _ABOUT in part.attrib), "")
    start, stop = fields.index("<rdf:Description"), fields.index("</rdf:RDF>")
    more = fields[start:stop].replace(
        'rdf:about=""', f"xmlns:rdf={quoteattr(_RDF)} rdf:about={quoteattr(about)}"
    )
    return theirs[:end] + more.encode() + theirs[end:]


def _text(value: str) -> str:
    """As XML may hold it: escaped, without control characters."""
    return escape(_NOT_XML.sub("", value))


def _stamped_png(data: bytes, xmp: bytes) -> bytes:
    head = len(_PNG) + 25  # the signature and IHDR
    own = [part for part in _png_chunks(data[head:]) if part[4:26] == b"iTXt" + _KEYWORD]
    if own and own[0][26:30] == b"\0\0\0\0":
        xmp = joined(own[0][30:-4], xmp)
    body = _KEYWORD + b"\0\0\0\0" + xmp  # neither compressed, nor in a language, nor translated
    chunk = struct.pack(">I", len(body)) + b"iTXt" + body + struct.pack(">I", zlib.crc32(b"iTXt" + body))
    rest = data[head:]
    if own:
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
    own = [part for part in parts if part[4:].startswith(_APP1)]
    if own and len(whole := joined(own[0][4 + len(_APP1) :], xmp)) <= _SEGMENT:
        xmp = whole
    kept = [part for part in parts if part not in own]
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
    every = list(_webp_chunks(data))
    own = [part for part in every if part[:4] == b"XMP "]
    if own:
        (size,) = struct.unpack_from("<I", own[0], 4)
        xmp = joined(own[0][8 : 8 + size], xmp)
    chunks = [part for part in every if part not in own]
    if chunks[0][:4] == b"VP8X":
        header = bytearray(chunks.pop(0))
    else:
        width, height, alpha = _webp_size(chunks[0])
        sides = (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
        header = bytearray(b"VP8X" + struct.pack("<I4B", 10, _ALPHA_FLAG * alpha, 0, 0, 0) + sides)
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
