"""What the provider gets to see: the pictures that are meant, in their order, and nothing beside them."""

import io
import random
import string
import time
from collections.abc import Callable
from typing import Any, Final

import pytest
from django.conf import LazySettings
from django.core import signing
from django.test import Client
from PIL import Image
from pytest_django.live_server_helper import LiveServer

from studio import storage
from studio.flow import again, intake, reference, review
from studio.models import Basis, Brand, Cause, Packshot, Product, Render, State, User
from tests import cast, market, pictures
from tests.standin import StandIn
from tests.standin.ledger import Reference

Vendor = Callable[..., StandIn]
TELLING: Final = [
    *(pictures.chatty(format) for format in ("JPEG", "PNG", "WEBP")),
    pictures.turned(6),
    pictures.phone_photo(),
]


def taken_in(brand: Brand, files: list[bytes]) -> Product:
    """A product with these packshots, as they come in by an upload."""
    product = cast.product(brand)
    for number, data in enumerate(files):
        intake.receive(brand, None, f"MUG_{number + 1}", data, product=product)
    return product


def seen(standin: StandIn, render: Render) -> list[Reference]:
    """The references of a picture's task, in their order."""
    listed = standin.ledger.references_of(render.attempts.get().task_id)
    return sorted(listed, key=lambda one: one.position)


def colour(standin: StandIn, one: Reference, x: float = 0.5, y: float = 0.6) -> tuple[int, ...]:
    """Of a point of it, in fractions."""
    with Image.open(io.BytesIO(standin.world.reference_bytes[one.sha256])) as image:
        picture = image.convert("RGB")
        return tuple(int(v) for v in picture.getpixel((int(x * image.width), int(y * image.height))))  # type: ignore[union-attr]


def close(one: tuple[int, ...], other: tuple[int, ...]) -> bool:
    return max(abs(a - b) for a, b in zip(one, other, strict=True)) < 24


@pytest.mark.parametrize("count", [1, 3, 5, 7])
def test_one_to_five_packshots_go_along_in_their_order(count: int, brand: Brand, vendor: Vendor) -> None:
    standin = vendor(keep_references=True)
    product = market.product(brand, packshots=count)
    render = market.finished(market.launched(brand, "gi2-edit", of=product))
    assert render.state == State.DONE
    sent = seen(standin, render)
    assert len(sent) == min(count, 5)
    shown = [pictures.opened(storage.read(one.picture)) for one in product.packshots.all()[:5]]
    for one, packshot in zip(sent, shown, strict=True):
        point = packshot.convert("RGB").getpixel((150, 180))
        assert close(colour(standin, one), point)  # type: ignore[arg-type]


@pytest.mark.parametrize("count", [1, 2, 5])
def test_where_one_picture_is_taken_several_stand_on_a_sheet(
    count: int, brand: Brand, vendor: Vendor
) -> None:
    standin = vendor(models=("gi2-edit-single",), keep_references=True)
    product = market.product(brand, packshots=count)
    render = market.finished(market.launched(brand, "gi2-edit-single", of=product))
    assert render.state == State.DONE
    [one] = seen(standin, render)
    assert (one.error, one.metadata) == ("", ())
    attempt = render.attempts.get()
    assert bool(attempt.sheet) == (count > 1)
    if count > 1:
        assert one.width / one.height == pytest.approx(2, abs=1), "they stand beside each other"
        data = standin.world.reference_bytes[one.sha256]
        assert storage.read(attempt.sheet) == data


@pytest.mark.parametrize("model", ["gi2-edit", "gi2-edit-single"])
def test_what_a_file_tells_besides_its_pixels_stays_here_when_it_goes_inside(
    model: str, brand: Brand, vendor: Vendor
) -> None:
    standin = vendor(models=(model,), keep_references=True)
    render = market.finished(market.launched(brand, model, of=taken_in(brand, TELLING)))
    assert render.state == State.DONE
    sent = seen(standin, render)
    assert len(sent) == (1 if model == "gi2-edit-single" else 5)
    assert {one.source for one in sent} == {"data"}
    assert {one.metadata for one in sent} == {()}
    assert not [one for one in standin.world.reference_bytes.values() if b"marker-7f3a" in one]


@pytest.mark.django_db(transaction=True)
def test_what_a_file_tells_besides_its_pixels_stays_here_when_it_is_followed(
    vendor: Vendor, live_server: LiveServer, settings: LazySettings
) -> None:
    settings.PUBLIC_URL = live_server.url
    standin = vendor(keep_references=True)
    brand = cast.brand()
    render = market.finished(market.launched(brand, "gi2-edit", of=taken_in(brand, TELLING)))
    assert render.state == State.DONE
    sent = seen(standin, render)
    assert len(sent) == 5
    assert all(one.source.startswith(f"{live_server.url}/references/") for one in sent)
    assert {one.metadata for one in sent} <= {(), ("icc",)}
    assert not [one for one in standin.world.reference_bytes.values() if b"marker-7f3a" in one]
    first = again.edit(render, None, "warmer light")
    edited = market.finished(first)
    assert edited.state == State.DONE
    assert {one.error for one in seen(standin, edited)} == {""}


def test_a_request_with_five_large_packshots_stays_small_enough(brand: Brand, vendor: Vendor) -> None:
    standin = vendor()
    large = [pictures.photo(1600 + 10 * place, 1600, quality=95) for place in range(5)]
    render = market.finished(market.launched(brand, "gi2-edit", of=taken_in(brand, large)))
    assert render.state == State.DONE
    [post] = standin.ledger.posts()
    assert post.body_bytes < 4_000_000


# --- Edits, finals, drafts ---------------------------------------------------------------------------


@pytest.fixture
def approved(brand: Brand, vendor: Vendor, marketer: User) -> tuple[StandIn, Render]:
    """A finished picture of a product with three packshots."""
    standin = vendor(keep_references=True)
    render = market.finished(market.launched(brand, "gi2-edit", of=market.product(brand, packshots=3)))
    review.approve([render], marketer)
    return standin, Render.objects.get(pk=render.pk)


def assert_shows_parent_first(standin: StandIn, made: Render, parent: Render) -> None:
    sent = seen(standin, made)
    picture = pictures.opened(storage.read(parent.picture)).convert("RGB")
    middle = picture.getpixel((picture.width // 2, picture.height * 3 // 5))
    assert close(colour(standin, sent[0]), middle)  # type: ignore[arg-type]
    assert (sent[0].width, sent[0].height) == picture.size
    assert len(sent) == 4, "then the packshots"
    assert {one.metadata for one in sent} == {()}
    assert {(one.width, one.height) for one in sent[1:]} == {(300, 300)}


def test_an_edit_shows_the_picture_first_and_keeps_its_lineage(
    approved: tuple[StandIn, Render], marketer: User
) -> None:
    standin, parent = approved
    made = market.finished(again.edit(parent, marketer, "Warmer light, please"))
    assert (made.state, made.parent, made.cause, made.basis) == (State.DONE, parent, Cause.EDIT, Basis.PARENT)
    assert "Warmer light, please" in made.prompt
    assert_shows_parent_first(standin, made, parent)
    second = market.finished(again.edit(made, marketer, "And a shadow"))
    assert (second.parent, second.state) == (made, State.DONE)
    assert_shows_parent_first(standin, second, made)
    assert [one.cause for one in second.attempts.all()] == [Cause.EDIT]


def test_an_edit_from_the_original_shows_the_packshots_alone(
    approved: tuple[StandIn, Render], marketer: User
) -> None:
    standin, parent = approved
    made = market.finished(again.edit(parent, marketer, "Warmer light", Basis.PACKSHOT))
    assert (made.state, made.parent) == (State.DONE, parent)
    assert [one.sha256 for one in seen(standin, made)] == [one.sha256 for one in seen(standin, parent)]


@pytest.mark.parametrize(("resolution", "price", "side"), [("2K", 40_000, 2048), ("4K", 60_000, 4096)])
def test_a_final_shows_the_picture_first_and_has_its_pixels_and_its_price(
    resolution: str, price: int, side: int, brand: Brand, vendor: Vendor, marketer: User
) -> None:
    standin = vendor(keep_references=True)
    product = market.product(brand, packshots=3)
    parent = market.finished(market.launched(brand, "gi2-edit", of=product, ratio="16:9"))
    review.approve([parent], marketer)
    made = again.finalise(Render.objects.get(pk=parent.pk), marketer, resolution)
    assert made.reserved == price
    made = market.finished(made)
    assert (made.state, made.parent, made.cause, made.remarks) == (State.DONE, parent, Cause.FINAL, [])
    assert max(made.width or 0, made.height or 0) >= 0.9 * side
    assert made.attempts.get().price_charged == standin.ledger.paid[-1].price == price
    assert_shows_parent_first(standin, made, parent)


def test_a_rerun_asks_for_the_same_again_with_a_new_key(approved: tuple[StandIn, Render]) -> None:
    standin, parent = approved
    made = market.finished(again.rerun(parent, None))
    assert (made.state, made.parent, made.cause) == (State.DONE, parent, Cause.RERUN)
    assert [one.sha256 for one in seen(standin, made)] == [one.sha256 for one in seen(standin, parent)]
    assert len(standin.ledger.paid_by_key()) == 2


def test_a_draft_from_words_is_edited_by_a_model_that_takes_pictures(
    brand: Brand, vendor: Vendor, marketer: User
) -> None:
    standin = vendor(keep_references=True)
    draft = market.finished(market.launched(brand, "gi2-edit", of=market.product(brand, packshots=0)))
    assert (draft.state, draft.model, draft.basis, seen(standin, draft)) == (
        State.DONE,
        "gi2-create",
        "words",
        [],
    )
    made = market.finished(again.edit(draft, marketer, "Warmer light"))
    assert (made.state, made.model, made.parent, made.basis) == (State.DONE, "gi2-edit", draft, Basis.PARENT)
    [one] = seen(standin, made)
    assert (one.width, one.height) == (draft.width, draft.height)
    assert "other pictures" not in made.prompt
    second = market.finished(again.edit(made, marketer, "A shadow"))
    assert (second.state, second.parent) == (State.DONE, made)


@pytest.mark.parametrize("packshots", [1, 5])
def test_where_one_picture_is_taken_an_edit_shows_the_picture_alone(
    packshots: int, brand: Brand, vendor: Vendor, marketer: User
) -> None:
    """Of a sheet the provider would make a sheet."""
    standin = vendor(models=("gi2-edit-single",), keep_references=True)
    product = market.product(brand, packshots=packshots)
    parent = market.finished(market.launched(brand, "gi2-edit-single", of=product))
    made = market.finished(again.edit(parent, marketer, "Warmer light"))
    assert made.state == State.DONE
    [one] = seen(standin, made)
    assert (one.width, one.height) == (parent.width, parent.height)
    assert "other pictures" not in made.prompt


# --- Links -------------------------------------------------------------------------------------------


@pytest.fixture
def linked(brand: Brand, settings: LazySettings) -> tuple[Packshot, str]:
    settings.PUBLIC_URL = "http://testserver"
    shot = cast.packshot(cast.product(brand), pictures.photo())
    return shot, reference.link(shot).removeprefix("http://testserver")


def test_a_link_shows_its_picture_and_says_nothing_about_it(linked: tuple[Packshot, str]) -> None:
    shot, link = linked
    answer = Client().get(link)
    assert b"".join(answer) == storage.read(shot.picture)  # type: ignore[call-overload]
    assert str(shot.brand.slug) not in link
    assert shot.file_name not in str(answer.headers)


def test_no_changed_character_of_a_link_opens_anything(linked: tuple[Packshot, str]) -> None:
    _, link = linked
    token = link.split("/")[2]
    for place, letter in enumerate(token):
        for other in {"A", "z", "0", "-", ":"} - {letter}:
            assert reference.follow(token[:place] + other + token[place + 1 :]) is None


def test_ten_thousand_guesses_open_nothing(linked: tuple[Packshot, str]) -> None:
    _, link = linked
    head, _, signature = link.split("/")[2].rpartition(":")
    dice = random.Random(38)
    letters = string.ascii_letters + string.digits + "-_"

    def guess() -> str:
        return "".join(dice.choice(letters) for _ in signature)

    assert [one for _ in range(10_000) if (one := reference.follow(f"{head}:{guess()}"))] == []


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_a_link_is_for_looking_only(method: str, linked: tuple[Packshot, str]) -> None:
    assert getattr(Client(), method)(linked[1]).status_code in (403, 405)


@pytest.mark.parametrize(
    "told", [["p", 999_999], ["x", 1], ["p"], "p", 7, None, {"p": 1}, ["p", "1 OR 1=1"], ["p", None]]
)
def test_signed_nonsense_opens_nothing_either(told: Any, linked: tuple[Packshot, str]) -> None:
    assert Client().get(f"/references/{signing.dumps(told, salt=reference.SALT)}/").status_code == 404


def test_a_link_lives_as_long_as_an_order_may_take_and_then_dies(
    linked: tuple[Packshot, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    token, began = linked[1].split("/")[2], time.time()
    for hours, is_open in ((20, True), (23.9, True), (24.1, False), (48, False)):
        monkeypatch.setattr("time.time", lambda hours=hours: began + hours * 3600)
        assert bool(reference.follow(token)) == is_open, hours


def test_a_folder_of_links_is_not_shown(linked: tuple[Packshot, str]) -> None:
    assert Client().get("/references/").status_code == 404
