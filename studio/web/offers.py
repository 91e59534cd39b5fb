"""What can be made from a picture, and what that costs: again, changed in words, with more pixels."""

from collections.abc import Mapping
from dataclasses import dataclass

from studio.flow import again, price_list
from studio.messages import Message, say
from studio.models import RESOLUTIONS, Basis, Render, Review, State
from studio.web import makers
from studio.web.prices import Price


@dataclass(frozen=True)
class Offer:
    """`bar` says why it cannot be had; then there is no button."""

    price: Price
    bar: Message | None = None
    resolution: str = ""


@dataclass(frozen=True)
class Offers:
    rerun: Offer
    edit: Offer | None
    finals: list[Offer]
    larger: list[str]  # sizes that an approval would open


@price_list.once()
def of(render: Render) -> Offers:
    can_edit = again.can_edit(render)
    return Offers(
        rerun=_offer(render, Basis(render.basis)),
        edit=_offer(render, Basis.PARENT) if can_edit else None,
        finals=finals(render) if can_edit else [],
        larger=_larger(render) if can_edit and render.review != Review.APPROVED else [],
    )


def finals(render: Render) -> list[Offer]:
    """Only for what somebody approved, and only upwards."""
    if render.review != Review.APPROVED or render.state != State.DONE:
        return []
    return [_offer(render, Basis.PARENT, size) for size in _above(render)]


def _larger(render: Render) -> list[str]:
    return [size for size in _above(render) if not again.bar(render, Basis.PARENT, size)]


def _above(render: Render) -> tuple[str, ...]:
    return RESOLUTIONS[RESOLUTIONS.index(render.resolution) + 1 :]


def _offer(render: Render, basis: Basis, resolution: str = "") -> Offer:
    quote, no = again.quote(render, basis, resolution), again.bar(render, basis, resolution)
    bar = _bar(render, no.code, no.values) if no else None
    if quote.amount is None:
        bar = bar or say(quote.problem or "price_unknown", **quote.values)
    return Offer(Price(quote.amount), bar, resolution)


def _bar(render: Render, code: str, values: Mapping[str, object]) -> Message:
    """Here no model can be chosen: another shoot can be launched with one."""
    if code != "model_choice":
        return say(code, **values)
    others = makers.others(render.engine, [str(values["ratio"])], str(values["resolution"]))
    return say("final_choice", **values, **others)
