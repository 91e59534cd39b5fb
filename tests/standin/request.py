"""A request as it arrives. The body is read when somebody asks for it."""

import hashlib
import json
from collections.abc import Mapping
from email.message import Message
from functools import cached_property
from io import BufferedIOBase
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tests.standin.answers import Refusal, flat, invalid
from tests.standin.wire import Reply, hang

BODY_LIMIT, DRAIN_LIMIT = 10_000_000, 64_000_000


class Request:
    """`query` holds the last value of each name; `key` is None when no Idempotency-Key was sent."""

    def __init__(
        self, method: str, target: str, headers: Message, stream: BufferedIOBase, peer: tuple[str, int]
    ) -> None:
        parts = urlsplit(target)
        self.method, self.path, self.raw_query, self.headers = method, parts.path, parts.query, headers
        self.query: Mapping[str, str] = {name: values[-1] for name, values in parse_qs(parts.query).items()}
        self.peer, self._stream, self.is_read = peer, stream, False

    @property
    def key(self) -> str | None:
        key = self.headers.get("Idempotency-Key")
        return None if key is None else key.encode("latin-1").decode("utf-8", "replace")

    @property
    def length(self) -> int:
        """Of the body, as announced; -1 for one in chunks."""
        if "chunked" in self.headers.get("Transfer-Encoding", "").lower():
            return -1
        return int(self.headers.get("Content-Length") or 0)

    @cached_property
    def body(self) -> bytes:
        """Refused with 413 when it is too large; it is read all the same, so that the answer arrives."""
        if self.is_read:  # and refused
            return b""
        self.is_read = True
        body = self._chunks() if self.length < 0 else self._read(self.length)
        if len(body) > BODY_LIMIT:
            raise Refusal(flat(413, None, "request body exceeds 10 MB"))
        return body

    @property
    def seen(self) -> bytes:
        """The body when it was read and kept."""
        body: bytes = self.__dict__.get("body", b"")
        return body

    @cached_property
    def sha256(self) -> str:
        return hashlib.sha256(self.body).hexdigest()

    @cached_property
    def json(self) -> dict[str, Any]:
        try:
            document = json.loads(self.body)
        except (ValueError, RecursionError):
            raise invalid("request body is not valid JSON") from None
        if not isinstance(document, dict):
            raise invalid("request body must be a JSON object")
        return document

    def drain(self) -> bool:
        """Reads what nobody asked for. False when that would be too much: then the connection must end."""
        if self.is_read or self.method in ("GET", "HEAD"):
            return True
        self.is_read = True
        try:
            self._chunks() if self.length < 0 else self._read(self.length)
        except Refusal:
            return False
        return True

    def _read(self, length: int) -> bytes:
        """Refusal when it is far too large, or when the other end goes before it is complete."""
        if length > DRAIN_LIMIT:
            raise Refusal(flat(413, None, "request body exceeds 10 MB"))
        try:
            data = self._stream.read(length)
        except OSError:
            data = b""
        if len(data) < length:
            raise Refusal(Reply(0, verdict="incomplete", send=hang(0)))
        return data

    def _chunks(self) -> bytes:
        parts, total = [], 0
        while size := self._chunk_size():
            total += size
            parts.append(self._read(size if total <= DRAIN_LIMIT else total))
            self._stream.readline(100)
        while self._stream.readline(1000).strip():
            pass
        return b"".join(parts)

    def _chunk_size(self) -> int:
        try:
            return int(self._stream.readline(100).split(b";")[0], 16)
        except (OSError, ValueError):
            raise Refusal(Reply(0, verdict="incomplete", send=hang(0))) from None
