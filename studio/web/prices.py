"""What another try of failed pictures costs, in words; each kind of picture is asked about once a page."""

from collections.abc import Iterable

from studio.flow import price
from studio.models import Render, State
from studio.web import makers, words

Kind = tuple[str, str, str, str]  # engine, model, ratio, resolution


class Prices:
    """Empty words where nothing is bought."""

    def __init__(self) -> None:
        self._known: dict[Kind, int | None] = {}

    def of_failed(self, render: Render) -> str:
        if render.state != State.FAILED or not makers.bought(render.engine):
            return ""
        return words.price(self._of((render.engine, render.model, render.ratio, render.resolution)))

    def of_many(self, kinds: Iterable[tuple[Kind, int]]) -> str:
        """Of so many pictures of each kind together."""
        amounts = [(self._of(kind), count) for kind, count in kinds if makers.bought(kind[0])]
        if not amounts:
            return ""
        known = [amount * count for amount, count in amounts if amount is not None]
        return words.price(sum(known) if len(known) == len(amounts) else None)

    def _of(self, kind: Kind) -> int | None:
        if kind not in self._known:
            self._known[kind] = price.quote(*kind).amount
        return self._known[kind]
