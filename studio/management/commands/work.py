"""`manage.py work --shoot ID`: one worker for one shoot, without a queue."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from studio.flow import restyle
from studio.models import Shoot


class Command(BaseCommand):
    help = "Works on one shoot until every picture of it is final."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--shoot", type=int, required=True, metavar="ID")

    def handle(self, *args: Any, **options: Any) -> None:
        restyle.finish(Shoot.objects.get(pk=options["shoot"]))
