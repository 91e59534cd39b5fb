"""A plan is summed up and launched, once."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.conf import LazySettings
from django.db import connection
from django.utils import timezone

from studio.flow import preset
from studio.flow import shoot as flow
from studio.imaging.errors import Refused
from studio.models import Brand, Render, Scene, Shoot, State, User
from tests import cast
from tests.engines import Scripted


def planned(brand: Brand, person: User | None = None, **choice: object) -> Shoot:
    """Two products, two scenes, three placements in two shapes."""
    shoot = flow.plan(brand, person)
    products = [cast.product(brand) for _ in range(2)]
    for product in products:
        cast.packshot(product)
    places = [cast.placement(), cast.placement(), cast.placement(width=1440, height=2560, ratio="9:16")]
    usual = {"products": products, "scenes": [cast.scene(), cast.scene()], "placements": places, "ratios": []}
    flow.choose(shoot, **(usual | {"resolution": "1K", "takes": 1} | choice))  # type: ignore[arg-type]
    return shoot


def test_an_untouched_draft_of_the_same_person_is_planned_on(
    brand: Brand, marketer: User, admin: User
) -> None:
    left = flow.plan(brand, marketer)
    made = left.created_at
    again = flow.plan(brand, marketer, [cast.packshot(cast.product(brand)).product])
    assert again == left
    assert (again.products.count(), Shoot.objects.get().created_at > made) == (1, True)
    others = [flow.plan(brand, marketer), flow.plan(brand, admin), flow.plan(cast.brand("Halden"), marketer)]
    assert len({left, *others}) == 4
    nobody = [flow.plan(brand, None), flow.plan(brand, None)]
    assert nobody[0] != nobody[1]


@pytest.mark.parametrize(
    "touch",
    [
        lambda draft: draft.scenes.add(cast.scene()),
        lambda draft: draft.placements.add(cast.placement()),
        lambda draft: draft.edit(ratios=["1:1"]),
        lambda draft: draft.edit(name="Autumn"),
        lambda draft: draft.edit(takes=2),
        lambda draft: draft.edit(resolution="2K"),
        lambda draft: draft.edit(engine="another"),
        lambda draft: draft.edit(launched_at=timezone.now()),
    ],
)
def test_a_draft_that_somebody_began_is_left_alone(
    brand: Brand, marketer: User, touch: Callable[[Shoot], object]
) -> None:
    draft = flow.plan(brand, marketer)
    touch(draft)
    assert flow.plan(brand, marketer) != draft


def test_placements_of_one_ratio_share_one_picture(brand: Brand) -> None:
    total = flow.sum_up(planned(brand))
    assert (total.pictures, total.placements) == (2 * 2 * 2, 2 * 2 * 3)
    assert [(count.ratio, count.placements) for count in total.ratios] == [("1:1", 2), ("9:16", 1)]
    assert (total.price, total.problem) == (0, "")


def test_a_bare_ratio_adds_a_shape_and_a_take_multiplies(brand: Brand) -> None:
    total = flow.sum_up(planned(brand, ratios=["3:1", "1:1", "nonsense"], takes=3))
    assert [count.ratio for count in total.ratios] == ["1:1", "9:16", "3:1"]
    assert total.pictures == 2 * 2 * 3 * 3


def test_the_price_is_that_of_the_pictures_not_of_the_placements(
    brand: Brand, script: Callable[..., Scripted]
) -> None:
    script(price=30_000)
    assert flow.sum_up(planned(brand)).price == 8 * 30_000


def test_placements_that_need_more_pixels_are_named(brand: Brand) -> None:
    total = flow.sum_up(planned(brand))
    assert [place.ratio for place in total.enlarged] == ["1:1", "1:1", "9:16"]
    assert [place.ratio for place in flow.sum_up(planned(brand, resolution="2K")).enlarged] == ["9:16"]


def test_products_that_may_not_cut_out_cleanly_are_named(brand: Brand) -> None:
    shoot = planned(brand)
    assert flow.sum_up(shoot).doubtful == []
    product = shoot.products.all()[0]
    product.packshots.update(cutout_reason="low_contrast")
    assert flow.sum_up(shoot).doubtful == [product]


def without_cutout(shoot: Shoot, number: int) -> None:
    """The first products of the plan have a packshot that cannot be cut out."""
    for product in shoot.products.order_by("pk")[:number]:
        product.packshots.update(cutout_confidence=0.1, cutout_reason="background_not_plain")


def test_a_product_that_cannot_be_cut_out_is_left_out_of_sum_and_launch(
    brand: Brand, marketer: User, script: Callable[..., Scripted]
) -> None:
    script(price=30_000).wants = "cutout"
    shoot = planned(brand, marketer)
    without_cutout(shoot, 1)
    hopeless, other = shoot.products.order_by("pk")
    total = flow.sum_up(shoot)
    assert (total.left_out, total.doubtful, total.products) == ([hopeless], [], 1)
    assert (total.pictures, total.placements, total.price, total.problem) == (4, 6, 4 * 30_000, "")
    assert flow.launch(shoot, marketer, seen=total.price)
    assert set(shoot.renders.values_list("product", flat=True)) == {other.pk}


def test_nothing_but_products_that_cannot_be_cut_out_bars_the_launch(brand: Brand) -> None:
    shoot = planned(brand)
    without_cutout(shoot, 2)
    with pytest.raises(Refused) as refusal:
        flow.launch(shoot, None)
    skus = ", ".join(product.sku for product in shoot.products.order_by("pk"))
    assert (refusal.value.code, refusal.value.values) == ("no_cutout", {"skus": skus})


def test_an_engine_that_takes_the_whole_picture_leaves_nothing_out(
    brand: Brand, script: Callable[..., Scripted]
) -> None:
    script().wants = "picture"
    shoot = planned(brand)
    without_cutout(shoot, 2)
    total = flow.sum_up(shoot)
    assert (total.left_out, total.pictures) == ([], 8)


def test_a_packshot_that_is_named_is_tried_whatever_is_known(brand: Brand) -> None:
    shoot = planned(brand)
    without_cutout(shoot, 2)
    named = {product.pk: list(product.packshots.all()) for product in shoot.products.all()}
    assert flow.launch(shoot, None, named)
    assert shoot.renders.count() == 8


@pytest.mark.parametrize(
    ("choice", "problem"),
    [
        ({"products": []}, "no_products"),
        ({"scenes": []}, "no_scenes"),
        ({"placements": []}, "no_shapes"),
    ],
)
def test_an_unfinished_plan_says_what_is_missing(
    brand: Brand, choice: dict[str, object], problem: str
) -> None:
    shoot = planned(brand, **choice)
    assert flow.sum_up(shoot).problem == problem
    with pytest.raises(Refused) as refusal:
        flow.launch(shoot, None)
    assert refusal.value.code == problem


def test_a_product_without_a_packshot_bars_the_launch(brand: Brand) -> None:
    assert flow.sum_up(planned(brand, products=[cast.product(brand)])).problem == "no_packshot"


def test_a_plan_over_the_limit_gives_both_figures(brand: Brand, settings: LazySettings) -> None:
    settings.SHOOT_PICTURES = 7
    total = flow.sum_up(planned(brand))
    assert (total.problem, total.problem_values) == ("too_many_pictures", {"count": 8, "limit": 7})


def test_a_retired_scene_counts_no_more(brand: Brand) -> None:
    shoot = planned(brand)
    preset.retire(shoot.scenes.all()[0])
    assert flow.sum_up(shoot).pictures == 4


def test_launching_makes_each_render_with_its_exact_prompt(brand: Brand, marketer: User) -> None:
    shoot = planned(brand, marketer)
    assert flow.launch(shoot, marketer)
    assert shoot.renders.filter(state=State.QUEUED).count() == 8
    prompt = shoot.renders.all()[0].prompt
    assert prompt == (
        "Place this exact product: Speckled stoneware mug, cream glaze. "
        "Keep the product shape and color unchanged. "
        "Scene: on a dark slate stone surface, dramatic side lighting, moody editorial product photography."
    )


def test_a_second_launch_is_no_launch(brand: Brand, marketer: User) -> None:
    shoot = planned(brand, marketer)
    same = Shoot.objects.get(pk=shoot.pk)
    assert [flow.launch(shoot, marketer), flow.launch(same, marketer)] == [True, False]
    assert Render.objects.count() == 8


@pytest.mark.django_db(transaction=True)
def test_twenty_tabs_launching_at_once_make_one_shoot() -> None:
    shoot = planned(cast.brand())

    def launch(_: int) -> bool:
        try:
            return flow.launch(Shoot.objects.get(pk=shoot.pk), None)
        finally:
            connection.close()

    with ThreadPoolExecutor(20) as pool:
        assert sum(pool.map(launch, range(20))) == 1
    assert Render.objects.count() == 8


def test_a_launched_shoot_cannot_be_changed(brand: Brand) -> None:
    shoot = planned(brand)
    flow.launch(shoot, None)
    choice = {"products": [], "scenes": [], "placements": [], "ratios": [], "resolution": "4K", "takes": 2}
    assert not flow.choose(shoot, **choice)  # type: ignore[arg-type]
    assert Shoot.objects.get().products.count() == 2


def test_renders_point_at_the_version_of_their_launch(brand: Brand) -> None:
    shoot = planned(brand)
    flow.launch(shoot, None)
    scene = Scene.objects.all()[0]
    before = scene.current
    preset.publish(preset.draft_of(scene, None))
    used = {render.scene_version_id for render in Render.objects.filter(scene_version__scene=scene)}
    assert used == {before.pk if before else None}


def test_cancelling_stops_what_has_not_started(brand: Brand) -> None:
    shoot = planned(brand)
    flow.launch(shoot, None)
    shoot.renders.all()[0].move(State.SUBMITTING)
    assert flow.cancel(shoot) == 7
    assert sorted({render.state for render in shoot.renders.all()}) == ["cancelled", "submitting"]


def test_only_a_draft_is_thrown_away(brand: Brand) -> None:
    draft, launched = planned(brand), planned(brand)
    flow.launch(launched, None)
    assert flow.delete(draft)
    assert not flow.delete(launched)
    assert list(Shoot.objects.all()) == [launched]
