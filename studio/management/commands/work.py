"""`manage.py work --shoot ID` or `--export ID`: one worker for one of them, without a queue."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from studio.flow import export, restyle
from studio.models import Export, Shoot


class Command(BaseCommand):
    help = "Works on one shoot until every picture of it is final, or cuts the pictures of one archive."

    def add_arguments(self, parser: CommandParser) -> None:
        which = parser.add_mutually_exclusive_group(required=True)
        which.add_argument("--shoot", type=int, metavar="ID")
        which.add_argument("--export", type=int, metavar="ID")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["export"]:
            export.cut_all(Export.objects.get(pk=options["export"]))
            return
        restyle.finish(Shoot.objects.get(pk=options["shoot"]))
