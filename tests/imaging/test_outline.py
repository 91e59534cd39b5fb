"""Where the outline goes at full size."""

import numpy as np

from studio.imaging.cutout.outline import trace


def test_an_outline_stays_in_place_where_nothing_is_seen() -> None:
    rough = np.hypot(*(np.mgrid[:120, :120] - 60)) < 40
    lab = np.full((120, 120, 3), (95, 0, 0), np.float32)
    coverage, clear = trace(lab, rough, 2.0)
    assert clear == 0
    found = coverage > 0.5
    assert (found & rough).sum() / (found | rough).sum() > 0.85
