"""Pictures drawn in memory, always the same bytes: good ones, then damaged, lying and hostile ones."""

import random
import struct
import zlib
from functools import cache
from io import BytesIO

import pillow_heif
from PIL import Image, ImageDraw, ImageFilter
from PIL.ExifTags import GPS, IFD, Base
from PIL.PngImagePlugin import PngInfo

pillow_heif.register_heif_opener()

MARKER = b"<script>alert('marker-7f3a')</script>"
TURNED = {
    1: None,
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_90,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_270,
}


def photo(width: int = 320, height: int = 240, format: str = "JPEG", **options: object) -> bytes:
    """A file of a colourful picture without symmetry. `options` go to Pillow's save."""
    return encoded(view(width, height), format, **options) if options else _plain(width, height, format)


@cache
def packshot(
    colour: str = "#b5482f",
    width: int = 1200,
    height: int = 1200,
    backdrop: str = "#f4f4f2",
    format: str = "JPEG",
) -> bytes:
    """A file of a bottle-like product in `colour` with a soft shadow on a plain backdrop."""
    return encoded(still_life(colour, width, height, backdrop), format, quality=92)


@cache
def cutout(colour: str = "#b5482f", width: int = 600, height: int = 600) -> bytes:
    """A PNG of the same product on nothing: really transparent around it."""
    picture = Image.new("RGBA", (width, height), (0, 0, 0, 0))
    _bottle(ImageDraw.Draw(picture), width, height, colour)
    return encoded(picture, "PNG")


def view(width: int, height: int) -> Image.Image:
    """Colours that change over both axes, with a disc at the upper left: no turn of it looks like another."""
    across = Image.linear_gradient("L").rotate(90).resize((width, height))
    down = Image.linear_gradient("L").resize((width, height))
    picture = Image.merge("RGB", (across, down, Image.new("L", (width, height), 90)))
    side = min(width, height) // 4
    ImageDraw.Draw(picture).ellipse((side // 2, side // 2, side * 2, side * 2), "#ffe9a8")
    return picture


def crowded(width: int = 400, height: int = 400) -> bytes:
    """A JPEG without any background: small blocks of every colour."""
    dice = random.Random(5)
    blocks = Image.frombytes("RGB", (width // 20, height // 20), dice.randbytes(width * height * 3 // 400))
    return encoded(blocks.resize((width, height), Image.Resampling.NEAREST), "JPEG", quality=92)


def still_life(colour: str, width: int, height: int, backdrop: str) -> Image.Image:
    picture = Image.new("RGB", (width, height), backdrop)
    shade = Image.new("L", (width, height), 0)
    ImageDraw.Draw(shade).ellipse(_part(width, height, 0.30, 0.84, 0.74, 0.92), 110)
    shade = shade.filter(ImageFilter.GaussianBlur(min(width, height) / 50))
    picture.paste("#3a3a3a", mask=shade)
    _bottle(ImageDraw.Draw(picture), width, height, colour)
    return picture


def encoded(image: Image.Image, format: str, **options: object) -> bytes:
    out = BytesIO()
    image.save(out, {"HEIC": "HEIF", "WebP": "WEBP"}.get(format, format), **options)
    return out.getvalue()


def opened(data: bytes) -> Image.Image:
    image = Image.open(BytesIO(data))
    image.load()
    return image


def turned(orientation: int, width: int = 320, height: int = 240, format: str = "JPEG") -> bytes:
    """`view(width, height)` as a camera held in that way stores it, with the tag that says so."""
    exif, turn = Image.Exif(), TURNED[orientation]
    exif[Base.Orientation] = orientation
    image = view(width, height)
    return encoded(image if turn is None else image.transpose(turn), format, exif=exif, quality=95)


def chatty(format: str = "JPEG", width: int = 320, height: int = 240) -> bytes:
    """A file that says where, when, by whom and with what it was made, in every way that its format knows."""
    exif = Image.Exif()
    exif[Base.Artist], exif[Base.ImageDescription] = "marker-7f3a", "marker-7f3a"
    exif.get_ifd(IFD.GPSInfo)[GPS.GPSLatitude] = (52.0, 31.0, 12.0)
    exif.get_ifd(IFD.GPSInfo)[GPS.GPSLatitudeRef] = "N"
    xmp = b"<x:xmpmeta xmlns:x='adobe:ns:meta/'>marker-7f3a</x:xmpmeta>"
    options: dict[str, object] = {"exif": exif, "xmp": xmp}
    if format == "JPEG":
        options["comment"] = b"marker-7f3a"
    if format == "PNG":
        options["pnginfo"] = _png_texts()
    return photo(width, height, format, **options)


def phone_photo(width: int = 640, height: int = 480) -> bytes:
    """A JPEG with a second, smaller picture behind the first, as phones write them (MPO)."""
    second = view(width // 2, height // 2)
    return encoded(view(width, height), "MPO", save_all=True, append_images=[second], quality=95)


def animation(format: str = "PNG", frames: int = 3, width: int = 200, height: int = 160) -> bytes:
    """The first frame is red, the others are blue."""
    others = [Image.new("RGB", (width, height), (0, 0, 200 + step)) for step in range(frames - 1)]
    first = Image.new("RGB", (width, height), (200, 0, 0))
    return encoded(first, format, save_all=True, append_images=others, duration=100)


def deep_grey(width: int = 256, height: int = 64, key: int | None = None) -> bytes:
    """A grey PNG of 16 bits a pixel that runs from black at the left to white at the right."""
    row = b"".join(struct.pack(">H", round(65535 * x / (width - 1))) for x in range(width))
    chunks = [] if key is None else [(b"tRNS", struct.pack(">H", key))]
    return png(width, height, 16, 0, zlib.compress((b"\0" + row) * height), *chunks)


def deep_colour(levels: tuple[int, ...], width: int = 64, height: int = 64) -> bytes:
    """A PNG of one colour, 16 bits a channel: three levels for RGB, four for RGBA."""
    row = b"\0" + struct.pack(f">{len(levels)}H", *levels) * width
    return png(width, height, 16, 2 if len(levels) == 3 else 6, zlib.compress(row * height))


def truncated(data: bytes, share: float = 0.5) -> bytes:
    """The first part of a file, as a broken connection leaves it."""
    return data[: int(len(data) * share)]


def lying_jpeg(width: int, height: int) -> bytes:
    """Data for 16 × 16 pixels under a header that claims more."""
    data = bytearray(photo(16, 16, quality=50))
    at = data.index(b"\xff\xc0") + 5
    data[at : at + 4] = struct.pack(">HH", height, width)
    return bytes(data)


@cache
def bombs() -> dict[str, bytes]:
    """Ten small files that ask for much: pixels, memory, chunks, frames."""
    text = b"Comment\0\0" + zeros(200_000_000)
    profile = b"icc\0\0" + zeros(100_000_000)
    small = zlib.compress((b"\0" + bytes(300)) * 100)
    notes = [(b"tEXt", b"Comment\0" + bytes([65 + step % 26]) * 1000) for step in range(5000)]
    return {
        "png 50000x50000 1 bit": png(50_000, 50_000, 1, 0, zeros(50_000 * 6251)),
        "png 2147483647x1": png(2**31 - 1, 1, 1, 0, zeros(1_000_000)),
        "png 7000x7000 rgba 16 bit": png(7000, 7000, 16, 6, zeros(7000 * 56_001)),
        "png ztxt 200 MB": png(100, 100, 8, 2, small, (b"zTXt", text)),
        "png iccp 100 MB": png(100, 100, 8, 2, small, (b"iCCP", profile)),
        "png 5000 texts": png(100, 100, 8, 2, small, *notes),
        "apng 300 frames": _long_animation(2000, 300),
        "jpeg 65500x65500": lying_jpeg(65_500, 65_500),
        "jpeg 7000x7000": lying_jpeg(7000, 7000),
        "webp 16383x3000": flat_webp(16_383, 3000),
    }


def png(
    width: int,
    height: int,
    depth: int,
    colour: int,
    body: bytes,
    *chunks: tuple[bytes, bytes],
    interlaced: bool = False,
) -> bytes:
    """A PNG from its parts; `chunks` stand before the pixels."""
    header = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, interlaced)
    parts = [(b"IHDR", header), *chunks, (b"IDAT", body), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(name, data) for name, data in parts)


def zeros(count: int) -> bytes:
    """A zlib stream of that many zero bytes, made without compressing them all: one part is repeated."""
    part = 1 << 20
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    repeated = packer.compress(bytes(part)) + packer.flush(zlib.Z_FULL_FLUSH)
    rest = zlib.compressobj(9, zlib.DEFLATED, -15)
    end = rest.compress(bytes(count % part)) + rest.flush()
    return b"\x78\xda" + repeated * (count // part) + end + struct.pack(">HH", count % 65521, 1)


def flat_webp(width: int, height: int) -> bytes:
    """A lossless WebP of one colour: five codes of one symbol each, so that a pixel costs no bit at all."""
    bits, length = 0, 0
    for value, size in (
        (width - 1, 14),
        (height - 1, 14),
        (0, 4),
        (0, 3),
        *((0b101 | 200 << 3, 11),) * 4,
        (0b001, 4),
    ):
        bits, length = bits | value << length, length + size
    body = b"\x2f" + bits.to_bytes(length // 8 + 2, "little")
    body += b"\0" * (len(body) % 2)
    return b"RIFF" + struct.pack("<I", len(body) + 12) + b"WEBPVP8L" + struct.pack("<I", len(body)) + body


@cache
def _plain(width: int, height: int, format: str) -> bytes:
    return encoded(view(width, height), format)


def _part(width: int, height: int, *shares: float) -> tuple[float, ...]:
    return tuple(share * (height if step % 2 else width) for step, share in enumerate(shares))


def _bottle(draw: ImageDraw.ImageDraw, width: int, height: int, colour: str) -> None:
    draw.rounded_rectangle(_part(width, height, 0.36, 0.34, 0.64, 0.88), min(width, height) * 0.04, colour)
    draw.rectangle(_part(width, height, 0.45, 0.22, 0.55, 0.36), colour)
    draw.rectangle(_part(width, height, 0.44, 0.14, 0.56, 0.22), "#2b2b2b")
    draw.rectangle(_part(width, height, 0.40, 0.50, 0.60, 0.74), "#f7efdf")
    draw.line(_part(width, height, 0.44, 0.58, 0.56, 0.58), "#40332a", max(1, width // 120))
    draw.line(_part(width, height, 0.44, 0.64, 0.53, 0.64), "#40332a", max(1, width // 160))


def _chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def _png_texts() -> PngInfo:
    texts = PngInfo()
    texts.add_text("Comment", "marker-7f3a")
    texts.add_itxt("Author", "marker-7f3a", zip=True)
    return texts


def _long_animation(side: int, frames: int) -> bytes:
    body = zeros(side * (side + 1))
    chunks = [(b"acTL", struct.pack(">II", frames, 0)), (b"fcTL", _frame(0, side)), (b"IDAT", body)]
    for step in range(1, frames):
        chunks += [(b"fcTL", _frame(2 * step - 1, side)), (b"fdAT", struct.pack(">I", 2 * step) + body)]
    header = struct.pack(">IIBBBBB", side, side, 8, 0, 0, 0, 0)
    parts = [(b"IHDR", header), *chunks, (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(name, data) for name, data in parts)


def _frame(sequence: int, side: int) -> bytes:
    return struct.pack(">IIIIIHHBB", sequence, side, side, 0, 0, 1, 10, 0, 0)
