"""The words of an order: what the product is and must stay first, the scene next, the style last."""

from typing import Final

from studio.flow import final
from studio.models import Brand, Product, Render, SceneVersion

BARE: Final = "Place this exact product"
DRAWN: Final = "A product photograph"
Parts = list[tuple[str, str]]


def parts(product: Product, version: SceneVersion, brand: Brand, *, drawn: bool = False) -> Parts:
    """The prompt with a label for each part, in the order in which it is sent; empty parts are left out.

    `drawn`: there is no packshot, so the words are all there is.
    """
    named = [
        ("Product", _subject(product, DRAWN if drawn else BARE)),
        ("Keep", version.keep),
        ("Surface", version.surface),
        ("Light", version.light),
        ("Mood", version.mood),
        ("Brand", brand.brief),
    ]
    return [(label, text.strip()) for label, text in named if text.strip()]


def write_prompt(product: Product, version: SceneVersion, brand: Brand, *, drawn: bool = False) -> str:
    """The parts as sentences, each word as somebody wrote it."""
    return _told(_subject(product, DRAWN if drawn else BARE), version.keep, _scene(version), brand.brief)


def _scene(version: SceneVersion) -> str:
    scene = _run_on([text.strip() for text in (version.surface, version.light, version.mood)])
    return f"Scene: {scene}" if scene else ""


def _run_on(texts: list[str]) -> str:
    """One that begins with a small letter goes on with the sentence before it."""
    whole = ""
    for text in filter(None, texts):
        joint = ", " if text[0].islower() else ". "
        whole = f"{whole.rstrip('.')}{joint}{text}" if whole else text
    return whole


def write_edit(render: Render, wish: str, *, alone: bool = False) -> str:
    """One change to a finished picture, in a person's own words; the rest stays.

    `alone`: the model sees that picture and none of the packshots.
    """
    change = f"Change only this in the first picture: {wish.strip()}"
    stays = "Keep everything else in it as it is"
    others = "The other pictures show the product" if render.packshot_id and not alone else ""
    about = _about(render.product)
    product = f"The product: {about}" if about else ""
    return _told(change, stays, render.scene_version.keep, product, others)


def write_final(render: Render) -> str:
    """An approved picture once more, with more pixels: the same parts in the same order, each once.

    The scene's words would undo an edit, so what was edited goes by its picture alone.
    """
    again = "Render the first picture again, exactly as it is, in full detail at a higher resolution"
    about = _about(render.product)
    product = f"It shows this exact product: {about}" if about else ""
    scene = "" if final.origin(render).wish else _scene(render.scene_version)
    others = "Any other pictures show the product" if render.packshot_id else ""
    return _told(again, product, others, render.scene_version.keep, scene, render.brand.brief)


def _told(*texts: str) -> str:
    return " ".join(_sentence(text) for text in texts if text.strip())


def _sentence(text: str) -> str:
    text = text.strip()
    return text if text[-1] in ".!?" else f"{text}."


def _subject(product: Product, verb: str) -> str:
    about = _about(product)
    return f"{verb}: {about}" if about else verb


def _about(product: Product) -> str:
    """A name that is only the SKU says nothing about the product, so it is not sent."""
    name = "" if product.name.casefold() == product.sku.casefold() else product.name
    return product.description.strip() or name
