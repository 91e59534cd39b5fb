"""HiAPI: pictures from references, bought as tasks and fetched when they are made."""

import hashlib
import json
from collections.abc import Callable, Mapping
from typing import Any, BinaryIO, Final, Literal

from studio.providers import answers, data_url, dialects, hiapi_chat, signature, task
from studio.providers.account import Account as Account
from studio.providers.api import Api, public_document
from studio.providers.base import Finished, Glance, Heard, Model, Order, Quote, Ready, Taken, Working
from studio.providers.dialects import Row
from studio.providers.download import download
from studio.providers.errors import Declined
from studio.providers.http import Http
from studio.providers.prices import Prices, fingerprint

CREATE_SECONDS: Final = 60.0
LIST_BYTES: Final = 4_000_000
TASK_BYTES: Final = 8_000_000  # it may hold the picture itself
PRICE_BYTES: Final = 4_000_000
STORED: Final = "stored"  # {"stored": key} stands in a frozen request for the picture under that key


class Hiapi:
    batch = 32
    wants: Literal["cutout", "picture"] = "picture"
    trusted = False

    def __init__(
        self, account: Account, read: Callable[[str], bytes], prices: Callable[[], Prices | None]
    ) -> None:
        """`read` fetches stored bytes by key; `prices` are those that were read last, None when unknown."""
        self._account, self._read, self._prices = account, read, prices
        self._rows = dialects.load(account.models)
        self._http = Http(account.allow | account.own_places)
        self._results = Http(account.allow)
        self._api = Api(account.base_url, account.key, account.secrets, self._http)

    def models(self) -> tuple[Model, ...]:
        return self._rows.offered()

    def refuses(self, order: Order) -> Declined | None:
        try:
            return self._rows.of(order.model).refuses(order)
        except Declined as no:
            return no

    def quote(self, order: Order) -> Quote:
        prices = self._prices()
        if prices is None:
            return Quote(None, "price_unknown")
        try:
            row = self._rows.of(order.model)
        except Declined as no:
            return Quote(None, no.code, no.values)
        wish = row.input(order.prompt, order.ratio, order.resolution, order.references)
        return prices.quote(row.price_id, wish)

    def keeps_keys(self, model: str) -> bool:
        return self._account.honours_keys and self._rows.of(model).keeps_keys

    def names(self, model: str) -> tuple[str, ...]:
        row = self._rows.of(model)
        return row.model, row.price_id

    def reference_limits(self, model: str) -> tuple[int, int]:
        row = self._rows.of(model)
        return row.least, row.most

    def prepare(self, order: Order) -> bytes:
        if no := self.refuses(order):
            raise no
        row = self._rows.of(order.model)
        body = _chat_body(row, order) if row.api == "chat" else _task_body(row, order)
        return _compact({"api": row.api, "dialect": row.key, "body": body})

    def body_sha256(self, request: bytes) -> str:
        """Raises OSError when a picture that the request shows cannot be read."""
        return hashlib.sha256(self._body(json.loads(request))).hexdigest()

    def submit(self, request: bytes, key: str) -> Taken | Finished | Ready:
        frozen = json.loads(request)
        try:
            body = self._body(frozen)
        except (OSError, ValueError):
            raise Declined("reference_gone", proves=False) from None
        if frozen["api"] == "chat":
            answer = self._api.post(hiapi_chat.PATH, body, key, hiapi_chat.SECONDS, hiapi_chat.MOST)
            return hiapi_chat.made(answer)
        answer = self._api.post("/tasks", body, key, CREATE_SECONDS)
        return answers.taken(answer.status, answer.headers, answer.body)

    def look(self, task_id: str) -> Working | Finished | Ready:
        if not answers.TASK_ID.fullmatch(task_id):
            raise Declined("task_unknown", proves=False)
        answer = self._api.get(f"/tasks/{task_id}", TASK_BYTES)
        if answers.read(answer.status, answer.body).status == 404:
            raise Declined("task_unknown", proves=False)
        return task.news_of(task_id, answers.answered(answer.status, answer.headers, answer.body))

    def glance(self, page: int) -> Glance:
        answer = self._api.get(f"/tasks?page={page}&size={task.PAGE}", LIST_BYTES)
        return task.glance(answers.answered(answer.status, answer.headers, answer.body))

    def fetch(self, address: str, into: BinaryIO) -> None:
        download(self._results, address, into)

    def hear(self, headers: Mapping[str, str], body: bytes, now: float) -> Heard:
        return signature.hear(headers, body, now, self._account.secrets)

    def fetch_prices(self) -> bytes:
        return public_document(self._http, f"{self._account.site_url.rstrip('/')}/api/pricing", PRICE_BYTES)

    def price_print(self, document: bytes, model: str = "") -> str:
        rows = [self._rows.of(model)] if model else self._rows.rows.values()
        return fingerprint(document, {row.price_id for row in rows})

    def close(self) -> None:
        """Ends its connections; the next call opens new ones."""
        self._http.close()
        self._results.close()

    def _body(self, frozen: dict[str, Any]) -> bytes:
        return _compact(self._shown(frozen["body"]))

    def _shown(self, value: Any) -> Any:
        """The same with every stored picture in its place."""
        if isinstance(value, list):
            return [self._shown(one) for one in value]
        if not isinstance(value, dict):
            return value
        if value.keys() == {STORED}:
            return data_url.encode(self._read(value[STORED]))
        return {name: self._shown(one) for name, one in value.items()}


def _task_body(row: Row, order: Order) -> dict[str, Any]:
    wish = row.input(order.prompt, order.ratio, order.resolution, _references(order))
    route = {"route": row.route} if row.route else {}
    callback = {"callback": {"url": order.callback, "when": "final"}} if order.callback else {}
    return {"model": row.model, **route, "input": wish, **callback}


def _chat_body(row: Row, order: Order) -> dict[str, Any]:
    return hiapi_chat.body(row.model, order.prompt, order.ratio, order.resolution, _references(order))


def _references(order: Order) -> list[object]:
    return [one if one.startswith(dialects.LINK) else {STORED: one} for one in order.references]


def _compact(document: object) -> bytes:
    return json.dumps(document, separators=(",", ":")).encode()
