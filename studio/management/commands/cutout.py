"""`manage.py cutout`: the product alone, as an RGBA PNG on the packshot's own pixel grid."""

import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from PIL import Image

from studio.flow import cutout
from studio.imaging.encode import png
from studio.imaging.errors import Refused
from studio.messages import say


class Command(BaseCommand):
    help = "Cuts products out of plain backgrounds and writes STEM.png for each file."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("files", nargs="+", type=Path, metavar="FILE")
        parser.add_argument("--out", type=Path, required=True, metavar="DIR")
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        for path in options["files"]:
            if not path.is_file():
                raise CommandError(f"There is no file {str(path)!r}.", returncode=2)
        options["out"].mkdir(parents=True, exist_ok=True)
        results = [_cut_out(path, options["out"]) for path in options["files"]]
        for result in results:
            self.stdout.write(json.dumps(result) if options["json"] else _line(result))
        if any(result["path"] is None for result in results):
            raise SystemExit(1)


def _cut_out(path: Path, out: Path) -> dict[str, Any]:
    try:
        result = cutout.of_file(path.read_bytes())
    except Refused as refusal:
        return {
            "file": str(path),
            "path": None,
            "confidence": 0.0,
            "reason": say(refusal.code, **refusal.values).headline,
        }
    target = out / f"{path.stem}.png"
    target.write_bytes(png(Image.fromarray(result.rgba)))
    return {
        "file": str(path),
        "path": str(target),
        "confidence": round(result.confidence, 3),
        "reason": result.reason,
    }


def _line(result: dict[str, Any]) -> str:
    return f"{result['path'] or result['file']}: {result['confidence']:.2f} {result['reason']}".rstrip()
