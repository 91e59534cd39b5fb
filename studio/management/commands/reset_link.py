"""`manage.py reset_link`: a link for a new password, for somebody who forgot theirs."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from studio.flow import people
from studio.management.home import home
from studio.models import User


class Command(BaseCommand):
    help = "Prints a link that sets a new password once, within 24 hours. Whoever has it has the account."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("username")

    def handle(self, *args: Any, **options: Any) -> None:
        person = User.objects.filter(username=options["username"], is_active=True).first()
        if person is None:
            raise CommandError(f"There is no active account {options['username']!r}.", returncode=2)
        self.stdout.write(f"{home()}/accounts/reset/{people.reset_token(person)}/")
