"""What a page weighs on the wire, before compression."""

import re
from pathlib import Path

from django.contrib.staticfiles import finders
from django.test import Client

LIMIT = 150_000


def weight(browser: Client, address: str) -> int:
    """Bytes of the page itself and of every style and script that it loads; scripts load no others."""
    page = browser.get(address).content
    files = re.findall(rb'(?:href|src)="/static/([^"]+\.(?:css|js))"', page)
    found = [finders.find(name.decode()) for name in set(files)]
    return len(page) + sum(Path(str(path)).stat().st_size for path in found)
