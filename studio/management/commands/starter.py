"""`manage.py starter`: starter data, and the link for the first admin while there is none."""

from typing import Any

from django.core.management.base import BaseCommand

from studio.flow import people, starter
from studio.management.home import home


class Command(BaseCommand):
    help = "Lays in starter scenes, placements and sample products; safe to run again."

    def handle(self, *args: Any, **options: Any) -> None:
        starter.lay_in()
        if not people.needs_admin():
            self.stdout.write(f"Studio opens at {home()}/")
        else:
            self.stdout.write(f"Create your account: {home()}/welcome/{people.welcome_token()}/")
