"""A shoot of whose files the channels think differently."""

from studio import storage
from studio.models import Brand, Cut, Placement, Render, Shoot
from tests import cast


def channels_judged(brand: Brand) -> Shoot:
    """Three pictures in two placements: one cut of each fails Amazon, one warns. A fourth is rejected."""
    shoot = cast.shoot(brand, launched=True, name="Autumn café")
    places = [cast.placement("amazon_main", channel="Amazon", name="main"), cast.placement("meta_square")]
    shoot.placements.set(places)
    for sku in ("MUG", "CUP", "TIN"):
        render = cast.render(shoot, product=cast.product(brand, sku), state="done")
        cut(render, places[0], "failure", "product_cut" if sku != "TIN" else "upscaled")
        cut(render, places[1], "warning" if sku == "MUG" else "pass", "upscaled")
    cast.render(shoot, product=cast.product(brand, "POT"), state="done", review="rejected")
    return shoot


def cut(render: Render, place: Placement, verdict: str, code: str = "upscaled") -> Cut:
    """A file that is there, with one finding unless it passes."""
    found = [] if verdict == "pass" else [{"code": code, "level": verdict, "width": 700}]
    key = storage.save(b"cut of a picture", "cuts", "jpg")
    return Cut.objects.create(
        render=render, placement=place, file=key, extension="jpg", bytes=16, findings=found, verdict=verdict,
        width=place.width, height=place.height, sha256="0" * 64, crc32=3508018953,
    )  # fmt: skip
