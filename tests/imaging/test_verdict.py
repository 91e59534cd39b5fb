"""How far a cut-out can be believed, by what is known of its pixels."""

import numpy as np
import pytest

from studio.imaging.cutout.backdrop import Noise
from studio.imaging.cutout.segment import Segments
from studio.imaging.cutout.verdict import judge


@pytest.mark.parametrize(("likely", "reason"), [(0.95, ""), (0.5, "shape_unclear"), (0.05, "backdrop_kept")])
def test_what_the_network_sees_inside_the_product_is_told(likely: float, reason: str) -> None:
    product, plane = np.zeros((200, 200), bool), np.zeros((200, 200), np.float32)
    product[40:160, 40:160] = True
    share = np.where(product, np.float32(0.95), np.float32(0.05))
    share[80:120, 80:120] = likely
    contrast = np.where(product, np.float32(60), plane)
    parts = Segments(product, plane, plane, contrast, [], Noise(1, 1), np.zeros_like(product), share)
    assert judge(parts, 1)[1] == reason


@pytest.mark.parametrize(("side", "reason"), [(6, ""), (14, "parts_left_out")])
def test_a_hole_in_what_the_network_is_certain_of_is_told_but_a_buttonhole_is_not(
    side: int, reason: str
) -> None:
    plane = np.zeros((200, 200), np.float32)
    whole, product = np.zeros((200, 200), bool), np.zeros((200, 200), bool)
    whole[40:160, 40:160] = product[40:160, 40:160] = True
    product[80 : 80 + side, 80 : 80 + side] = False
    share, contrast = (np.where(whole, np.float32(inside), plane) for inside in (0.95, 60))
    parts = Segments(product, plane, plane, contrast, [], Noise(1, 1), np.zeros_like(product), share)
    assert judge(parts, 1)[1] == reason


def test_a_product_that_fills_the_frame_to_every_corner_touches_its_edge() -> None:
    everywhere, plane = np.ones((60, 80), bool), np.zeros((60, 80), np.float32)
    parts = Segments(everywhere, plane, plane, plane, [], Noise(1, 1), ~everywhere, None)
    assert judge(parts, 1) == (0.0, "touches_edge")


def test_a_small_product_is_not_thin_for_being_small() -> None:
    y, x = np.mgrid[:400, :400]
    product, plane = np.hypot(x - 200, y - 200) < 14, np.zeros((400, 400), np.float32)
    contrast = np.where(product, np.float32(60), plane)
    parts = Segments(product, plane, plane, contrast, [], Noise(1, 1), np.zeros_like(product), None)
    assert judge(parts, 1) == (1.0, "")
