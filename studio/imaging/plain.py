"""The few steps that intake and output share, each on a whole RGB, RGBA, L or LA picture."""

from PIL import Image

REDUCING_GAP = 3.0


def within(image: Image.Image, max_side: int | None) -> Image.Image:
    """At most `max_side` pixels on the longest side; never enlarged. Bicubic is cheaper than Lanczos."""
    if max_side is None or max(image.size) <= max_side:
        return image
    scale = max_side / max(image.size)
    width, height = (max(1, round(side * scale)) for side in image.size)
    return image.resize((width, height), Image.Resampling.BICUBIC, reducing_gap=REDUCING_GAP)


def solid(image: Image.Image) -> Image.Image:
    """Without an alpha channel that hides nothing."""
    if image.mode not in ("LA", "RGBA") or image.getchannel("A").getextrema()[0] != 255:
        return image
    return image.convert(image.mode[:-1])


def bare(image: Image.Image) -> Image.Image:
    """Without metadata: Pillow writes what it finds in `info`."""
    copy = image.copy()
    copy.info = {}
    return copy


def on_white(image: Image.Image) -> Image.Image:
    """As RGB, what is transparent shown on white."""
    if image.mode != "RGBA":
        return image.convert("RGB")
    ground = Image.new("RGB", image.size, "white")
    ground.paste(image, mask=image.getchannel("A"))
    return ground
