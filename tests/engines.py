"""Engines that say what a test tells them to say, and remember what they were asked."""

import io
import json
from collections.abc import Callable, Mapping, Sequence
from hashlib import sha256
from types import MappingProxyType
from typing import BinaryIO, Literal, TypeVar

from django.utils import timezone
from PIL import Image

from studio.providers.base import (
    Finished,
    Glance,
    Heard,
    Model,
    Order,
    Quote,
    Ready,
    Taken,
    Task,
    Working,
)  # fmt: skip
from studio.providers.errors import Declined, Forged

Answer = Taken | Finished | Working | Exception
T = TypeVar("T")
PAGE = 100  # tasks on a page of a provider's list


def picture(width: int = 64, height: int = 64, colour: str = "teal") -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", (width, height), colour).save(buffer, "PNG")
    return buffer.getvalue()


DONE = Finished(picture(), "image/png", (0.25, 0.25, 0.5, 0.5))


class Scripted:
    """Gives `answers` one by one, the last one again and again; `asked` is the list of (request, key)."""

    batch = 4
    wants: Literal["cutout", "picture"] = "picture"
    trusted = True

    def __init__(
        self, *answers: Answer, price: int = 0, meanwhile: Callable[[], None] = lambda: None
    ) -> None:
        self.answers = list(answers or (DONE,))
        self.asked: list[tuple[bytes, str]] = []
        self.looked: list[str] = []
        self.micro_dollars = price
        self.meanwhile = meanwhile

    def models(self) -> tuple[Model, ...]:
        return ()

    def refuses(self, order: Order) -> None:
        return None

    def quote(self, order: Order) -> Quote:
        return Quote(self.micro_dollars)

    def prepare(self, order: Order) -> bytes:
        return repr(order).encode()

    def submit(self, request: bytes, key: str) -> Taken | Finished:
        self.asked.append((request, key))
        self.meanwhile()
        answer = self._next()
        assert not isinstance(answer, Working)
        return answer

    def look(self, task_id: str) -> Working | Finished:
        self.looked.append(task_id)
        answer = self._next()
        assert not isinstance(answer, Taken)
        return answer

    def _next(self) -> Taken | Finished | Working:
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, Exception):
            raise answer
        return answer


USUAL = Model("gi2-edit", "GPT Image 2", (1, 16), draft="gi2-create")
OTHER = Model("gi25-flare-edit", "GPT Image 2.5", (1, 16))
PRICES = json.dumps({"data": [{"model_name": "gpt-image-2/image-to-image", "base_usd_value": 0.03}]}).encode()
SIGNED = {"X-Signature": "right"}


class ScriptedRemote:
    """A provider across a network that takes money. It behaves, except where it was told what to answer.

    `answers` are given one by one to `submit` and `look`, an exception is raised; when they are used up every
    order is taken (the same key is the same task) and ready at once. `files` are results by address, an
    exception among them is raised; `listed` is its list of tasks, its own ones unless given.
    """

    batch = 32
    wants: Literal["cutout", "picture"] = "picture"
    trusted = False

    def __init__(
        self,
        *answers: Answer | Ready | BaseException,
        price: Quote | int = 30_000,
        models: Sequence[Model] = (USUAL, OTHER),
        keeps: bool = True,
        refusing: Callable[[Order], Declined | None] = lambda order: None,
        files: Mapping[str, bytes | Exception] = MappingProxyType({}),
        listed: Sequence[Task] | Exception | None = None,
        prices: bytes | Exception = PRICES,
        secret: bool = False,
    ) -> None:
        self.answers = list(answers)
        self.asked: list[tuple[bytes, str]] = []
        self.looked: list[str] = []
        self.fetched: list[str] = []
        self.taken: dict[str, str] = {}  # key to task
        self.price = price
        self.offered = tuple(models)
        self.keeps = keeps
        self.refusing = refusing
        self.files = dict(files)
        self.listed = listed
        self.prices = prices
        self.secret = secret

    def models(self) -> tuple[Model, ...]:
        return self.offered

    def refuses(self, order: Order) -> Declined | None:
        return self.refusing(order)

    def quote(self, order: Order) -> Quote:
        return self.price if isinstance(self.price, Quote) else Quote(self.price)

    def prepare(self, order: Order) -> bytes:
        return repr(order).encode()

    def body_sha256(self, request: bytes) -> str:
        return sha256(request).hexdigest()

    def keeps_keys(self, model: str) -> bool:
        return self.keeps

    def names(self, model: str) -> tuple[str, ...]:
        return ("gpt-image-2",) if model == USUAL.key else (model,)

    def reference_limits(self, model: str) -> tuple[int, int]:
        return next((one.references for one in self.offered if one.key == model), (0, 0))

    def submit(self, request: bytes, key: str) -> Taken | Finished | Ready:
        self.asked.append((request, key))
        if self.answers:
            answer = _say(self.answers.pop(0))
            assert not isinstance(answer, Working)
            return answer
        return Taken(self.taken.setdefault(key, f"task-{len(self.taken) + 1}"))

    def look(self, task_id: str) -> Working | Finished | Ready:
        self.looked.append(task_id)
        if self.answers:
            answer = _say(self.answers.pop(0))
            assert not isinstance(answer, Taken)
            return answer
        return ready(task_id)

    def glance(self, page: int) -> Glance:
        if isinstance(self.listed, Exception):
            raise self.listed
        tasks = self.listed
        if tasks is None:
            now = timezone.now()
            tasks = [Task(one, "gpt-image-2", now, ready(one)) for one in reversed(self.taken.values())]
        start = (page - 1) * PAGE
        return Glance(list(tasks[start : start + PAGE]), len(tasks) > start + PAGE)

    def fetch(self, address: str, into: BinaryIO) -> None:
        self.fetched.append(address)
        into.write(_say(self.files.get(address, picture(1024, 1024))))

    def hear(self, headers: Mapping[str, str], body: bytes, now: float) -> Heard:
        """A body of taskId and status; SIGNED are the headers of one that is signed."""
        signature = headers.get("X-Signature", "")
        if (self.secret or signature) and signature != "right":
            raise Forged("forged")
        try:
            told = json.loads(body)
            return Heard(told["taskId"], told["status"], bool(signature), "X-Stale" not in headers)
        except (ValueError, KeyError, TypeError) as error:
            raise Forged("forged") from error

    def fetch_prices(self) -> bytes:
        return _say(self.prices)

    def price_print(self, document: bytes, model: str = "") -> str:
        return sha256(document).hexdigest()


def ready(task_id: str) -> Ready:
    return Ready(f"https://results.test/{task_id}.png")


def _say(answer: T | Exception) -> T:
    if isinstance(answer, BaseException):
        raise answer
    return answer
