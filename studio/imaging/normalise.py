"""One way in: any picture that we take becomes upright sRGB pixels with nothing else attached."""

from io import BytesIO

from PIL import Image
from PIL.Image import Transpose

from studio.imaging.colour import eight_bit, on_white, to_srgb
from studio.imaging.facts import Facts, Limits, Normalised, Pixels
from studio.imaging.probe import opened, orientation

MAX_SIDE = 4096
THUMB_SIDE = 480
UPRIGHT = {
    2: Transpose.FLIP_LEFT_RIGHT,
    3: Transpose.ROTATE_180,
    4: Transpose.FLIP_TOP_BOTTOM,
    5: Transpose.TRANSPOSE,
    6: Transpose.ROTATE_270,
    7: Transpose.TRANSVERSE,
    8: Transpose.ROTATE_90,
}


def normalise(data: bytes, limits: Limits, max_side: int = MAX_SIDE) -> Normalised:
    """The working copy of an upload, its longest side at most `max_side` pixels. Raises Refused."""
    image, facts = _decoded(data, limits, max_side)
    picture, media_type = (_png(image), "image/png") if image.mode == "RGBA" else (_jpeg(image), "image/jpeg")
    thumb = _thumb(on_white(_within(image, THUMB_SIDE)))
    return Normalised(picture, media_type, *image.size, thumb, facts)


def decode(data: bytes, limits: Limits) -> Pixels:
    """All pixels of a picture, never scaled. Raises Refused."""
    image, facts = _decoded(data, limits, None)
    return Pixels(image.tobytes(), image.mode, *image.size, facts)


def _decoded(data: bytes, limits: Limits, max_side: int | None) -> tuple[Image.Image, Facts]:
    with opened(data, limits) as (image, facts):
        image.load()
        turn, profile = UPRIGHT.get(orientation(image)), image.info.get("icc_profile")
        image = _within(eight_bit(image), max_side)
        image = image.transpose(turn) if turn is not None else image
        return _plain(to_srgb(image, profile)), facts


def _within(image: Image.Image, max_side: int | None) -> Image.Image:
    if max_side is None or max(image.size) <= max_side:
        return image
    scale = max_side / max(image.size)
    width, height = (max(1, round(side * scale)) for side in image.size)
    return image.resize((width, height), Image.Resampling.LANCZOS, reducing_gap=3.0)


def _plain(image: Image.Image) -> Image.Image:
    """Without metadata, and without an alpha channel that hides nothing."""
    if image.mode == "RGBA" and image.getchannel("A").getextrema()[0] == 255:
        image = image.convert("RGB")
    bare = image.copy()
    bare.info = {}
    return bare


def _jpeg(image: Image.Image) -> bytes:
    return _saved(image, "JPEG", quality=95, subsampling="4:4:4")


def _png(image: Image.Image) -> bytes:
    return _saved(image, "PNG", compress_level=3)


def _thumb(image: Image.Image) -> bytes:
    return _saved(image, "WEBP", quality=80, method=4)


def _saved(image: Image.Image, name: str, **options: object) -> bytes:
    out = BytesIO()
    image.save(out, name, **options)
    return out.getvalue()
