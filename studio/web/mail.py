"""Without a mail server: nothing is mailed, and no link is logged; its reader could take an account over."""

import logging
from collections.abc import Sequence
from typing import Final

from django.conf import settings
from django.core.cache import cache
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend
from django.utils.module_loading import import_string

QUIET: Final = 60  # seconds between two lines: anybody may ask

log = logging.getLogger("studio.mail")


class NoServer(BaseEmailBackend):
    """Tells the operator how to make the link of a reset, the only thing that Studio mails."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        if email_messages and cache.add("studio.mail.told", True, QUIET):
            log.warning("A password reset was asked for. Without a mail server: manage.py reset_link NAME")
        return 0


def has_server() -> bool:
    backend = import_string(settings.EMAIL_BACKEND)
    return backend is not NoServer
