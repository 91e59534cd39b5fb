"""One way in: any picture that we take becomes upright sRGB pixels with nothing else attached."""

from PIL import Image
from PIL.Image import Transpose
from PIL.WebPImagePlugin import WebPImageFile

from studio.imaging.colour import eight_bit, to_srgb
from studio.imaging.encode import jpeg, png, webp
from studio.imaging.facts import Facts, Limits, Normalised, Pixels
from studio.imaging.plain import bare, on_white, solid, within
from studio.imaging.probe import opened, orientation
from studio.imaging.profiles import implied

MAX_SIDE = 4096
THUMB_SIDE = 480
QUALITY = 95
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
    thumb = webp(on_white(within(image, THUMB_SIDE)), THUMB_SIDE)
    if image.mode == "RGBA":
        return Normalised(png(image), "image/png", *image.size, thumb, facts)
    return Normalised(jpeg(image, QUALITY), "image/jpeg", *image.size, thumb, facts)


def decode(data: bytes, limits: Limits) -> Pixels:
    """All pixels of a picture, never scaled. Raises Refused."""
    image, facts = _decoded(data, limits, None)
    return Pixels(image.tobytes(), image.mode, *image.size, facts)


def _decoded(data: bytes, limits: Limits, max_side: int | None) -> tuple[Image.Image, Facts]:
    with opened(data, limits) as (image, facts):
        image.load()
        if isinstance(image, WebPImageFile):
            image._decoder = None  # it holds two more copies of all pixels
        turn, profile = UPRIGHT.get(orientation(image)), image.info.get("icc_profile") or implied(image, data)
        image = within(solid(eight_bit(image)), max_side)
        image = image.transpose(turn) if turn is not None else image
        return bare(to_srgb(image, profile)), facts
