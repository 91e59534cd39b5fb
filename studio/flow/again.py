"""A new picture from an old one: made again, changed in plain words, or with more pixels. The old stays.

`seen` is the price in micro-dollars that the person agreed to; at another one nothing is made.
"""

from datetime import timedelta
from typing import Any, Final

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils import timezone

from studio import queue
from studio.flow import money, pace, price
from studio.flow.engines import ENGINES, is_remote, remote
from studio.flow.order import refusal
from studio.flow.prompt import write_edit, write_final, write_prompt
from studio.imaging.errors import Refused
from studio.models import Basis, Cause, Render, Review, State, User
from studio.providers.base import Quote
from studio.providers.errors import Declined

MOMENT: Final = timedelta(seconds=4)
WISH: Final = 1000  # characters of an edit


def rerun(render: Render, person: User | None, seen: int | None = None) -> Render:
    """The same picture once more, with today's words. Raises Refused."""
    if render.wish:
        same = {"wish": render.wish, "prompt": render.prompt, "parent": render.parent}
        return _make(render, person, Cause.RERUN, seen, **same)
    drawn = render.basis == Basis.WORDS
    prompt = write_prompt(render.product, render.scene_version, render.brand, drawn=drawn)
    return _make(render, person, Cause.RERUN, seen, prompt=prompt)


def edit(
    render: Render, person: User | None, wish: str, basis: Basis = Basis.PARENT, seen: int | None = None
) -> Render:
    """A change in plain words: to this picture, or to what it was made from. Raises Refused."""
    wish = wish.strip()
    if not wish or len(wish) > WISH:
        raise Refused("wish_empty" if not wish else "wish_too_long", count=len(wish), limit=WISH)
    _need_done(render)
    if basis == Basis.PARENT:
        alone = remote(render.engine).reference_limits(_model(render, basis))[1] == 1
        prompt = write_edit(render, wish, alone=alone)
    else:
        prompt = f"{render.prompt} {wish if wish[-1] in '.!?' else wish + '.'}"
    return _make(render, person, Cause.EDIT, seen, wish=wish, prompt=prompt, basis=basis)


def finalise(render: Render, person: User | None, resolution: str, seen: int | None = None) -> Render:
    """An approved picture with more pixels, at its price. Raises Refused."""
    _need_done(render)
    if render.review != Review.APPROVED:
        raise Refused("final_unapproved")
    prompt = write_final(render)
    more = {"basis": Basis.PARENT, "resolution": resolution}
    return _make(render, person, Cause.FINAL, seen, prompt=prompt, **more)


def quote(render: Render, basis: Basis, resolution: str = "") -> Quote:
    """What one more picture of this kind costs."""
    model = _model(render, basis)
    drawn = basis == Basis.WORDS
    return price.quote(render.engine, model, render.ratio, resolution or render.resolution, drawn=drawn)


def bar(render: Render, basis: Basis, resolution: str = "") -> Declined | None:
    """Why one more picture of this kind cannot be made, whatever its words; None when it can."""
    model, drawn = _model(render, basis), basis == Basis.WORDS
    return refusal(render.engine, model, render.ratio, resolution or render.resolution, drawn=drawn)


def can_edit(render: Render) -> bool:
    """Only an engine that reads words can change a picture by words."""
    return render.state == State.DONE and is_remote(render.engine)


def _need_done(render: Render) -> None:
    if not can_edit(render):
        raise Refused("cannot_edit")


def _model(render: Render, basis: Basis) -> str:
    """An edit of a drawn picture needs a model that takes references."""
    if not is_remote(render.engine) or basis == Basis.WORDS:
        return render.model
    models = ENGINES[render.engine].models()
    drawn_by = [model.key for model in models if model.draft == render.model]
    return drawn_by[0] if drawn_by else render.model


def _make(render: Render, person: User | None, cause: Cause, seen: int | None, **changed: Any) -> Render:
    fields: dict[str, Any] = {
        "basis": render.basis,
        "resolution": render.resolution,
        "parent": render,
        "wish": "",
    } | changed
    model = _model(render, fields["basis"])
    _check(render, model, fields)
    agreed = price.agreed(quote(render, fields["basis"], fields["resolution"]), seen)
    fields |= {"model": model, "cause": cause, "asked_by": person, "reserved": agreed}
    try:
        return _create(render, fields)
    except IntegrityError:  # somebody took the same take number; the next one is free
        return _create(render, fields)


def _check(render: Render, model: str, fields: dict[str, Any]) -> None:
    pace.check_open(render.engine, model)
    drawn = fields["basis"] == Basis.WORDS
    shape = render.ratio, fields["resolution"], fields["prompt"]
    no = refusal(render.engine, model, *shape, drawn=drawn)
    if no:
        raise Refused(no.code, **no.values)


def _twin(same: dict[str, Any], fields: dict[str, Any]) -> Render | None:
    """The very same wish of the same person a moment ago: a second click, which buys nothing."""
    alike = {name: fields[name] for name in ("parent", "cause", "basis", "wish", "resolution", "asked_by")}
    moment = timezone.now() - MOMENT
    return Render.objects.filter(**same, **alike, created_at__gte=moment).first()


def _create(render: Render, fields: dict[str, Any]) -> Render:
    same = {
        "shoot": render.shoot,
        "product": render.product,
        "packshot": render.packshot,
        "scene_version": render.scene_version,
        "ratio": render.ratio,
    }
    with transaction.atomic():
        brand = money.lock(render.brand_id)
        if fields["reserved"] and (twin := _twin(same, fields)):
            return twin
        money.check(brand, fields["asked_by"], fields["reserved"])
        last = Render.objects.filter(**same).aggregate(last=Max("take"))["last"]
        made = Render.objects.create(
            brand=render.brand, engine=render.engine, take=last + 1, **same, **fields
        )
        queue.work_on_renders()
    return made
