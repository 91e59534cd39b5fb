"""The app."""

from django.apps import AppConfig
from django.core.checks import register

from studio import checks


class StudioConfig(AppConfig):
    name = "studio"
    label = "studio"
    verbose_name = "Studio"

    def ready(self) -> None:
        register(checks.queue_is_safe)
        register(checks.databases_are_safe)
        register(checks.signer_can_sign)
