"""From whatever colours a file holds to sRGB, 8 bits a channel."""

from functools import cache
from io import BytesIO

from PIL import Image, ImageChops, ImageCms

FLAGS = ImageCms.Flags.BLACKPOINTCOMPENSATION
INTENT = ImageCms.Intent.RELATIVE_COLORIMETRIC


def to_srgb(image: Image.Image, profile: bytes | None) -> Image.Image:
    """The picture as RGB or RGBA in sRGB. `image` is what `eight_bit` gives, `profile` its ICC profile.

    Without a usable profile the numbers are taken to be sRGB already, as every browser does.
    """
    source = _usable(profile, image)
    if source is None or source.profile.xcolor_space.strip() == "RGB":
        image = _rgb(image)
        return _moved(image, source, image.mode) if source and not _moves_nothing(source) else image
    if image.mode == "LA":
        colours = _moved(image.getchannel("L"), source, "RGB")
        colours.putalpha(image.getchannel("A"))
        return colours
    return _moved(image, source, "RGB")


def eight_bit(image: Image.Image) -> Image.Image:
    """The picture as L, LA, RGB, RGBA or CMYK: palettes and colour keys resolved, 16 bits brought to 8."""
    if image.mode.startswith("I"):
        return _from_sixteen(image)
    if image.mode == "1":
        image = image.convert("L")
    if image.mode == "P" or "transparency" in image.info:
        return image.convert("RGBA" if image.has_transparency_data else "RGB")
    return image if image.mode in ("L", "LA", "RGB", "RGBA", "CMYK") else image.convert("RGB")


def _from_sixteen(image: Image.Image) -> Image.Image:
    """Pillow clips 16-bit grey where it should scale it. The colour key, if any, is a 16-bit level too."""
    key = image.info.get("transparency")
    grey = image.convert("I").point(lambda level: level * (1 / 257) + 0.5).convert("L")
    if not isinstance(key, int):
        return grey
    above = image.convert("I").point(lambda level: level * 1 - key).convert("L")
    below = image.convert("I").point(lambda level: level * -1 + key).convert("L")
    alpha = ImageChops.lighter(above, below).point(lambda away: 255 if away else 0)
    return Image.merge("LA", (grey, alpha))


def _usable(profile: bytes | None, image: Image.Image) -> ImageCms.ImageCmsProfile | None:
    """The parsed profile if it speaks of this picture's kind of colour."""
    spaces = {"CMYK": ("CMYK",), "L": ("GRAY", "RGB"), "LA": ("GRAY", "RGB")}.get(image.mode, ("RGB",))
    try:
        parsed = ImageCms.ImageCmsProfile(BytesIO(profile or b""))
        return parsed if parsed.profile.xcolor_space.strip() in spaces else None
    except (OSError, ImageCms.PyCMSError):
        return None


def _rgb(image: Image.Image) -> Image.Image:
    wanted = "RGBA" if image.mode in ("LA", "RGBA") else "RGB"
    return image if image.mode == wanted else image.convert(wanted)


def _moved(image: Image.Image, source: ImageCms.ImageCmsProfile, mode: str) -> Image.Image:
    try:
        transform = ImageCms.buildTransform(source, _srgb(), image.mode, mode, INTENT, FLAGS)
        return ImageCms.applyTransform(image, transform) or image
    except ImageCms.PyCMSError:  # a profile that cannot be applied is no profile
        return _rgb(image)


def _moves_nothing(source: ImageCms.ImageCmsProfile) -> bool:
    """sRGB under any of its names: converting would only cost time and a rounding."""
    difference = ImageChops.difference(_moved(_cube(), source, "RGB"), _cube())
    return max(most for _, most in difference.getextrema()) <= 1  # type: ignore[misc]


@cache
def _cube() -> Image.Image:
    steps = range(0, 256, 17)
    colours = bytes(
        level for red in steps for green in steps for blue in steps for level in (red, green, blue)
    )
    return Image.frombytes("RGB", (256, 16), colours)


@cache
def _srgb() -> ImageCms.ImageCmsProfile:
    return ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB"))
