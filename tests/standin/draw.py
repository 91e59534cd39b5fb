"""Result pictures, always the same: a set with the reference in it, or one flat colour."""

import hashlib
import random
import re
import struct
import zlib
from dataclasses import dataclass, field
from functools import lru_cache
from io import BytesIO

from PIL import Image, ImageChops, ImageColor, ImageDraw, ImageFilter

LONG_SIDES = {"1K": 1024, "2K": 2048, "4K": 4096}
EXTENSIONS = {"png": "PNG", "jpg": "JPEG", "webp": "WEBP"}
TYPES = {"png": "image/png", "jpg": "image/jpeg", "webp": "image/webp"}
HUES = 48


@dataclass(frozen=True)
class Look:
    """What makes two results the same picture."""

    width: int
    height: int
    hue: int
    extension: str = "png"
    digest: str = ""
    reference: Image.Image | None = field(default=None, compare=False, hash=False)


def picture(look: Look, mark: str, weight: int = 0) -> bytes:
    """The file. `mark` makes its bytes unlike any other task's (not a WebP's); `weight` pads a PNG."""
    data = _marked(_encoded(look), look.extension, mark)
    return _heavier(data, weight, mark) if look.extension == "png" and len(data) < weight else data


def size(
    ratio: str, resolution: str, reference: tuple[int, int] | None, ratios: tuple[str, ...]
) -> tuple[int, int]:
    """Pixels for `16:9` and `2K`, or for `1536x1024`; `auto` follows the reference, else it is square."""
    if match := re.fullmatch(r"(\d+)x(\d+)", ratio):
        return int(match[1]), int(match[2])
    if ratio == "auto":
        ratio = _nearest(reference, ratios) if reference else "1:1"
    wide, high = map(int, ratio.split(":"))
    scale = LONG_SIDES[resolution] / max(wide, high)
    return round(wide * scale), round(high * scale)


def hue_of(text: str) -> int:
    return hashlib.sha256(text.encode()).digest()[0] * HUES // 256


def encode(image: Image.Image, extension: str) -> bytes:
    out = BytesIO()
    options = {"png": {"compress_level": 1}, "jpg": {"quality": 90}, "webp": {"quality": 85, "method": 0}}
    image.save(out, EXTENSIONS[extension], **options[extension])
    return out.getvalue()


def _nearest(reference: tuple[int, int], ratios: tuple[str, ...]) -> str:
    have = reference[0] / reference[1]

    def distance(ratio: str) -> float:
        wide, high = map(int, ratio.split(":"))
        return max(have / (wide / high), (wide / high) / have)

    return min((one for one in ratios if ":" in one), key=distance)


@lru_cache(maxsize=256)
def _encoded(look: Look) -> bytes:
    if look.reference is None:
        return encode(_flat(look), look.extension)
    return encode(_scene(look, look.reference), look.extension)


def _colour(hue: int, saturation: int, lightness: int) -> tuple[int, ...]:
    return ImageColor.getrgb(f"hsl({hue * 360 // HUES}, {saturation}%, {lightness}%)")


def _flat(look: Look) -> Image.Image:
    return Image.new("RGB", (look.width, look.height), _colour(look.hue, 45, 60))


def _scene(look: Look, reference: Image.Image) -> Image.Image:
    wall, floor = _colour(look.hue, 45, 86), _colour(look.hue, 40, 74)
    image = Image.new("RGB", (look.width, look.height), wall)
    horizon = look.height * 2 // 3
    ImageDraw.Draw(image).rectangle((0, horizon, look.width, look.height), floor)
    scale = min(look.width * 0.92 / reference.width, look.height * 0.92 / reference.height)
    product = reference.resize((max(1, int(reference.width * scale)), max(1, int(reference.height * scale))))
    place = (look.width - product.width) // 2, (look.height - product.height) // 2
    ground = image.crop((*place, place[0] + product.width, place[1] + product.height))
    plain, mask = _placed(product, ground)
    image.paste(plain, place, mask)
    return image


def _placed(product: Image.Image, ground: Image.Image) -> tuple[Image.Image, Image.Image]:
    """What to paste over `ground`, and through which mask. A light backdrop becomes the ground's colour by
    multiplication, so that the product keeps its shadow; soft edges hide what is left of it."""
    if product.getchannel("A").getextrema()[0] == 0:
        return product.convert("RGB"), product.getchannel("A")
    plain = product.convert("RGB")
    backdrop = plain.resize((1, 1), box=(0, 0, max(1, plain.width // 12), max(1, plain.height // 12)))
    if min(levels := backdrop.getpixel((0, 0))) > 128:  # type: ignore[arg-type]
        channels = zip(plain.split(), levels, strict=True)  # type: ignore[arg-type]
        lifted = [channel.point(lambda v, top=top: min(255, v * 255 // top)) for channel, top in channels]
        plain = ImageChops.multiply(Image.merge("RGB", lifted), ground)
    soft = min(plain.size) // 16
    mask = Image.new("L", plain.size, 0)
    ImageDraw.Draw(mask).rectangle((soft, soft, plain.width - soft, plain.height - soft), 255)
    return plain, mask.filter(ImageFilter.BoxBlur(soft * 0.9))


def _marked(data: bytes, extension: str, mark: str) -> bytes:
    if extension == "png":
        return data[:33] + _chunk(b"tEXtTask\0" + mark.encode()) + data[33:]
    if extension == "jpg":
        return data[:2] + b"\xff\xfe" + struct.pack(">H", len(mark) + 2) + mark.encode() + data[2:]
    return data


def _heavier(png: bytes, weight: int, mark: str) -> bytes:
    """With a private chunk of noise behind the header, as large as it takes."""
    noise = random.Random(mark).randbytes(weight - len(png))
    return png[:33] + _chunk(b"nsTx" + noise) + png[33:]


def _chunk(body: bytes) -> bytes:
    return struct.pack(">I", len(body) - 4) + body + struct.pack(">I", zlib.crc32(body))
