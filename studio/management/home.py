"""Where a browser finds this studio, for links that commands print."""

from django.conf import settings

from studio.launcher.claim import served


def home() -> str:
    """The address without a slash at its end: where `make run` serves this data now, else where it would."""
    if settings.PRODUCTION:
        return f"https://{settings.ALLOWED_HOSTS[0]}"
    host, port = served(settings.DATA) or (settings.BIND, settings.PORT)
    return f"http://{f'[{host}]' if ':' in host else host}:{port}"
