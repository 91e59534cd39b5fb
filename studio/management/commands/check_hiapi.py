"""`manage.py check_hiapi`: would HiAPI make pictures for us? Buys nothing."""

from typing import Any, Final

from django.conf import settings
from django.core.management.base import BaseCommand

from studio.flow import check

MENDS: Final = {
    "operator": "the operator mends it",
    "admin": "an admin of the studio mends it",
    "developer": "a newer Studio mends it",
    "nobody": "nothing to do: it may pass",
}
NO_KEY: Final = (
    "No key for HiAPI is set, so nothing can be bought: put HIAPI_API_KEY=your-key into the environment, "
    "or into a file .env beside manage.py, and start Studio again."
)


class Command(BaseCommand):
    help = "Checks key, models, prices and callback address. Exit 0 when pictures could be bought, else 1."

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.HIAPI_ACCOUNT["key"]:  # whatever else is wrong does not matter yet
            self.stdout.write(NO_KEY)
            raise SystemExit(1)
        findings = check.findings()
        for finding in findings:
            mends = "" if finding.ok else f" [{MENDS[finding.who]}]"
            self.stdout.write(f"{'ok ' if finding.ok else 'NO '} {finding.sentence}{mends}")
        if not all(finding.ok or not finding.bars for finding in findings):
            raise SystemExit(1)
