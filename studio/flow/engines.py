"""Who makes pictures. A new provider is one line here."""

from typing import Final

from studio import storage
from studio.providers.base import Provider
from studio.providers.local import Local

ENGINES: Final[dict[str, Provider]] = {
    "local": Local(storage.read),
}
