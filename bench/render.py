"""Time and memory of rendering, in processes of their own: python -m bench.render [SIDE | FILE]

A number renders every starter scene that large and prints what it took; a file is decoded and encoded.
Time is that of the processor, so that other work on the machine does not count.
"""

import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any, Final

import cv2
from PIL import Image

from bench.starter import product, scenes
from studio.imaging import ratios
from studio.imaging.compose import compose
from studio.imaging.compose.material import pyramid
from studio.imaging.scene import Scene

TEN: Final = ("1:1", "4:5", "5:4", "3:4", "4:3", "2:3", "3:2", "16:9", "9:16", "2:1")
SAMPLE: Final = "mug"
_MEGABYTE: Final = 2**20 if sys.platform == "darwin" else 2**10  # of what the system counts in


def compare(row: Callable[[str, list[float], list[float], str], None]) -> None:
    """Rows of the benchmark table: each size's slowest scene and most memory, then what ratios share."""
    floor = "floor: Pillow decodes and encodes as many pixels, JPEG"
    with tempfile.TemporaryDirectory() as folder:
        for name, side in ratios.LONG_SIDES.items():
            picture = Path(folder) / f"{name}.jpg"
            ours = _alone(str(side), str(picture))
            other = _alone(str(picture))
            slowest, seconds = max(ours["seconds"].items(), key=lambda item: item[1])
            row(f"render {name}, {slowest}, s", [seconds], [other["seconds"]], floor)
            row(f"render {name}, peak memory, MB", [ours["peak"]], [other["peak"]], floor)
    one, ten = _from_nothing(TEN[:1]), _from_nothing(TEN)
    row("ten ratios of one product, s", [ten], [10 * one], "ten times one, each from nothing")


def _alone(*arguments: str) -> dict[str, Any]:
    command = [sys.executable, "-m", "bench.render", *arguments]
    told: dict[str, Any] = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)
    return told


def _from_nothing(shapes: tuple[str, ...]) -> float:
    """Seconds for a product in one scene in these ratios, nothing kept from before."""
    cut, scene = product(SAMPLE), Scene.parse(scenes(["dark-slate"])[0]["engine"])
    pyramid.cache_clear()
    started = time.process_time()
    for shape in shapes:
        compose(cut, scene, *ratios.size(shape, ratios.LONG_SIDES["1K"]), 1)
    return time.process_time() - started


def main() -> None:
    cv2.setNumThreads(1)
    told = _every_scene(int(sys.argv[1]), *sys.argv[2:]) if sys.argv[1].isdigit() else _recode(sys.argv[1])
    print(json.dumps(told))


def _every_scene(side: int, last: str | None = None) -> dict[str, Any]:
    """The square picture of each scene; the last one is kept as a JPEG when a path is given."""
    cut, seconds = product(SAMPLE), {}
    for scene in scenes():
        started = time.process_time()
        pixels = compose(cut, Scene.parse(scene["engine"]), side, side, 1).pixels
        seconds[scene["slug"]] = time.process_time() - started
    peak = _peak()
    if last:
        Image.fromarray(pixels[..., :3]).save(last, quality=92)
    return {"seconds": seconds, "peak": peak}


def _recode(path: str) -> dict[str, Any]:
    started = time.process_time()
    Image.open(path).save(BytesIO(), "JPEG", quality=92)
    return {"seconds": time.process_time() - started, "peak": _peak()}


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / _MEGABYTE


if __name__ == "__main__":
    main()
