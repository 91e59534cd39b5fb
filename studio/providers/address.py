"""Which addresses may be reached: public ones by https, and what the operator names as host:port."""

import ipaddress
import re
from collections.abc import Container
from urllib.parse import SplitResult, quote, urlsplit

_PLAIN = re.compile(r"[!#-;=?-\[\]_a-z~]+")  # printable ASCII without blanks and " < > \ ^ ` { | }
_UNESCAPED = re.compile(r'[ "<>^`{|}]|[^\x00-\x7f]')
_HOST = re.compile(r"[a-z0-9]([a-z0-9._-]*[a-z0-9])?")
_PORTS = {"https": 443, "http": 80}
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
_SPECIAL = [ipaddress.IPv4Network(net) for net in ("192.0.0.0/24", "192.88.99.0/24")]
_UNICAST = ipaddress.IPv6Network("2000::/3")
_WRAPPED = [ipaddress.IPv6Network(net) for net in ("2001::/23", "2002::/16", "3fff::/20")]  # Teredo, 6to4, …


class Barred(Exception):
    """An address that nobody may make us visit. Says nothing about it: it may hold a token."""


def spelt(url: str) -> str:
    """An address as browsers send it: blanks and letters that are not ASCII, which others forget to escape.

    It is checked afterwards: nothing that is escaped here can stand in a host.
    """
    return _UNESCAPED.sub(lambda found: quote(found[0], safe="", errors="replace"), url.strip())


def check_url(url: str, allow: Container[str]) -> SplitResult:
    """The parts of an address that may be asked for, whatever its host turns out to be. Raises Barred."""
    try:
        parts = urlsplit(url) if len(url) < 8192 and _PLAIN.fullmatch(url) else None
        host, port = (parts.hostname or "", parts.port) if parts else ("", None)
    except ValueError:
        parts = None
    if parts is None or "@" in parts.netloc or not _is_host(host):
        raise Barred
    named = f"{host}:{port or _PORTS.get(parts.scheme)}" in allow
    if parts.scheme != "https" and not (parts.scheme == "http" and named):
        raise Barred
    return parts


def is_public(address: str) -> bool:
    """Whether a resolved IP address belongs to the open internet, whichever way it is written or wrapped."""
    try:
        ip = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if isinstance(ip, ipaddress.IPv6Address):
        inner = ip.ipv4_mapped or (ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF) if ip in _NAT64 else None)
        if inner is None:
            return ip in _UNICAST and ip.is_global and not any(ip in net for net in _WRAPPED)
        ip = inner
    return ip.is_global and not (ip.is_multicast or ip.is_reserved or any(ip in net for net in _SPECIAL))


def _is_host(host: str) -> bool:
    if ":" not in host:
        return bool(_HOST.fullmatch(host))
    try:
        return ipaddress.IPv6Address(host).scope_id is None
    except ValueError:
        return False
