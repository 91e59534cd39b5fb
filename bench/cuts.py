"""Cutting for every starter placement beside the floor: python -m bench.cuts [--sets N]

A set is one product's pictures in every shape, cut for all placements. Studio reads, cuts, encodes, checks,
stores and books; the floor decodes, resizes, encodes once and reads back the same pixels with the same
library. Both run on every core. Time is the processors', so that other work does not count.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable

from tests.living import HOME

_INSIDE = "from bench.cuts_inside import main; main({sets})"


def compare(row: Callable[[str, list[float], list[float], str], None], sets: int = 4) -> None:
    """A row of the benchmark table."""
    with tempfile.TemporaryDirectory() as folder:
        environment = os.environ | {"STUDIO_DATA": folder, "STUDIO_ENV": "local"}
        command = [sys.executable, "manage.py", "shell", "--no-imports", "-c", _INSIDE.format(sets=sets)]
        done = subprocess.run(command, cwd=HOME, env=environment, check=True, stdout=subprocess.PIPE)
    told = json.loads(done.stdout)
    floor = "floor: Pillow decodes, resizes, encodes, reads back"
    row(f"cut {told['files']} files, a file, s", [told["ours"]], [told["floor"]], floor)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sets", type=int, default=4)
    compare(lambda *told: print(*told), parser.parse_args().sets)


if __name__ == "__main__":
    main()
