"""What another try of failed pictures costs; each kind of picture is asked about once a page."""

from collections.abc import Iterable
from dataclasses import dataclass

from studio.flow import price
from studio.models import Basis, Render, State
from studio.web import makers, words

Kind = tuple[str, str, str, str, str]  # engine, model, ratio, resolution, basis


@dataclass(frozen=True)
class Price:
    """Micro-dollars, None when nobody knows; as text, in words."""

    amount: int | None

    def __str__(self) -> str:
        return words.price(self.amount)

    @property
    def seen(self) -> str:
        """As a form sends it back: what the person agreed to."""
        return "" if self.amount is None else str(self.amount)


class Prices:
    """None where nothing is bought."""

    def __init__(self) -> None:
        self._known: dict[Kind, int | None] = {}

    def of_failed(self, render: Render) -> Price | None:
        if render.state != State.FAILED or not makers.bought(render.engine):
            return None
        kind = render.engine, render.model, render.ratio, render.resolution, render.basis
        return Price(self._of(kind))

    def of_many(self, kinds: Iterable[tuple[Kind, int]]) -> Price | None:
        """Of so many pictures of each kind together."""
        amounts = [(self._of(kind), count) for kind, count in kinds if makers.bought(kind[0])]
        if not amounts:
            return None
        known = [amount * count for amount, count in amounts if amount is not None]
        return Price(sum(known) if len(known) == len(amounts) else None)

    def _of(self, kind: Kind) -> int | None:
        if kind not in self._known:
            *shape, basis = kind
            self._known[kind] = price.quote(*shape, drawn=basis == Basis.WORDS).amount
        return self._known[kind]
