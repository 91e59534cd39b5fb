"""What an engine is asked for one picture: words, shape, references, and where it may call back."""

import zlib
from collections.abc import Collection
from typing import Final

from django.conf import settings

from studio.flow import cutout, reference
from studio.flow.engines import ENGINES, is_remote, remote
from studio.imaging import framing, ratios
from studio.imaging.errors import Refused
from studio.models import Basis, Packshot, Render
from studio.providers.base import Order
from studio.providers.errors import Declined

MOST_FREE: Final = 0.6  # share of height or width that is kept free at most
REFERENCES: Final = 5  # packshots that are shown at most, whatever a model takes


def order_of(render: Render, token: str) -> tuple[Order, str]:
    """The order, and the storage key of a reference that was composed for it alone."""
    references, sheet = _references(render)
    order = Order(
        prompt=render.prompt,
        ratio=render.ratio,
        resolution=render.resolution,
        references=references,
        scene=render.scene_version.engine,
        seed=_seed(render),
        model=render.model,
        free=_free(render),
        callback=callback(render.engine, token),
    )
    return order, sheet


def sketch(
    engine: str, model: str, ratio: str, resolution: str, prompt: str = "-", *, drawn: bool = False
) -> Order:
    """An order of this kind, to be priced or refused before anything is made. Raises Declined.

    `drawn`: from words alone, although the model may take pictures.
    """
    least, most = remote(engine).reference_limits(model) if is_remote(engine) else (1, 1)
    shown = f"{settings.PUBLIC_URL}/references/" if settings.PUBLIC_URL else "references/copy.jpg"
    references = () if drawn else (shown,) * max(least, min(1, most))
    return Order(prompt, ratio, resolution, references, model=model)


def refusal(
    engine: str, model: str, ratio: str, resolution: str, prompt: str = "-", *, drawn: bool = False
) -> Declined | None:
    """Why the engine cannot make this, with the nearest that it can; None when it can."""
    try:
        return ENGINES[engine].refuses(sketch(engine, model, ratio, resolution, prompt, drawn=drawn))
    except Declined as no:
        return no


def able(engine: str, ratios: Collection[str], resolution: str) -> list[str]:
    """Names of the models on offer that make all these shapes at this resolution."""
    return [
        model.name
        for model in ENGINES[engine].models()
        if not any(refusal(engine, model.key, ratio, resolution) for ratio in ratios)
    ]


def callback(engine: str, token: str) -> str:
    """Empty when the provider cannot reach us."""
    return f"{settings.PUBLIC_URL}/callbacks/{engine}/{token}/" if settings.PUBLIC_URL and token else ""


def packshots(render: Render) -> list[Packshot]:
    """The one it starts from first, then the product's others."""
    first = render.packshot
    if first is None:
        return []
    others = render.product.packshots.exclude(pk=first.pk)
    return [first, *others[: REFERENCES - 1]]


def _references(render: Render) -> tuple[tuple[str, ...], str]:
    if ENGINES[render.engine].wants == "cutout":
        if render.packshot is None:
            raise Refused("no_packshot", sku=render.product.sku)
        return (cutout.ensure(render.packshot),), ""
    if not is_remote(render.engine):
        return tuple(shot.picture for shot in packshots(render)), ""
    least, most = remote(render.engine).reference_limits(render.model)
    if render.basis == Basis.WORDS or most == 0:
        return (), ""
    parent = [render.parent] if render.basis == Basis.PARENT and render.parent else []
    if parent and most == 1:  # of a sheet with the picture on it, a model would make another sheet
        return reference.of(parent, most)
    return reference.of([*parent, *packshots(render)], most)


def _free(render: Render) -> tuple[float, float, float, float]:
    """Shares of the picture that its placements cover or cut away: the most that any of them takes.

    A model from outside composes as it likes. Placements that lose too much are left out: no other
    file shall show the product small for the sake of one banner.
    """
    if ENGINES[render.engine].wants != "cutout":
        return 0, 0, 0, 0
    wide, high = ratios.parts(render.ratio)
    wanted = [
        framing.margins(wide / high, (place.width, place.height), framing.Safe(*place.safe))
        for place in render.shoot.placements.filter(ratio=render.ratio)
        if ratios.crop_loss(render.ratio, place.width, place.height) <= framing.MOST_LOST
    ]
    top, bottom, left, right = (max((one[side] for one in wanted), default=0.0) / 100 for side in range(4))
    down, across = (min(1.0, MOST_FREE / max(both, 1e-6)) for both in (top + bottom, left + right))
    return top * down, bottom * down, left * across, right * across


def _seed(render: Render) -> int:
    """The same product, scene and take make the same picture on any machine, in every ratio."""
    version = render.scene_version
    product = render.packshot.sha256 if render.packshot else render.product.sku
    story = f"{product} {version.scene.slug} {version.number} {render.take}"
    return zlib.crc32(story.encode())
