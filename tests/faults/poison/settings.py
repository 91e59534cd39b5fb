"""Studio's own settings and the poison: `DJANGO_SETTINGS_MODULE=tests.faults.poison.settings`."""

from studio.settings import *  # noqa: F403
from studio.settings import INSTALLED_APPS as OURS

INSTALLED_APPS = [*OURS, "tests.faults.poison"]
