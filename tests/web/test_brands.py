"""Brands side by side: nothing of one is seen, reached or changed from the other."""

import re
from collections.abc import Callable, Iterator
from html import unescape
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client
from django.urls import URLPattern, get_resolver, resolve, reverse

from studio.models import Brand, Export, Membership, Packshot, Product, Render, Role, Scene, Shoot, User
from tests import cast, pictures
from tests.web.houses import House, belongings, house

SignIn = Callable[[User], Client]
ROUTES = [pattern for pattern in get_resolver().url_patterns[0].url_patterns if pattern.name]
BY_ID = [route for route in ROUTES if "pk" in route.pattern.converters]
OF_A_BRAND = [route for route in ROUTES if "brand" in route.pattern.converters]
IN_AN_ADDRESS = re.compile(r"""(?:href|src|hx-get|action|data-[a-z-]+)=["'](/[^"'#]*)""")
CALM = {"logout", "leave"}  # they end the visit
APART = {"shoot_news": "shoots", "export": "exports"}  # asked for by scripts, or while an archive is built


@pytest.fixture
def ours(db: None) -> House:
    return house("Quillon")


@pytest.fixture
def theirs(ours: House) -> House:
    cast.scene(slug="shared-slate")
    cast.placement("shared-place")
    return house("Zibeth")


@pytest.fixture
def inside(ours: House, theirs: House, sign_in: SignIn) -> Client:
    """Our admin, who is staff too: as much as anybody may be without being a member of theirs."""
    User.objects.filter(pk=ours.admin.pk).update(is_staff=True)
    return sign_in(ours.admin)


@pytest.fixture(autouse=True)
def _small_previews(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("studio.flow.preset.PREVIEW_SIDE", 64)


# --- Asking for it -------------------------------------------------------------------------------


def test_every_row_of_theirs_is_not_there(inside: Client, theirs: House) -> None:
    before = belongings(theirs.brand)
    for route in BY_ID:
        for key in keys(route, theirs):
            address = reverse(str(route.name), args=[key])
            answers = (inside.get(address), inside.post(address), inside.get(address, headers=BY_SCRIPT))
            assert {answer.status_code for answer in answers} <= {404, 405}, address
            assert 404 in {answer.status_code for answer in answers}, address
    assert belongings(theirs.brand) == before


def test_every_page_of_theirs_is_not_there(inside: Client, theirs: House) -> None:
    before = belongings(theirs.brand)
    for route in OF_A_BRAND:
        address = reverse(str(route.name), args=[theirs.brand.slug])
        codes = {answer.status_code for answer in (inside.get(address), inside.post(address))}
        assert codes in ({404}, {404, 405}), address
    assert belongings(theirs.brand) == before


def test_what_is_not_theirs_to_give_is_told_apart_from_nothing_by_nobody(
    inside: Client, theirs: House
) -> None:
    foreign = inside.get(f"/products/{theirs.rows['products']}/").content
    none = inside.get("/products/999999/").content
    assert unnonced(foreign) == unnonced(none)


# --- Smuggling ids into our own forms ------------------------------------------------------------


def test_ids_of_theirs_in_any_form_of_ours_do_nothing(inside: Client, ours: House, theirs: House) -> None:
    before = belongings(theirs.brand)
    for route in [*OF_A_BRAND, *BY_ID]:
        for address in addresses(route, ours):
            for sent in (smuggled(theirs), smuggled(theirs) | {"role": "1", "every": "", "takes": "1"}):
                answer = inside.post(address, sent)
                assert answer.status_code != 500, address
                assert_silent(answer, theirs, address)
    assert belongings(theirs.brand) == before
    assert_nothing_crosses(ours.brand)


def test_ids_of_theirs_in_any_question_of_ours_show_nothing(
    inside: Client, ours: House, theirs: House
) -> None:
    for route in [*OF_A_BRAND, *BY_ID, named("home"), named("account")]:
        for address in addresses(route, ours):
            for headers in ({}, BY_SCRIPT):
                answer = inside.get(address, smuggled(theirs), headers=headers)
                assert answer.status_code != 500, address
                assert_silent(answer, theirs, address)


def test_a_plan_takes_no_product_scene_or_placement_of_theirs(
    inside: Client, ours: House, theirs: House
) -> None:
    draft = Shoot.objects.get(pk=ours.rows["drafts"])
    sent = {
        "name": "Ours", "resolution": "1K", "takes": "1",
        "shown": [ours.rows["products"], theirs.rows["products"]],
        "product": [ours.rows["products"], theirs.rows["products"]],
        "scene": [ours.rows["scenes"], theirs.rows["scenes"]],
        "placement": [ours.rows["placements"], theirs.rows["placements"]],
    }  # fmt: skip
    inside.post(f"/shoots/{draft.pk}/plan/", sent)
    assert [product.pk for product in draft.products.all()] == [ours.rows["products"]]
    assert [scene.pk for scene in draft.scenes.all()] == [ours.rows["scenes"]]
    assert [placement.pk for placement in draft.placements.all()] == [ours.rows["placements"]]
    inside.post(f"/shoots/{draft.pk}/launch/", sent)
    assert draft.renders.exists()
    assert not draft.renders.exclude(product=ours.rows["products"]).exists()


def test_every_product_means_every_product_of_ours(inside: Client, ours: House, theirs: House) -> None:
    draft = ours.rows["drafts"]
    inside.post(f"/shoots/{draft}/plan/", {"resolution": "1K", "takes": "1", "every": "all"})
    assert set(Shoot.objects.get(pk=draft).products.values_list("brand", flat=True)) == {ours.brand.pk}


def test_a_new_shoot_takes_no_product_of_theirs(inside: Client, ours: House, theirs: House) -> None:
    both = [ours.rows["products"], theirs.rows["products"]]
    inside.post(f"/b/{ours.brand.slug}/shoots/new/", {"product": both})
    newest = Shoot.objects.latest("pk")
    assert [product.pk for product in newest.products.all()] == [ours.rows["products"]]


@pytest.mark.parametrize("verdict", ["approve", "reject", "clear"])
def test_the_gallery_judges_no_picture_of_theirs(
    inside: Client, ours: House, theirs: House, verdict: str
) -> None:
    Render.objects.filter(pk=theirs.rows["renders"]).update(review="approved")
    sent = {"render": [ours.rows["renders"], theirs.rows["renders"]]}
    before = belongings(theirs.brand)
    answer = inside.post(f"/b/{ours.brand.slug}/gallery/review/{verdict}/", sent, headers=BY_SCRIPT)
    assert_silent(answer, theirs)
    assert belongings(theirs.brand) == before


def test_an_archive_holds_no_picture_of_theirs(inside: Client, ours: House, theirs: House) -> None:
    address, named = f"/b/{ours.brand.slug}/exports/", {"template": "{sku}.{ext}"}
    inside.post(address, {"render": [ours.rows["renders"], theirs.rows["renders"]], **named})
    assert [render.pk for render in Export.objects.latest("pk").renders.all()] == [ours.rows["renders"]]
    count = Export.objects.count()
    inside.post(address, {"render": [theirs.rows["renders"]], **named})
    assert Export.objects.count() == count


def test_an_upload_never_lands_in_a_product_of_theirs(inside: Client, ours: House, theirs: House) -> None:
    file = SimpleUploadedFile("new.jpg", pictures.packshot(width=400, height=400))
    address = f"/b/{ours.brand.slug}/products/upload/"
    inside.post(address, {"file": file, "product": theirs.rows["products"]}, headers=BY_SCRIPT)
    assert Packshot.objects.latest("pk").brand == ours.brand
    assert Product.objects.get(pk=theirs.rows["products"]).packshots.count() == 1
    assert_nothing_crosses(ours.brand)


def test_a_scene_is_never_drawn_with_a_packshot_of_theirs(inside: Client, ours: House, theirs: House) -> None:
    key = cast.stored(pictures.packshot(width=400, height=400), "packshots/real.jpg")
    Packshot.objects.filter(pk=theirs.rows["packshots"]).update(picture=key)
    shared = Scene.objects.get(brand=None)
    for scene, brand in (
        (ours.rows["scenes"], ours.brand),
        (shared.pk, ours.brand),
        (shared.pk, theirs.brand),
    ):
        sent = {"product": theirs.rows["products"], "ratio": "1:1"}
        answer = inside.post(f"/scenes/{scene}/preview/?brand={brand.slug}", sent)
        assert answer.status_code == 422
        assert b"data:image" not in answer.content


def test_nothing_is_copied_from_a_scene_or_placement_of_theirs(
    inside: Client, ours: House, theirs: House
) -> None:
    answer = inside.post(
        f"/b/{ours.brand.slug}/presets/new/", {"name": "Copied", "like": theirs.rows["scenes"]}
    )
    assert_silent(answer, theirs)
    assert not Scene.objects.filter(name="Copied").exists()
    for page in ("presets/new", "presets/placements/new"):
        for like in (theirs.rows["scenes"], theirs.rows["placements"]):
            assert_silent(inside.get(f"/b/{ours.brand.slug}/{page}/", {"like": like}), theirs)


# --- Looking around ------------------------------------------------------------------------------


def test_no_page_of_ours_holds_a_word_of_theirs(inside: Client, ours: House, theirs: House) -> None:
    seen = crawl(inside, ours, theirs)
    names = {resolve(address.partition("?")[0]).url_name for address in seen}
    routes = {str(route.name) for route in [*BY_ID, *OF_A_BRAND]}
    pages = {name for name in routes if by_looking(name)}
    assert pages - names <= CALM | {"render_screen", "render_thumb", "cutout_news"}
    assert sum(ours.word.encode() in body for body in seen.values()) > 20


def test_a_member_of_both_sees_each_by_itself(ours: House, theirs: House, sign_in: SignIn) -> None:
    both = cast.person("Bea Both", ours.brand, Role.ADMIN)
    Membership.objects.create(brand=theirs.brand, user=both, role=Role.ADMIN)
    inside = sign_in(both)
    for route in [route for route in OF_A_BRAND if by_looking(str(route.name))]:
        for here, there in ((ours, theirs), (theirs, ours)):
            page = body(inside.get(reverse(str(route.name), args=[here.brand.slug]))).decode()
            bar, _, main = page.partition("<main")
            assert there.word.lower() not in main.lower(), route.name
            assert there.brand.name in bar or "<html" not in page  # to change over


# --- The same picture in both --------------------------------------------------------------------


def test_the_same_file_is_a_duplicate_within_a_brand_only(
    ours: House, theirs: House, sign_in: SignIn
) -> None:
    data = pictures.packshot(width=400, height=400)
    for home in (ours, theirs):
        inside, address = sign_in(home.admin), f"/b/{home.brand.slug}/products/upload/"
        first = inside.post(address, {"file": SimpleUploadedFile("CUP-1.jpg", data)}, headers=BY_SCRIPT)
        again = inside.post(address, {"file": SimpleUploadedFile("CUP-2.jpg", data)}, headers=BY_SCRIPT)
        assert b"New product" in first.content
        assert b'class="file same"' in again.content
        assert home.brand.packshots.count() == 2
    shots = Packshot.objects.filter(file_name="CUP-1.jpg")
    assert len({shot.picture for shot in shots}) == 2  # a file of its own for each: one may be deleted


# --- The ways around -----------------------------------------------------------------------------

BY_SCRIPT = {"HX-Request": "true"}


def keys(route: URLPattern, home: House) -> Iterator[int]:
    """Which rows the `pk` of a route may mean. A new noun has to be added to the house first."""
    noun = str(route.pattern).split("/")[0]
    yield home.rows[noun]
    yield from [home.rows[other] for other in {"shoots": ["drafts"], "renders": ["failed"]}.get(noun, [])]


def addresses(route: URLPattern, home: House) -> list[str]:
    if route.name in CALM | {"product_delete", "packshot_delete", "membership_role"}:
        return []  # they would end the round early
    if "pk" in route.pattern.converters:
        return [reverse(str(route.name), args=[key]) for key in keys(route, home)]
    return [reverse(str(route.name), args=[home.brand.slug] if "brand" in route.pattern.converters else [])]


def named(name: str) -> URLPattern:
    return next(route for route in ROUTES if route.name == name)


def by_looking(name: str) -> bool:
    """Whether the route has a page for GET."""
    view: Any = named(name).callback
    return not is_post_only(view)


def is_post_only(view: Any) -> bool:
    while view is not None:
        for cell in view.__closure__ or ():
            if cell.cell_contents == ["POST"]:
                return True
        view = getattr(view, "__wrapped__", None)
    return False


def smuggled(home: House) -> dict[str, Any]:
    """Every id of the house under every name that a form or a question of ours knows."""
    rows = home.rows
    return {
        "product": rows["products"], "shown": rows["products"],
        "scene": rows["scenes"], "like": rows["scenes"],
        "placement": rows["placements"], "render": [rows["renders"], rows["failed"]], "shoot": rows["shoots"],
        "packshot": rows["packshots"], "export": rows["exports"], "cut": rows["cuts"], "version": "2",
        "membership": rows["memberships"], "invitation": rows["invitations"], "brand": home.brand.slug,
        "user": home.admin.pk, "pk": rows["products"], "id": rows["products"], "before": "999999",
        "after": "0", "from": "0", "resolution": "1K", "takes": "1", "ratio": "1:1", "every": "all",
        "state": "all", "name": "Ours now", "parent": rows["renders"], "v": "0",
    }  # fmt: skip


def assert_silent(answer: HttpResponse, home: House, where: str = "") -> None:
    said = body(answer) + str(answer.headers).encode()
    assert home.word.lower().encode() not in said.lower(), where


def assert_nothing_crosses(brand: Brand) -> None:
    """What is ours hangs from what is ours, or from what is shared."""
    other = {"brand__isnull": False}
    for shoot in brand.shoots.all():
        for chosen in (shoot.products, shoot.scenes, shoot.placements):
            assert not chosen.filter(**other).exclude(brand=brand).exists()
    assert not Packshot.objects.filter(brand=brand).exclude(product__brand=brand).exists()
    assert (
        not Export.objects.filter(brand=brand, renders__isnull=False).exclude(renders__brand=brand).exists()
    )
    for path in ("product__brand", "packshot__brand", "shoot__brand"):
        assert not Render.objects.filter(brand=brand).exclude(**{path: brand}).exists()
    foreign = Render.objects.filter(brand=brand, scene_version__scene__brand__isnull=False)
    assert not foreign.exclude(scene_version__scene__brand=brand).exists()


def crawl(inside: Client, ours: House, theirs: House) -> dict[str, bytes]:
    """Follows every address that a page of ours names; each with what it says."""
    seen: dict[str, bytes] = {}
    ahead = [
        "/",
        f"/b/{ours.brand.slug}/settings/",
        *(reverse(name, args=[ours.rows[noun]]) for name, noun in APART.items()),
    ]
    while ahead:
        address = ahead.pop()
        if address in seen or address.startswith("/static/") or len(seen) > 500:
            continue
        answer = inside.get(address)
        seen[address] = body(answer)
        assert_silent(answer, theirs, address)
        ahead += answer.headers.get("Location", "").splitlines()
        if "text/html" in answer.headers.get("Content-Type", ""):
            ahead += [unescape(found) for found in IN_AN_ADDRESS.findall(seen[address].decode())]
    return seen


def body(answer: HttpResponse) -> bytes:
    return b"".join(answer) if answer.streaming else answer.content  # type: ignore[arg-type]


def unnonced(page: bytes) -> bytes:
    return re.sub(rb'(nonce="|X-CSRFToken": "|csrfmiddlewaretoken" value=")[^"]+', rb"\1", page)
