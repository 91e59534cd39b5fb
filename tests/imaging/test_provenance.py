"""The mark of provenance is read back from the bytes: by Pillow, by an XML parser, and by hand."""

import json
import re
import struct
import subprocess
import zlib
from collections.abc import Sequence
from io import BytesIO
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from studio.imaging.encode import encode, png, webp
from studio.imaging.provenance import COMPOSITE, EDITED, GENERATED, Origin, packet, stamp
from tests import pictures

IPTC = "{http://iptc.org/std/Iptc4xmpExt/2008-02-29/}DigitalSourceType"
HOME = "http://cv.iptc.org/newscodes/digitalsourcetype/"
FORMATS = ("JPEG", "PNG", "WebP", "AVIF")
OTHERS = ("JPEG", "PNG", "WebP")  # what a provider may send


def told(data: bytes) -> str:
    """The term in the one XMP packet of the file, as any reader of metadata finds it."""
    with Image.open(BytesIO(data)) as image:
        image.load()
        xmp = image.info["xmp"]
    text = xmp.decode() if isinstance(xmp, bytes) else xmp
    (found,) = ElementTree.fromstring(re.sub(r"<\?xpacket.*?\?>", "", text).strip()).iter(IPTC)
    assert found.text
    assert found.text.startswith(HOME)
    return found.text.removeprefix(HOME)


def read_back(folder: Path, files: Sequence[bytes]) -> list[dict[str, Any]]:
    """What ExifTool, which knows nothing of us, finds in the XMP packets of these files."""
    for number, data in enumerate(files):
        (folder / f"{number:03}").write_bytes(data)
    asked = ["exiftool", "-json", "-struct", "-charset", "UTF8", "-XMP:all", *sorted(folder.iterdir())]
    return list(json.loads(subprocess.run(asked, check=True, capture_output=True).stdout))


def pixels(data: bytes) -> np.ndarray:  # type: ignore[type-arg]
    with Image.open(BytesIO(data)) as image:
        return np.asarray(image.convert("RGBA"))


def of_a_provider(format: str, **options: object) -> bytes:
    return pictures.encoded(pictures.view(97, 61), format, **options)


@pytest.mark.parametrize("source", [COMPOSITE, EDITED, GENERATED])
def test_the_terms_are_those_of_the_vocabulary(source: str) -> None:
    assert source in (
        "compositeSynthetic", "compositeWithTrainedAlgorithmicMedia", "trainedAlgorithmicMedia",
    )  # fmt: skip
    ElementTree.fromstring(packet(Origin(source)))


@pytest.mark.parametrize("format", FORMATS)
def test_what_we_write_says_how_it_came_about(format: str) -> None:
    file = encode(pictures.view(120, 80), (format,), xmp=packet(Origin(COMPOSITE)))
    assert told(file.data) == COMPOSITE
    bare = encode(pictures.view(120, 80), (format,))
    assert (pixels(file.data) == pixels(bare.data)).all()
    with Image.open(BytesIO(bare.data)) as image:
        assert "xmp" not in image.info


def test_exiftool_reads_back_all_that_a_file_tells(tmp_path: Path) -> None:
    sku = "A<&>\"'Ü ]]> 😀"
    origin = Origin(EDITED, "Studio 9, hiapi gi2-edit", sku + "\x01\ud800\x00", "café v3", "ab" * 32)
    files = [encode(pictures.view(120, 80), (format,), xmp=packet(origin)).data for format in FORMATS]
    files += [stamp(of_a_provider(format), packet(origin)) for format in OTHERS]
    for found in read_back(tmp_path, files):
        found.pop("SourceFile")
        assert found == {
            "DigitalSourceType": HOME + EDITED,
            "ProductInImage": [{"ProductId": sku}],
            "CreatorTool": "Studio 9, hiapi gi2-edit",
            "Scene": "café v3",
            "Prompt": "ab" * 32,
        }


@pytest.mark.parametrize("format", ["JPEG", "WebP", "AVIF"])
def test_the_mark_counts_towards_the_limit_in_bytes(format: str) -> None:
    limit = len(encode(pictures.view(400, 300), (format,)).data) * 3 // 4
    file = encode(pictures.view(400, 300), (format,), limit, packet(Origin(COMPOSITE)))
    assert len(file.data) <= limit
    assert told(file.data) == COMPOSITE


def test_masters_and_screen_copies_carry_it_too() -> None:
    cut = pictures.opened(pictures.cutout())
    assert (
        told(png(cut, packet(Origin(COMPOSITE))))
        == told(webp(cut, 200, xmp=packet(Origin(COMPOSITE))))
        == COMPOSITE
    )


@pytest.mark.parametrize("format", OTHERS)
def test_a_file_of_a_provider_is_marked_and_its_pixels_stay(format: str) -> None:
    plain = of_a_provider(format)
    marked = stamp(plain, packet(Origin(EDITED)))
    assert told(marked) == EDITED
    assert (pixels(marked) == pixels(plain)).all()
    assert stamp(marked, packet(Origin(GENERATED))) == marked, "what says so itself is believed"


@pytest.mark.parametrize("options", [{"lossless": True}, {"quality": 80}, {"exif": Image.Exif()}])
def test_every_kind_of_webp_is_marked(options: dict[str, object]) -> None:
    for image in (pictures.view(97, 61), pictures.opened(pictures.cutout(width=97, height=61))):
        plain = pictures.encoded(image, "WebP", **options)
        marked = stamp(plain, packet(Origin(EDITED)))
        assert told(marked) == EDITED
        assert (pixels(marked) == pixels(plain)).all()
        assert struct.unpack_from("<I", marked, 4)[0] == len(marked) - 8


@pytest.mark.parametrize("format", OTHERS)
def test_another_packet_without_a_source_gives_way(format: str) -> None:
    other = b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><a/></x:xmpmeta>'
    options: dict[str, object] = {"xmp": other}
    if format == "PNG":
        texts = PngInfo()
        texts.add_itxt("XML:com.adobe.xmp", other.decode())
        texts.add_itxt("Software", "kept")
        options = {"pnginfo": texts}
    marked = stamp(of_a_provider(format, **options), packet(Origin(EDITED)))
    assert told(marked) == EDITED
    assert marked.count(b"x:xmpmeta") == 2, "one packet: its begin and its end"
    assert format != "PNG" or b"kept" in marked


def with_packet(format: str, packet: str) -> bytes:
    if format != "PNG":
        return of_a_provider(format, xmp=packet.encode())
    texts = PngInfo()
    texts.add_itxt("XML:com.adobe.xmp", packet)
    return of_a_provider(format, pnginfo=texts)


VENDOR = """<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="uuid:1&amp;2" xmlns:xmp="http://ns.adobe.com/xap/1.0/" {}
 xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:format>image/png</dc:format></rdf:Description>
</rdf:RDF></x:xmpmeta>   <?xpacket end="w"?>"""


@pytest.mark.parametrize("format", OTHERS)
def test_fields_of_a_makers_packet_stay_beside_ours(tmp_path: Path, format: str) -> None:
    ours = packet(Origin(EDITED, "Studio 9", "A&B", "café v3"))
    tools = ("", 'xmp:CreatorTool="Maker 3"')
    plain = [with_packet(format, VENDOR.format(tool)) for tool in tools]
    marked = [stamp(one, ours) for one in plain]
    for before, after in zip(plain, marked, strict=True):
        assert told(after) == EDITED
        assert (pixels(before) == pixels(after)).all()
    first, second = read_back(tmp_path, marked)
    assert first["Format"] == second["Format"] == "image/png"
    assert (first["CreatorTool"], second["CreatorTool"]) == ("Studio 9", "Maker 3")
    assert first["ProductInImage"] == second["ProductInImage"] == [{"ProductId": "A&B"}]
    assert (first["About"], first["Scene"]) == ("uuid:1&2", "café v3")


@pytest.mark.parametrize("format", OTHERS)
def test_a_packet_that_might_harm_its_reader_gives_way(format: str) -> None:
    bomb = '<!DOCTYPE a [<!ENTITY b "c">]>' + VENDOR.format("")
    assert b"ENTITY" not in stamp(with_packet(format, bomb), packet(Origin(EDITED)))


def test_a_packet_that_leaves_no_room_for_ours_in_a_jpeg_gives_way() -> None:
    large = VENDOR.format('xmp:Label="' + "x" * 64_900 + '"')
    marked = stamp(with_packet("JPEG", large), packet(Origin(EDITED)))
    assert told(marked) == EDITED
    assert len(marked) < 20_000


def test_exif_and_profile_of_a_jpeg_stay_where_readers_look_for_them() -> None:
    exif = Image.Exif()
    exif[0x0131] = "somebody's engine"
    plain = of_a_provider("JPEG", exif=exif, icc_profile=b"profile")
    with Image.open(BytesIO(stamp(plain, packet(Origin(EDITED))))) as image:
        assert image.getexif()[0x0131] == "somebody's engine"
        assert image.info["icc_profile"] == b"profile"


def test_a_png_is_whole_after_it_was_marked() -> None:
    """Chunk by chunk, each with its own checksum, as a strict reader goes through it."""
    data, at, names = stamp(of_a_provider("PNG"), packet(Origin(EDITED))), 8, []
    while at < len(data):
        (size,) = struct.unpack_from(">I", data, at)
        name, body = data[at + 4 : at + 8], data[at + 8 : at + 8 + size]
        assert struct.unpack_from(">I", data, at + 8 + size)[0] == zlib.crc32(name + body)
        names.append(name)
        at += size + 12
    assert names[:2] == [b"IHDR", b"iTXt"]
    assert names[-1] == b"IEND"


def test_a_signed_file_is_left_alone() -> None:
    """Another byte would break the signature, and what is signed says where it comes from."""
    chunk = b"\0\0\0\x10caBX" + b"jumb....c2pa...." + b"\0\0\0\0"
    plain = of_a_provider("PNG")
    signed = plain[:33] + chunk + plain[33:]
    assert stamp(signed, packet(Origin(EDITED))) == signed


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"no picture",
        b"\xff\xd8",
        b"\xff\xd8\xff",
        b"\xff\xd8\xff\xe1\x00",
        b"RIFF\0\0\0\0WEBP",
        b"RIFF\xff\xff\xff\xffWEBPVP8L\xff\xff\xff\xff/",
        b"GIF89a" * 9,
    ],
)
def test_what_cannot_be_taken_apart_comes_back_as_it_was(data: bytes) -> None:
    assert stamp(data, packet(Origin(EDITED))) == data


@pytest.mark.parametrize("format", OTHERS)
def test_a_file_that_ends_anywhere_never_raises(format: str) -> None:
    plain = of_a_provider(format)
    for end in range(0, len(plain), 7):
        assert isinstance(stamp(plain[:end], packet(Origin(EDITED))), bytes)
