"""Whose money is spent at HiAPI, and where HiAPI is."""

from dataclasses import dataclass, field
from urllib.parse import urlsplit


@dataclass(frozen=True)
class Account:
    """Ours at HiAPI. Its two addresses are the operator's choice, and may be plain http.

    `secrets` sign callbacks; `allow` names what may be reached although private or plain http, as host:port;
    `models` are keys of dialects.toml to offer instead of the usual ones.
    """

    key: str = field(repr=False)
    base_url: str
    site_url: str
    secrets: tuple[str, ...] = field(repr=False)
    honours_keys: bool
    allow: frozenset[str]
    models: tuple[str, ...]

    @property
    def own_places(self) -> frozenset[str]:
        places = [urlsplit(url) for url in (self.base_url, self.site_url)]
        return frozenset(f"{one.hostname}:{one.port or 80}" for one in places if one.scheme == "http")
