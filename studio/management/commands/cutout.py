"""`manage.py cutout`: the product alone, as an RGBA PNG on the packshot's own pixel grid."""

import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from PIL import Image

from studio.flow import cutout
from studio.imaging.encode import png
from studio.imaging.errors import Refused
from studio.messages import DOUBTS, say


class Command(BaseCommand):
    help = (
        "Cuts products out of plain backgrounds and writes STEM.png for each file. "
        "Exit 1 when one could not be written; a doubtful one is written, its confidence and reason say so."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("files", nargs="+", type=Path, metavar="FILE")
        parser.add_argument("--out", type=Path, required=True, metavar="DIR")
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        _check(options["files"], options["out"])
        try:
            options["out"].mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise CommandError(f"{options['out']} cannot be made: {error.strerror}.", returncode=2) from error
        results = [_cut_out(path, options["out"]) for path in options["files"]]
        for result in results:
            self.stdout.write(json.dumps(result) if options["json"] else _line(result))
        if any(result["path"] is None for result in results):
            raise SystemExit(1)


def _check(paths: list[Path], out: Path) -> None:
    if missing := next((path for path in paths if not path.is_file()), None):
        raise CommandError(f"There is no file {str(missing)!r}.", returncode=2)
    stems = [path.stem for path in paths]
    if twice := next((stem for stem in stems if stems.count(stem) > 1), None):
        raise CommandError(f"Two files are named {twice!r}; their results would have one name.", returncode=2)
    # By what is there, not by name: links, and disks on which MUG.PNG is mug.png.
    inputs = {_identity(path) for path in paths}
    targets = [target for path in paths if (target := _target(path, out)).exists()]
    if over := next((target for target in targets if _identity(target) in inputs), None):
        raise CommandError(f"{str(over)!r} is one of the files; its cut-out would replace it.", returncode=2)


def _target(path: Path, out: Path) -> Path:
    return out / f"{path.stem}.png"


def _identity(path: Path) -> tuple[int, int]:
    there = path.stat()
    return there.st_dev, there.st_ino


def _cut_out(path: Path, out: Path) -> dict[str, Any]:
    target = _target(path, out)
    try:
        result = cutout.of_file(path.read_bytes())
        target.write_bytes(png(Image.fromarray(result.rgba)))
    except Refused as refusal:
        return _unwritten(path, say(refusal.code, **refusal.values).headline)
    except OSError as error:
        return _unwritten(path, str(error))
    return {
        "file": str(path),
        "path": str(target),
        "confidence": round(result.confidence, 3),
        "reason": result.reason,
    }


def _unwritten(path: Path, reason: str) -> dict[str, Any]:
    return {"file": str(path), "path": None, "confidence": 0.0, "reason": reason}


def _line(result: dict[str, Any]) -> str:
    reason = result["reason"]
    why = say(reason).headline if reason in DOUBTS else reason
    return f"{result['path'] or result['file']}: {result['confidence']:.2f} {why}".rstrip()
