"""Products are named better, and deleted with everything that hangs on them but the ledger."""

import pytest

from studio.flow import product as flow
from studio.flow import render as renders
from studio.imaging.errors import Refused
from studio.models import Attempt, Brand, Cut, Packshot, Product, Render, State
from tests import cast
from tests.flow.test_intake import files


def test_a_taken_sku_is_refused_and_nothing_changes(brand: Brand) -> None:
    cast.product(brand, "MUG")
    product = cast.product(brand, "CUP", name="Cup")
    with pytest.raises(Refused) as refusal:
        flow.describe(product, name="Mug", sku="MUG", description="")
    assert (refusal.value.code, refusal.value.values) == ("sku_taken", {"sku": "MUG"})
    assert Product.objects.get(pk=product.pk).name == "Cup"


def test_another_brand_may_use_the_same_sku(brand: Brand) -> None:
    cast.product(cast.brand("Halden"), "MUG")
    product = cast.product(brand, "CUP")
    flow.describe(product, name="Mug", sku="MUG", description="A mug")
    assert Product.objects.get(pk=product.pk).sku == "MUG"


def test_deleting_takes_files_and_pictures_and_leaves_the_ledger(brand: Brand, script: object) -> None:
    script(price=30_000)  # type: ignore[operator]
    render = cast.render(cast.shoot(brand, launched=True), reserved=30_000)
    while renders.advance(render):
        pass
    Cut.objects.create(render=render, placement=cast.placement(), file=cast.stored(b"cut", "cuts/1.jpg"))
    assert files() == 4
    flow.delete(render.product)
    assert (Product.objects.count(), Packshot.objects.count(), Render.objects.count(), files()) == (
        0,
        0,
        0,
        0,
    )
    assert [(row.render_id, row.price_charged) for row in Attempt.objects.all()] == [(None, 30_000)]


def test_a_product_whose_pictures_are_under_way_stays(brand: Brand) -> None:
    render = cast.render(cast.shoot(brand, launched=True))
    with pytest.raises(Refused) as refusal:
        flow.delete(render.product)
    assert refusal.value.values == {"count": 1}
    assert Product.objects.exists()


def test_a_packshot_goes_with_the_pictures_made_from_it(brand: Brand) -> None:
    render = cast.render(cast.shoot(brand, launched=True), state=State.DONE)
    other = cast.packshot(render.product, b"other")
    flow.delete_packshot(render.packshot)
    assert list(Packshot.objects.all()) == [other]
    assert not Render.objects.exists()
