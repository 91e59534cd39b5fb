"""An engine that says what a test tells it to say, and remembers what it was asked."""

import io
from collections.abc import Callable
from typing import Literal

from PIL import Image

from studio.providers.base import Finished, Order, Taken, Working

Answer = Taken | Finished | Working | Exception


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

    def price(self, order: Order) -> int:
        return self.micro_dollars

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
