"""The product alone, from the nine sample packshots and from packshots drawn here with their exact masks."""

from functools import cache
from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from bench.cutout import overlap
from studio.imaging.cutout import Cutout, cut_out
from studio.imaging.cutout.network import product_share
from studio.imaging.cutout.pockets import fill_false_holes
from studio.imaging.cutout.shadow import pools

ROOT = Path(__file__).parents[2]
SAMPLES, MASKS = ROOT / "studio/starter/samples", ROOT / "tests/samples"
LEAST_OVERLAP = {  # at 750 px
    "book": 0.99, "bottle": 0.99, "chair": 0.975, "dripper": 0.94, "jar": 0.99,
    "mug": 0.99, "perfume": 0.99, "vase": 0.91, "watch": 0.99,
}  # fmt: skip
HARD = {
    "chair": "shape_unclear", "dripper": "low_contrast", "perfume": "shape_unclear", "vase": "shape_unclear",
}  # fmt: skip
LEAST_OUTLINE = 0.91  # mean share of the outlines within 2 px
RED, WHITE = (170, 40, 30), (248, 248, 248)

Picture = NDArray[np.uint8]


@pytest.mark.parametrize("name", LEAST_OVERLAP)
def test_a_sample_packshot_keeps_its_product_and_loses_its_backdrop(name: str) -> None:
    assert _overlap(_sample(name), _mask(name)) >= LEAST_OVERLAP[name]


def test_the_outlines_of_the_samples_are_where_they_should_be() -> None:
    figures = [overlap(_sample(name).rgba[..., 3] / 255, _mask(name))[1] for name in LEAST_OVERLAP]
    assert np.mean(figures) >= LEAST_OUTLINE


@pytest.mark.parametrize("name", LEAST_OVERLAP)
def test_a_sample_is_doubted_for_what_is_hard_about_it(name: str) -> None:
    cutout = _sample(name)
    assert cutout.reason == HARD.get(name, "")
    assert (cutout.confidence >= 0.7) == (name not in HARD)


def test_white_on_white_is_cut_along_its_faint_outline() -> None:
    mask = _disc((300, 300), 140)
    assert _overlap(cut_out(_packshot(mask, product=(238, 238, 240))), mask) > 0.97


def test_a_white_half_that_is_lost_with_its_print_is_doubted() -> None:
    """Nothing tells its paper from the backdrop, but its letters do."""
    mask = np.zeros((400, 400))
    mask[80:200, 120:280] = 1
    picture = _packshot(mask, product=(30, 90, 200))
    cv2.putText(picture, "OPEN", (150, 250), cv2.FONT_HERSHEY_SIMPLEX, 1, (30, 90, 200), 3)
    cutout = cut_out(picture)
    assert (cutout.confidence, cutout.reason) == (0.3, "parts_left_out")
    assert cut_out(_packshot(mask, product=(30, 90, 200))).confidence == 1.0


@pytest.mark.parametrize("backdrop", [(190, 190, 192), (236, 226, 205), (30, 30, 32)])
def test_any_plain_backdrop_will_do(backdrop: tuple[int, int, int]) -> None:
    mask = _disc((300, 300), 140)
    cutout = cut_out(_packshot(mask, backdrop=backdrop))
    assert _overlap(cutout, mask) > 0.98
    assert (cutout.reason, cutout.confidence) == ("", 1.0)


def test_a_product_cropped_tightly_is_found_whole() -> None:
    """It covers much of the ring through which the backdrop is foretold."""
    mask = _disc((300, 300), 296)
    assert _overlap(cut_out(_packshot(mask, product=(190, 195, 205))), mask) > 0.98


def test_the_network_gives_the_same_shares_on_any_number_of_threads() -> None:
    picture, threads = _packshot(_disc((300, 300), 140)), cv2.getNumThreads()
    shares = []
    try:
        for count in (1, 2):
            cv2.setNumThreads(count)
            shares.append(product_share(picture, picture))
    finally:
        cv2.setNumThreads(threads)
    assert np.array_equal(*shares)


def test_a_backdrop_that_darkens_to_one_side_will_do() -> None:
    mask = _disc((300, 300), 140)
    light = np.linspace(1.0, 0.75, 600)[None, :, None]
    assert _overlap(cut_out((_packshot(mask) * light).astype(np.uint8)), mask) > 0.98


def test_a_soft_shadow_is_not_product() -> None:
    mask = _disc((300, 300), 140)
    shadow = cv2.GaussianBlur(np.float32(_disc((300, 460), 110, squash=0.25)), (0, 0), 18)[..., None]
    darkened = _packshot(np.zeros_like(mask)) * (1 - 0.45 * shadow)
    pixels = np.where(mask[..., None] > 0.5, _packshot(mask), darkened).astype(np.uint8)
    assert _overlap(cut_out(pixels), mask) > 0.97


def test_the_hole_of_a_ring_shows_through() -> None:
    mask = np.clip(_disc((300, 300), 180) - _disc((300, 300), 110), 0, 1)
    assert _overlap(cut_out(_packshot(mask)), mask) > 0.97


def test_the_hole_of_a_ring_of_the_backdrops_hue_shows_through() -> None:
    mask = np.clip(_disc((300, 300), 180) - _disc((300, 300), 110), 0, 1)
    assert _overlap(cut_out(_packshot(mask, product=(200, 200, 200))), mask) > 0.97


def test_a_highlight_as_white_as_the_backdrop_is_not_a_hole() -> None:
    mask, light = _disc((300, 300), 180), cv2.GaussianBlur(_disc((270, 250), 50), (0, 0), 8)[..., None]
    pixels = _packshot(mask, product=(120, 120, 125)) * (1 - light) + np.array(WHITE) * light
    assert _overlap(cut_out(pixels.round().astype(np.uint8)), mask) > 0.97


def test_spokes_stand_in_an_open_wheel() -> None:
    wheel = np.zeros((600, 600), np.uint8)
    for turn in range(0, 180, 30):
        x, y = 200 * np.cos(np.radians(turn)), 200 * np.sin(np.radians(turn))
        cv2.line(
            wheel, (round(300 - x), round(300 - y)), (round(300 + x), round(300 + y)), 255, 4, cv2.LINE_AA
        )
    tyre = np.clip(_disc((300, 300), 210) - _disc((300, 300), 180), 0, 1)
    pixels = np.where(
        tyre[..., None] > 0.5,
        _packshot(tyre, product=(30, 30, 32)),
        _packshot(wheel / 255, product=(150,) * 3),
    )
    assert _overlap(cut_out(pixels.astype(np.uint8)), np.maximum(tyre, wheel / 255)) > 0.9


def test_a_mesh_lets_the_backdrop_through_and_is_doubted() -> None:
    mesh = np.zeros((600, 600), np.uint8)
    for at in range(120, 500, 40):
        cv2.line(mesh, (at, 120), (at, 480), 255, 4)
        cv2.line(mesh, (120, at), (480, at), 255, 4)
    cutout = cut_out(_packshot(mesh / 255, product=(150, 150, 152)))
    assert _overlap(cutout, mesh / 255) > 0.85
    assert (cutout.confidence, cutout.reason) == (0.3, "thin_parts")


def test_thin_legs_stay() -> None:
    mask = np.zeros((600, 600))
    mask[150:200, 150:450] = 1
    for left in (160, 290, 432):
        mask[200:500, left : left + 8] = 1
    assert _overlap(cut_out(_packshot(mask)), mask) > 0.95


def test_a_light_label_is_not_a_hole() -> None:
    mask = np.zeros((600, 600))
    mask[100:500, 200:400] = 1
    pixels = _packshot(mask)
    pixels[200:400, 230:370] = (210, 205, 190)
    pixels[280:320, 250:350] = (20, 20, 20)
    assert _overlap(cut_out(pixels), mask) > 0.98


def test_the_colour_at_the_rim_is_the_products_own() -> None:
    mask = cv2.GaussianBlur(_disc((300, 300), 140), (0, 0), 1.0)
    rgba = cut_out(_packshot(mask)).rgba
    rim = (rgba[..., 3] > 20) & (rgba[..., 3] < 235)
    assert rim.any()
    assert np.abs(np.median(rgba[rim][:, :3].astype(int), axis=0) - RED).max() < 15


def test_a_coarse_jpeg_is_cut_as_well() -> None:
    mask = _disc((300, 300), 140)
    _, data = cv2.imencode(".jpg", _packshot(mask), [cv2.IMWRITE_JPEG_QUALITY, 60])
    assert _overlap(cut_out(np.asarray(cv2.imdecode(data, cv2.IMREAD_COLOR), np.uint8)), mask) > 0.97


def test_the_cutout_lies_on_the_packshots_own_grid() -> None:
    mask = _disc((350, 150), 90, shape=(300, 700))
    cutout = cut_out(_packshot(mask))
    assert cutout.rgba.shape == (300, 700, 4)
    assert cutout.box == pytest.approx((260 / 700, 0.2, 180 / 700, 0.6), abs=0.01)


def test_the_same_packshot_gives_the_same_cutout() -> None:
    pixels = _packshot(_disc((300, 300), 140))
    assert np.array_equal(cut_out(pixels).rgba, cut_out(pixels.copy()).rgba)


def test_a_stamp_of_64_pixels_is_cut() -> None:
    mask = _disc((32, 32), 16, shape=(64, 64))
    assert _overlap(cut_out(_packshot(mask)), mask) > 0.9


def test_real_transparency_is_kept_as_it_came() -> None:
    alpha = (_disc((300, 300), 140) * 255).astype(np.uint8)
    pixels = np.dstack([_packshot(np.ones((600, 600))), alpha])
    cutout = cut_out(pixels)
    assert np.array_equal(cutout.rgba, pixels)
    assert (cutout.confidence, cutout.reason) == (1.0, "already_cut")


def test_a_product_cut_off_by_the_frame_is_kept_and_doubted() -> None:
    mask = np.zeros((600, 600))
    mask[150:, 200:400] = 1
    cutout = cut_out(_packshot(mask))
    assert _overlap(cutout, mask) > 0.97
    assert cutout.confidence < 0.5
    assert cutout.reason == "touches_edge"


@pytest.mark.parametrize(
    ("pixels", "reason"),
    [
        (np.full((400, 400, 3), 255, np.uint8), "nothing_found"),
        (np.full((400, 400, 4), 0, np.uint8), "nothing_found"),
        (np.random.default_rng(1).integers(0, 255, (400, 400, 3), np.uint8), "background_not_plain"),
    ],
    ids=["white", "all clear", "noise"],
)
def test_a_picture_without_a_product_says_so(pixels: Picture, reason: str) -> None:
    cutout = cut_out(pixels)
    assert (cutout.confidence, cutout.reason) == (0.0, reason)
    assert cutout.box == (0, 0, 1, 1)


@pytest.mark.parametrize("shape", [(1, 1), (1, 5000), (5000, 1), (3, 3), (63, 64), (64, 63)])
def test_a_picture_with_a_side_under_64_pixels_is_kept_and_of_no_use(
    shape: tuple[int, int],
) -> None:
    for channels in (3, 4):
        pixels = np.random.default_rng(3).integers(0, 255, (*shape, channels), np.uint8)
        cutout = cut_out(pixels)
        assert (cutout.confidence, cutout.reason) == (0.0, "tiny")
        assert np.array_equal(cutout.rgba[..., :channels], pixels)
        assert channels == 4 or (cutout.rgba[..., 3] == 255).all()


def test_a_long_strip_is_kept_and_of_no_use() -> None:
    strip = np.random.default_rng(3).integers(0, 255, (64, 17000, 3), np.uint8)
    assert cut_out(strip).reason == "tiny"


def test_what_a_person_marked_is_true_and_settles_the_verdict() -> None:
    pixels, marks = _packshot(_disc((300, 300), 140)), np.zeros((600, 600), np.int8)
    marks[20:40, 20:40], marks[290:310, 290:310] = 1, -1
    cutout = cut_out(pixels, marks)
    assert (cutout.confidence, cutout.reason) == (1.0, "corrected")
    assert (cutout.rgba[marks == 1][:, 3] == 255).all()
    assert (cutout.rgba[marks == -1][:, 3] == 0).all()


def test_a_stroke_in_a_lost_part_brings_it_back_up_to_its_outline() -> None:
    mask, pixels, marks = _broken_cup()
    lost = cut_out(pixels)
    marks[240:260, 220:380] = 1
    found = cut_out(pixels, marks)
    assert _overlap(lost, mask) < 0.9
    assert _overlap(found, mask) > 0.96


def test_a_stroke_in_a_filled_hole_opens_it_up_to_its_outline() -> None:
    mask = np.clip(_disc((300, 300), 180) - _disc((300, 300), 110), 0, 1)
    pixels, marks = _packshot(mask), np.zeros((600, 600), np.int8)
    pixels[mask[..., None].repeat(3, 2) < 0.5] = 248
    pixels[_disc((300, 300), 110) > 0.5] = (225, 215, 190)
    marks[290:310, 260:340] = -1
    assert _overlap(cut_out(pixels), mask) < 0.9
    assert _overlap(cut_out(pixels, marks), mask) > 0.96


def test_a_stroke_on_empty_backdrop_means_no_more_than_itself() -> None:
    mask = _disc((300, 300), 140)
    marks = np.zeros((600, 600), np.int8)
    marks[40:60, 40:120] = 1
    cutout = cut_out(_packshot(mask), marks)
    assert (cutout.rgba[..., 3] > 127).sum() < mask.sum() + 3 * (marks == 1).sum()


def test_marks_correct_a_product_that_came_already_cut() -> None:
    pixels = np.dstack([_packshot(np.ones((600, 600))), (_disc((300, 300), 140) * 255).astype(np.uint8)])
    marks = np.zeros((600, 600), np.int8)
    marks[290:310, 290:310] = -1
    assert (cut_out(pixels, marks).rgba[marks == -1][:, 3] == 0).all()
    assert cut_out(pixels, marks * 0).reason == "already_cut"


def test_marks_of_another_size_are_refused_with_both_sizes() -> None:
    with pytest.raises(ValueError, match=r"\(20, 20\).*\(600, 600\)"):
        cut_out(_packshot(_disc((300, 300), 140)), np.zeros((20, 20), np.int8))


def test_an_array_that_is_no_picture_is_refused_with_its_shape() -> None:
    with pytest.raises(ValueError, match=r"\(20, 20\)"):
        cut_out(np.zeros((20, 20), np.uint8))


@cache
def _sample(name: str) -> Cutout:
    return cut_out(_read(SAMPLES / f"{name}.jpg", cv2.IMREAD_COLOR_RGB))


def _mask(name: str) -> NDArray[np.float64]:
    return _read(MASKS / f"{name}.mask.png", cv2.IMREAD_GRAYSCALE) / 255


def _read(path: Path, how: int) -> Picture:
    picture = cv2.imread(str(path), how)
    scale = 750 / max(picture.shape[:2])
    return np.asarray(cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA), np.uint8)


def _overlap(cutout: Cutout, truth: NDArray[np.float64]) -> float:
    return overlap(cutout.rgba[..., 3] / 255, truth)[0]


def _broken_cup() -> tuple[NDArray[np.float64], Picture, NDArray[np.int8]]:
    """A red cup whose upper half is as white as the backdrop, with a faint outline that has a gap."""
    mask = np.zeros((600, 600))
    mask[200:450, 150:450] = 1
    pixels = _packshot(mask)
    pixels[200:300, 150:450] = 247
    cv2.rectangle(pixels, (150, 200), (449, 320), (225, 225, 225), 3)
    pixels[195:206, 270:330] = 248
    pixels[300:450, 150:450] = RED
    return mask, pixels, np.zeros((600, 600), np.int8)


def _disc(
    centre: tuple[int, int], radius: int, squash: float = 1.0, shape: tuple[int, int] = (600, 600)
) -> NDArray[np.float64]:
    """The coverage of an ellipse, with a soft rim of about a pixel."""
    y, x = np.mgrid[: shape[0], : shape[1]]
    away = np.hypot(x - centre[0], (y - centre[1]) / squash)
    return np.clip(radius - away + 0.5, 0, 1)


def _packshot(
    mask: NDArray[np.float64], backdrop: tuple[int, int, int] = WHITE, product: tuple[int, int, int] = RED
) -> Picture:
    """A product of this coverage and colour on a plain backdrop, with the grain of a camera."""
    grain = np.random.default_rng(7).normal(0, 1, (*mask.shape, 1))
    cover = mask[..., None]
    return (
        (cover * np.array(product) + (1 - cover) * np.array(backdrop) + grain).clip(0, 255).astype(np.uint8)
    )


def test_a_soft_pool_of_shadow_beside_the_foot_stays_behind() -> None:
    product, _ = _standing()
    strength = np.where(_rim(product), 20.0, 0.5).astype(np.float32)
    lab, lit = np.zeros((200, 200, 3), np.float32), np.zeros((200, 200, 3), np.float32)
    lit[..., 0], lab[..., 0] = 90, 90
    lab[product] = (40, 30, 30)
    pool = np.zeros_like(product)
    pool[150:170, 140:158] = True
    lab[pool] = (65, 0.5, 0.5)
    found = pools(product | pool, lab, lit, strength)
    assert found[pool].mean() > 0.9
    assert not (found & product).any()


def test_a_dark_foot_with_an_outline_of_its_own_is_no_shadow() -> None:
    product, foot = _standing()
    strength = np.where(_rim(product) | _rim(foot), 20.0, 0.5).astype(np.float32)
    lab, lit = np.full((200, 200, 3), (90, 0, 0), np.float32), np.full((200, 200, 3), (90, 0, 0), np.float32)
    lab[product], lab[foot] = (40, 30, 30), (50, 0, 0)
    assert not pools(product | foot, lab, lit, strength).any()


@pytest.mark.parametrize(("rows", "filled"), [(30, False), (10, True)])
def test_a_small_hole_needs_an_edge_all_round(rows: int, filled: bool) -> None:
    product, _ = _standing()
    hole = _disc((90, 100), 5, shape=(200, 200)) > 0.5
    edge = np.asarray(cv2.dilate(hole.astype(np.uint8), np.ones((5, 5)))) > 0
    edge[85 + rows :] = False  # that much of it is drawn
    closed = fill_false_holes(product & ~hole, np.where(edge, 20.0, 0.5).astype(np.float32))
    assert bool(closed[hole].all()) is filled


def _standing() -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """A block of 100 x 120 px on a foot."""
    block, foot = np.zeros((200, 200), bool), np.zeros((200, 200), bool)
    block[40:170, 40:140], foot[170:180, 50:130] = True, True
    return block, foot


def _rim(mask: NDArray[np.bool_]) -> NDArray[np.bool_]:
    return np.asarray(cv2.morphologyEx(mask.astype(np.uint8), cv2.MORPH_GRADIENT, np.ones((3, 3)))) > 0
