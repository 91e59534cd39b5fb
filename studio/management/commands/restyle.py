"""`manage.py restyle`: the main job without a browser."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from studio.flow import placement, preset, restyle
from studio.flow.engines import offered
from studio.flow.starter import BRAND
from studio.imaging.errors import Refused
from studio.imaging.ratios import RATIOS
from studio.management.alone import helped
from studio.messages import say
from studio.models import RESOLUTIONS, Brand, Placement, Scene, Shoot


class Command(BaseCommand):
    help = (
        "Restyles packshots into scenes and writes the files to a folder. Exit 0 when every file was "
        "written, 1 when any is missing, 2 for bad arguments. A picture that serves several placements "
        "shows its price once."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("files", nargs="+", type=Path, metavar="FILE")
        parser.add_argument("--scene", nargs="+", action="extend", required=True, metavar="SLUG")
        parser.add_argument("--placement", nargs="+", action="extend", default=[], metavar="ID")
        parser.add_argument("--ratio", nargs="+", action="extend", default=[], metavar="W:H")
        parser.add_argument("--out", type=Path, required=True, metavar="DIR")
        parser.add_argument("--brand", default=BRAND, metavar="SLUG")
        parser.add_argument("--engine", default=settings.ENGINE)
        parser.add_argument("--model", default="")
        parser.add_argument("--resolution", choices=RESOLUTIONS, default="1K")
        parser.add_argument("--takes", type=int, default=1)
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        missing = 0
        for picture in _pictures(_wish(options)):
            missing += picture["error"] is not None
            self.stdout.write(json.dumps(picture) if options["json"] else _line(picture))
        if missing:
            raise SystemExit(1)


def _pictures(wish: restyle.Wish) -> Iterator[dict[str, Any]]:
    try:
        wish.out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise _bad(f"--out {str(wish.out)!r} is no folder that can be written: {error.strerror}.") from error
    try:
        yield from restyle.pictures(wish, _finish)
    except Refused as refusal:
        raise _bad(say(refusal.code, **refusal.values).sentence) from refusal


def _finish(shoot: Shoot) -> None:
    with helped("--shoot", shoot.pk):
        restyle.finish(shoot)


def _wish(options: dict[str, Any]) -> restyle.Wish:
    """The arguments as rows. Anything unknown is a bad argument, with what would be right."""
    brand = Brand.objects.filter(slug=options["brand"]).first()
    if brand is None:
        raise _bad(
            f"There is no brand {options['brand']!r}. Brands: {_list(Brand.objects.values_list('slug'))}"
        )
    if options["engine"] not in offered():
        raise _bad(f"Engine {options['engine']!r} is not available. Engines: {', '.join(offered())}")
    if not options["placement"] and not options["ratio"]:
        raise _bad("Give at least one --placement or --ratio.")
    if not 1 <= options["takes"] <= 8:
        raise _bad(f"--takes is {options['takes']}. Allowed: 1 to 8.")
    return restyle.Wish(
        brand=brand,
        files=_files(options["files"]),
        scenes=_scenes(brand, options["scene"]),
        placements=_placements(brand, options["placement"]),
        ratios=_ratios(options["ratio"]),
        resolution=options["resolution"],
        engine=options["engine"],
        model=options["model"],
        takes=options["takes"],
        out=options["out"],
    )


def _files(paths: list[Path]) -> list[Path]:
    for path in paths:
        if not path.is_file():
            raise _bad(f"There is no file {str(path)!r}.")
    stems = [path.stem for path in paths]
    if twice := next((stem for stem in stems if stems.count(stem) > 1), None):
        raise _bad(f"Two files are named {twice!r}; their results would have one name.")
    return paths


def _scenes(brand: Brand, slugs: list[str]) -> list[Scene]:
    by_slug = preset.by_slug(brand)
    for slug in slugs:
        if slug not in by_slug:
            raise _bad(f"There is no scene {slug!r}. Scenes: {', '.join(sorted(by_slug))}")
    return [by_slug[slug] for slug in dict.fromkeys(slugs)]


def _placements(brand: Brand, slugs: list[str]) -> list[Placement]:
    by_slug = placement.by_slug(brand)
    for slug in slugs:
        if slug not in by_slug:
            raise _bad(f"There is no placement {slug!r}. Placements: {', '.join(by_slug)}")
    return [by_slug[slug] for slug in dict.fromkeys(slugs)]


def _ratios(ratios: list[str]) -> list[str]:
    for ratio in ratios:
        if ratio not in RATIOS:
            raise _bad(f"Ratio {ratio!r} is not known. Ratios: {', '.join(RATIOS)}")
    return list(dict.fromkeys(ratios))


def _bad(sentence: str) -> CommandError:
    return CommandError(sentence, returncode=2)


def _list(rows: Any) -> str:
    return ", ".join(row[0] for row in rows)


def _line(picture: dict[str, Any]) -> str:
    name = (
        picture["path"] or f"{picture['file']} {picture['scene']} {picture['placement'] or picture['ratio']}"
    )
    return f"{name}: {picture['error'] or ', '.join(['done', *picture['check']])}"
