"""Where the product is, when the engine does not say: found by its cut-out before anything is cut away."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from PIL import Image

from bench.starter import SAMPLES, product, scenes
from studio.flow import cut, work
from studio.imaging.compose import Composition, compose
from studio.imaging.encode import png
from studio.imaging.scene import Scene
from studio.models import Brand, Packshot, Render, Verdict
from studio.providers.base import Finished
from tests import cast
from tests.channels import HOME
from tests.engines import Scripted

Script = Callable[..., Scripted]


@pytest.fixture(scope="module")
def made() -> Composition:
    """A bottle on slate, as an engine that tells nothing hands it out."""
    cutting = product("bottle", HOME / "tests" / "samples")
    return compose(cutting, Scene.parse(scenes(["dark-slate"])[0]["engine"]), 800, 800, 2)


def packshot(brand: Brand, cut_out: bool) -> Packshot:
    data = png(Image.fromarray(product("bottle", HOME / "tests" / "samples")))
    known = {"cutout": cast.stored(data, "cutouts/b.png"), "cutout_confidence": 0.9} if cut_out else {}
    return cast.packshot(cast.product(brand), (SAMPLES / "bottle.jpg").read_bytes(), **known)


def render(brand: Brand, script: Script, made: Composition, *, cut_out: bool = True) -> Render:
    script(Finished(png(Image.fromarray(made.pixels)), "image/png", None))
    shoot = cast.shoot(brand, launched=True)
    shoot.placements.set(
        [cast.placement("banner", width=728, height=90), cast.placement("wide", width=400, height=300)]
    )
    shot = packshot(brand, cut_out)
    row = cast.render(shoot, product=shot.product, packshot=shot)
    work.work()
    row.refresh_from_db()
    cut.prepare(row)
    row.refresh_from_db()
    return row


def codes(row: Render) -> set[str]:
    return {finding["code"] for one in row.cuts.all() for finding in one.findings}


def test_the_box_is_found_and_kept(brand: Brand, script: Script, made: Composition) -> None:
    row = render(brand, script, made)
    assert row.box == pytest.approx(made.box, abs=0.01)
    assert codes(row) == set()


def test_without_a_cut_out_a_crop_says_that_nobody_knows(
    brand: Brand, script: Script, made: Composition
) -> None:
    row = render(brand, script, made, cut_out=False)
    assert row.box is None
    assert codes(row) == {"place_unknown"}


def test_a_product_that_leaves_its_picture_is_told_at_every_cut(
    brand: Brand, script: Script, made: Composition
) -> None:
    _, top, _, high = made.box
    last = round((top + 0.8 * high) * 800)
    row = render(brand, script, replace(made, pixels=made.pixels[:last]))
    assert row.box
    assert row.box[1] + row.box[3] > 1.1
    assert codes(row) >= {"product_leaves"}
    assert {one.verdict for one in row.cuts.all()} == {Verdict.FAILURE}
