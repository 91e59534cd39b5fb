"""Every model that can be bought from makes a picture, from the launch to the stored file, over real HTTP."""

from collections.abc import Callable
from typing import Final

import pytest
from django.conf import LazySettings
from pytest_django.live_server_helper import LiveServer

from studio import storage
from studio.imaging.errors import Refused
from studio.models import Attempt, Basis, Brand, State
from studio.providers import dialects
from tests import market
from tests.standin import StandIn

ROWS: Final = dialects.load(("gi2-edit", "gi2-chat-edit")).rows
EDITS: Final = [key for key, row in ROWS.items() if row.enabled and row.most]
BY_LINK: Final = [key for key in EDITS if not ROWS[key].data_urls]
CREATES: Final = [key for key, row in ROWS.items() if row.enabled and not row.most]
Vendor = Callable[..., StandIn]


def assert_bought_once(standin: StandIn, brand: Brand, model: str, **choice: object) -> Attempt:
    render = market.finished(market.launched(brand, model, **choice))  # type: ignore[arg-type]
    assert (render.state, render.failure) == (State.DONE, "")
    attempt = render.attempts.get()
    [paid] = standin.ledger.paid
    assert (attempt.price_charged, attempt.price_estimated, str(attempt.key)) == (
        paid.price,
        paid.price,
        paid.key,
    )
    assert attempt.body_sha256 == paid.body_sha256
    assert storage.read(render.picture)
    assert render.remarks == [], "the shape and the pixels that were asked for"
    return attempt


@pytest.mark.parametrize("model", [key for key in EDITS if key not in BY_LINK])
def test_a_model_makes_a_picture_from_a_packshot(model: str, brand: Brand, vendor: Vendor) -> None:
    standin = vendor(models=(model,))
    attempt = assert_bought_once(standin, brand, model)
    assert attempt.model == model
    [seen] = standin.ledger.references
    assert (seen.error, seen.format, seen.metadata) == ("", "JPEG", ())


@pytest.mark.parametrize("model", CREATES)
def test_a_model_draws_a_product_that_has_no_packshot(model: str, brand: Brand, vendor: Vendor) -> None:
    edits = next(key for key in EDITS if ROWS[key].draft == model)
    standin = vendor(models=(edits,))
    attempt = assert_bought_once(standin, brand, edits, of=market.product(brand, packshots=0))
    assert attempt.model == model
    assert attempt.render is not None
    assert attempt.render.basis == Basis.WORDS
    assert standin.ledger.references == []


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("model", BY_LINK)
def test_a_model_that_takes_links_alone_follows_ours(
    model: str, vendor: Vendor, live_server: LiveServer, settings: LazySettings
) -> None:
    standin = vendor(models=(model,))
    settings.PUBLIC_URL = live_server.url
    assert_bought_once(standin, market.cast.brand(), model)
    [seen] = standin.ledger.references
    assert seen.source.startswith(f"{live_server.url}/references/")
    assert (seen.error, seen.metadata) == ("", ())


@pytest.mark.parametrize("model", BY_LINK)
def test_a_model_that_takes_links_alone_draws_from_words_without_any(
    model: str, brand: Brand, vendor: Vendor
) -> None:
    assert_bought_once(vendor(models=(model,)), brand, model, of=market.product(brand, packshots=0))


def test_every_row_that_can_be_bought_from_is_tried_here() -> None:
    assert {*EDITS, *CREATES} == {key for key, row in ROWS.items() if row.enabled}
    assert len(EDITS) >= 10


def test_what_a_draft_cannot_be_is_said_before_the_launch(brand: Brand, vendor: Vendor) -> None:
    """An edit of this model may be square at 4K; what it is drawn by may not."""
    standin = vendor(models=("gi2-edit-square",))
    with pytest.raises(Refused) as no:
        market.launched(brand, "gi2-edit-square", of=market.product(brand, packshots=0), resolution="4K")
    assert (no.value.code, no.value.values["model"]) == ("model_choice", ROWS["gi2-create"].name)
    assert "1:1 at 2K" in str(no.value.values["nearest"])
    assert standin.ledger.posts() == []
