"""Where a browser finds this studio, for links that commands print."""

from django.conf import settings


def home() -> str:
    """The address without a slash at its end."""
    if settings.PRODUCTION:
        return f"https://{settings.ALLOWED_HOSTS[0]}"
    return f"http://{settings.BIND}:{settings.PORT}"
