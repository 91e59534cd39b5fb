"""The app, and the checks that refuse settings under which money or work could be lost."""

from django.apps import AppConfig


class StudioConfig(AppConfig):
    name = "studio"
    label = "studio"
    verbose_name = "Studio"
