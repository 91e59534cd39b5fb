"""The words that a picture is asked for with: the exact product first, then the scene, the style last."""

from studio.models import Brand, Product, SceneVersion


def parts(product: Product, version: SceneVersion, brand: Brand) -> list[tuple[str, str]]:
    """The prompt with a label for each part, in the order in which it is sent; empty parts are left out."""
    named = [
        ("Product", f"Place this exact product: {product.description.strip() or product.name}"),
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
        joint = ", " if part[0].islower() else ". "
        text = f"{text.rstrip('.')}{joint}{part}" if text else part
    return text if text[-1] in ".!?" else f"{text}."
