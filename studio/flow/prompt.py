"""The words that a picture is asked for with: the exact product first, then the scene, the style last."""

from typing import Final

from studio.models import Brand, Product, SceneVersion

BARE: Final = "Place this exact product"


def parts(product: Product, version: SceneVersion, brand: Brand) -> list[tuple[str, str]]:
    """The prompt with a label for each part, in the order in which it is sent; empty parts are left out."""
    named = [
        ("Product", _subject(product)),
        ("Surface", version.surface),
        ("Light", version.light),
        ("Mood", version.mood),
        ("Brand", brand.brief),
        ("Keep", version.keep),
    ]
    return [(label, text.strip()) for label, text in named if text.strip()]


def write_prompt(product: Product, version: SceneVersion, brand: Brand) -> str:
    """The parts as running text: one that begins with a small letter goes on with the sentence before it."""
    text = ""
    for _, part in parts(product, version, brand):
        joint = _joint(text, part)
        text = f"{text.rstrip('.')}{joint}{part}" if text else part
    return text if text[-1] in ".!?" else f"{text}."


def _joint(before: str, part: str) -> str:
    if before == BARE and part[0].islower():
        return " "
    return ", " if part[0].islower() else ". "


def _subject(product: Product) -> str:
    """A name that is only the SKU says nothing about the product, so it is not sent."""
    name = "" if product.name.casefold() == product.sku.casefold() else product.name
    about = product.description.strip() or name
    return f"{BARE}: {about}" if about else BARE
