"""What the network sees of a picture: at first as a whole, then closer. Pictures are drawn here."""

import cv2
import numpy as np

from studio.imaging.cutout.arrays import Mask, Pixels
from studio.imaging.cutout.network import product_share


def test_the_teeth_of_a_small_comb_are_told_apart_by_the_closer_look() -> None:
    """Tooth and gap are 2 px wide where the network sees all, 11 px where it sees the comb alone."""
    comb = np.zeros((1600, 1600), bool)
    comb[700:740, 620:860] = True
    for left in range(620, 860, 16):
        comb[700:860, left : left + 8] = True
    share = product_share(_packshot(comb), _halved(_packshot(comb)))
    teeth = np.s_[375:430, 310:430]
    assert share.shape == (800, 800)
    assert _agreement(share[teeth] > 0.5, comb[::2, ::2][teeth]) > 0.9


def test_on_blank_paper_there_is_nothing_to_look_at_closer() -> None:
    blank = _packshot(np.zeros((800, 800), bool))
    assert product_share(blank, _halved(blank)).max() < 0.3


def test_a_long_strip_is_looked_at_as_any_other_picture() -> None:
    strip = np.zeros((200, 1600), bool)
    strip[60:140, 300:1300] = True
    share = product_share(_packshot(strip), _halved(_packshot(strip)))
    assert _agreement(share > 0.5, strip[::2, ::2]) > 0.9


def _packshot(product: Mask) -> Pixels:
    return np.where(product[..., None], np.uint8((30, 60, 110)), np.uint8((244, 244, 242)))


def _halved(picture: Pixels) -> Pixels:
    size = (picture.shape[1] // 2, picture.shape[0] // 2)
    return np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_AREA), np.uint8)


def _agreement(found: Mask, product: Mask) -> float:
    return float((found & product).sum() / (found | product).sum())
