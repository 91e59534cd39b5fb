"""`manage.py export`: the archive that the browser would give."""

import shutil
from contextlib import nullcontext
from pathlib import Path
from typing import Any, NoReturn

from django.core.management.base import BaseCommand, CommandError, CommandParser

from studio.flow import export, final, people, selection
from studio.flow.listing import BLOCK, Gone
from studio.imaging.errors import Refused
from studio.management.alone import helped
from studio.messages import say
from studio.models import Brand, Export, Shoot, Verdict


class Command(BaseCommand):
    help = "Writes the archive of a shoot, or of a brand's finished pictures. Exit 1 when one is missing."

    def add_arguments(self, parser: CommandParser) -> None:
        which = parser.add_mutually_exclusive_group(required=True)
        which.add_argument("--shoot", type=int, metavar="ID")
        which.add_argument("--brand", metavar="SLUG")
        parser.add_argument("--out", type=Path, required=True, metavar="FILE.zip")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["out"].is_dir() or not options["out"].parent.is_dir():
            raise CommandError(
                f"--out {str(options['out'])!r} is no file in an existing folder.", returncode=2
            )
        made = _build(options["shoot"], options["brand"])
        if made.state != "done":
            raise CommandError(say(made.failure).headline, returncode=1)
        _write(made, options["out"])
        failing = selection.verdicts(selection.packed(made))[Verdict.FAILURE]
        told = f", {failing} of them failing their channel" if failing else ""
        self.stdout.write(f"{options['out']}: {made.count} files{told}")
        for missing in made.missing:
            self.stderr.write(f"{missing['name']}: {say(missing['reason'], **missing['values']).headline}")
        if any(missing["reason"] != final.REPLACED for missing in made.missing):
            raise SystemExit(1)


def _write(made: Export, out: Path) -> None:
    """Beside it first: what has the name is a whole archive, or the one of before."""
    part = out.with_name(f".{out.name}.part")
    try:
        with export.opened(made) or _gone() as source, part.open("wb") as target:
            shutil.copyfileobj(source, target, BLOCK)
        part.replace(out)
    except Gone:
        _gone()
    finally:
        part.unlink(missing_ok=True)


def _gone() -> NoReturn:
    raise CommandError("A picture was deleted while the archive was written. Say it again.", returncode=1)


def _build(shoot_id: int | None, slug: str | None) -> Export:
    shoot = Shoot.objects.filter(pk=shoot_id or 0).exclude(launched_at=None).first()
    brand = shoot.brand if shoot else Brand.objects.filter(slug=slug).first()
    if brand is None:
        wanted = f"launched shoot {shoot_id}" if shoot_id else f"brand {slug!r}"
        raise CommandError(f"There is no {wanted}.", returncode=2)
    try:
        made = export.request(brand, people.system_user(), selection.chosen(brand, shoot), shoot)
    except Refused as refusal:
        raise CommandError(say(refusal.code, **refusal.values).headline, returncode=1) from refusal
    with helped("--export", made.pk) if export.to_be_cut(made) > 1 else nullcontext():
        export.finish(made)
    made.refresh_from_db()
    return made
