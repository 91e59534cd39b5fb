"""A bare client for tests of the stand-in: it adds nothing to what goes over the wire and hides nothing."""

import json
import ssl
import time
from typing import Any, ClassVar

import httpx

from tests.standin.standin import StandIn

EDIT = "gpt-image-2/image-to-image"
CREATE = "gpt-image-2/text-to-image"
UNUSED = ssl.SSLContext(
    ssl.PROTOCOL_TLS_CLIENT
)  # there is no TLS here, and a context for each client is slow


class Client:
    """`create(prompt="…")` sends a submission; the other verbs read. All give httpx's response."""

    open: ClassVar[list["Client"]] = []  # closed after each test

    def __init__(self, hiapi: StandIn, key: str = "") -> None:
        self.hiapi = hiapi
        self.http = httpx.Client(
            base_url=hiapi.url,
            headers={"Authorization": f"Bearer {key or hiapi.key}"},
            timeout=5,
            trust_env=False,
            verify=UNUSED,
        )
        self.open.append(self)

    def post(self, document: Any, key: str | None = None, path: str = "/v1/tasks") -> httpx.Response:
        """`document` as JSON, or bytes as they are."""
        body = document if isinstance(document, bytes) else json.dumps(document).encode()
        headers = {"Content-Type": "application/json"} | ({} if key is None else {"Idempotency-Key": key})
        return self.http.post(path, content=body, headers=headers)

    def create(self, key: str | None = None, **more: Any) -> httpx.Response:
        return self.post(submission(**more), key)

    def id(self, **more: Any) -> str:
        return str(self.create(**more).json()["data"]["taskId"])

    def get(self, path: str) -> httpx.Response:
        return self.http.get(path)

    def task(self, id: str) -> dict[str, Any]:
        data: dict[str, Any] = self.get(f"/v1/tasks/{id}").json()["data"]
        return data

    def finished(self, id: str) -> dict[str, Any]:
        """The task as soon as it has ended."""
        until = time.monotonic() + 10
        while (task := self.task(id))["status"] not in ("success", "fail"):
            assert time.monotonic() < until, task
            time.sleep(0.01)
        return task


def submission(
    model: str = CREATE, callback: str = "", route: str | None = None, **given: Any
) -> dict[str, Any]:
    """A document that is taken as it is; `given` goes into its input."""
    document: dict[str, Any] = {"model": model, "input": {"prompt": "a lamp in a blue room", **given}}
    if callback:
        document["callback"] = {"url": callback, "when": "final"}
    if route is not None:
        document["route"] = route
    return document
