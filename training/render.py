"""Renders random packshots with exact masks: python -m training.render FOLDER --first 0 --count 500"""

import argparse
import time
from pathlib import Path

import bpy
import numpy as np

from training.products import some_product
from training.stage import shoot, some_view


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--first", type=int, default=0, help="the first seed")
    parser.add_argument("--count", type=int, default=500)
    parser.add_argument("--side", type=int, default=512, help="px of the longer side")
    given = parser.parse_args()
    given.folder.mkdir(parents=True, exist_ok=True)
    for seed in range(given.first, given.first + given.count):
        start = time.perf_counter()
        rng = np.random.default_rng(seed)
        bpy.ops.wm.read_factory_settings(use_empty=True)
        parts, lying = some_product(rng)
        shoot(rng, parts, some_view(rng, lying, given.side), given.folder / f"{seed:05}")
        print(f"{seed:05} {time.perf_counter() - start:.1f} s", flush=True)


if __name__ == "__main__":
    main()
