"""A whole archive of a thousand files by the clock, beside the floor: python -m bench.export [--sets N]

`manage.py export` cuts, checks, stores, books and packs on every core. The floor decodes, resizes, encodes as
often as the byte limits need, which here is once, and reads back: the same pixels with the same library, in
as many processes. Half of it runs before and half after, so that a slower machine is slower for both.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from tests.living import HOME

SETS = 17  # of the sixty starter placements: 1,020 files
_INSIDE = "from bench import export_inside; export_inside.{call}"


def compare(row: Callable[[str, list[float], list[float], str], None], sets: int = SETS) -> None:
    """A row of the benchmark table, and how fast that is in parts of the floor."""
    with tempfile.TemporaryDirectory() as folder:
        environment = os.environ | {"STUDIO_DATA": f"{folder}/data", "STUDIO_ENV": "local"}
        files = _inside(environment, f"lay({sets})")
        before = _inside(environment, f"floor({sets // 2})")
        ours = _export(environment, Path(folder) / "all.zip", files)
        floor = before + _inside(environment, f"floor({sets - sets // 2})")
    row(f"export {files:,} files, all cores, s", [ours], [floor], "floor: Pillow, as many processes")
    print(f"  {files / ours:.1f} files a second, {floor / ours:.2f} of the floor's speed", flush=True)


def _inside(environment: Mapping[str, str], call: str) -> Any:
    """What the call prints, in a process that has Studio's settings."""
    command = [sys.executable, "manage.py", "shell", "--no-imports", "-c", _INSIDE.format(call=call)]
    done = subprocess.run(command, cwd=HOME, env=environment, check=True, stdout=subprocess.PIPE)
    return json.loads(done.stdout)


def _export(environment: Mapping[str, str], target: Path, files: int) -> float:
    """Seconds from the command's start to its end."""
    command = [sys.executable, "manage.py", "export", "--brand", "studio", "--out", str(target)]
    started = time.perf_counter()
    done = subprocess.run(command, cwd=HOME, env=environment, check=True, capture_output=True, text=True)
    seconds = time.perf_counter() - started
    assert f": {files} files" in done.stdout, done.stdout
    return seconds


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.export", description=__doc__.splitlines()[0])
    parser.add_argument("--sets", type=int, default=SETS, help="of sixty files")
    compare(lambda *told: print(*told), parser.parse_args().sets)


if __name__ == "__main__":
    main()
