"""How gunicorn serves Studio: `gunicorn --config python:studio.server studio.wsgi`.

Threads, because a slow upload holds one for its whole length: with 2 × 4 eight of them stopped every page.
They are made when needed, so that many cost nothing; what is too slow is cut off, see web/worker.py.
"""

import os
from typing import Any, Final

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "studio.settings")

from django.conf import settings

_host: Final = f"[{settings.BIND}]" if ":" in settings.BIND else settings.BIND
bind: Final = f"{_host}:{settings.PORT}"
worker_class: Final = "studio.web.worker.Worker"
workers: Final = 2
threads: Final = 64
keepalive: Final = 75  # at gunicorn's 2 s every poll would meet a closing connection
graceful_timeout: Final = 15
worker_tmp_dir: Final = str(settings.DATA)
control_socket_disable: Final = True

limit_request_line: Final = 4094
# Who the client is and whether it came by https is for Django to judge, by STUDIO_TRUSTED_PROXIES.
secure_scheme_headers: Final[dict[str, str]] = {}
forwarder_headers: Final = ""

# Addresses carry tokens: no access log, and errors go through our formatter, which masks them.
accesslog: Final = None
logconfig_dict: Final[dict[str, Any]] = {
    **settings.LOGGING,
    "loggers": {"gunicorn.error": {"handlers": ["stderr"], "level": "WARNING", "propagate": False}},
}
