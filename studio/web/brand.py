"""A brand's page: its brief inside a prompt as it is sent."""

from typing import Any

from studio.flow import prompt
from studio.models import Brand, Product, Scene, SceneVersion
from studio.web.forms.brands import BRIEF
from studio.web.presets import Piece

SCENE = SceneVersion(
    surface="on a stone surface",
    light="soft light from the left",
    mood="calm product photography",
    keep="Keep the product shape and color unchanged.",
)  # stands in where the brand has no scene yet


def sent(brand: Brand, brief: str) -> dict[str, Any]:
    """The prompt for a product of the brand in one of its scenes; the brief is the lent piece."""
    brief = brief[:BRIEF].strip()
    scene = Scene.objects.open_to(brand).published().prefetch_related("versions").first()
    version = (scene.current if scene else None) or SCENE
    product = brand.products.order_by("pk").first() or Product(brand=brand, name="your product")
    text = prompt.write_prompt(product, version, Brand(brief=brief))
    return {
        "pieces": _pieces(text, brief),
        "length": len(text.split()),
        "sample": product if product.pk else None,
        "scene": scene,
    }


def _pieces(text: str, brief: str) -> list[Piece]:
    """Cut around the brief, looked for from the end: the words before it may hold the same."""
    before, found, after = text.rpartition(brief) if brief else (text, "", "")
    return [piece for piece in (Piece(before, False), Piece(found, True), Piece(after, False)) if piece.text]
