"""`manage.py starter`: starter data, and the link for the first admin while there is none."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from studio.flow import people, starter


class Command(BaseCommand):
    help = "Lays in starter scenes, placements and sample products; safe to run again."

    def handle(self, *args: Any, **options: Any) -> None:
        starter.lay_in()
        if not people.needs_admin():
            self.stdout.write(f"Studio opens at {_home()}/")
        else:
            self.stdout.write(f"Create your account: {_home()}/welcome/{people.welcome_token()}/")


def _home() -> str:
    """Where a browser finds this studio."""
    if settings.PRODUCTION:
        return f"https://{settings.ALLOWED_HOSTS[0]}"
    return f"http://{settings.BIND}:{settings.PORT}"
