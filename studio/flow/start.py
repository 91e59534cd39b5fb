"""What the pictures of a plan can start from: packshots, cut-outs, or words."""

from collections.abc import Iterable

from django.db.models import prefetch_related_objects

from studio.flow import cutout
from studio.flow.engines import ENGINES
from studio.models import Product, Shoot


def lacking(shoot: Shoot, products: Iterable[Product]) -> dict[int, str]:
    """By key: the code of what products lack for a picture of this plan: packshot, or words to draw from."""
    rows, drafts = list(products), draft_model(shoot)
    prefetch_related_objects(rows, "packshots")
    bare = (one for one in rows if one.cover is None and not (drafts and one.description.strip()))
    return {one.pk: "no_words" if drafts else "no_packshot" for one in bare}


def startable(shoot: Shoot, products: Iterable[Product]) -> list[Product]:
    """Those that lack nothing for a picture of this plan."""
    rows = list(products)
    bare = lacking(shoot, rows)
    return [one for one in rows if one.pk not in bare]


def draft_model(shoot: Shoot) -> str:
    """The model that draws a product from its description alone, where the engine has one."""
    return next((model.draft for model in ENGINES[shoot.engine].models() if model.key == shoot.model), "")


def is_hopeless(shoot: Shoot, product: Product) -> bool:
    """Whether the engine needs a cut-out, and it is known that there is none."""
    cover = product.cover
    return ENGINES[shoot.engine].wants == "cutout" and cover is not None and cutout.is_hopeless(cover)


def is_doubtful(shoot: Shoot, product: Product) -> bool:
    """Whether the engine needs a cut-out, and the one there is may not be clean."""
    cover = product.cover
    return ENGINES[shoot.engine].wants == "cutout" and cover is not None and cutout.is_doubtful(cover)
