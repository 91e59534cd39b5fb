"""What the provider calls: its notices are noted, its references shown, and nothing else is given away."""

import io
import json
from uuid import uuid4

import pytest
from django.conf import LazySettings
from django.core import signing
from django.test import Client

from studio.flow import reference
from studio.models import Attempt, Brand, Notice, Render, State
from tests import cast
from tests.engines import SIGNED, ScriptedRemote, picture

ADDRESS = "/callbacks/hiapi/token-of-one/"
BODY = {"taskId": "task-1", "status": "success"}


@pytest.fixture
def running(brand: Brand) -> Render:
    render = cast.render(cast.shoot(brand, launched=True), engine="hiapi", state=State.RUNNING)
    Attempt.objects.create(
        render=render, brand=brand, number=1, engine="hiapi", key=uuid4(), token="token-of-one", request=b"{}"
    )
    return render


def tell(client: Client, body: object = BODY, address: str = ADDRESS, **headers: str) -> int:
    answer = client.post(address, json.dumps(body), "application/json", headers=headers)
    assert answer["Content-Type"] == "application/json"
    assert not answer.cookies
    return answer.status_code


def test_a_notice_is_kept_and_its_picture_looked_at_now(hiapi: ScriptedRemote, running: Render) -> None:
    strict = Client(enforce_csrf_checks=True)
    assert tell(strict, **SIGNED) == 200
    assert (Notice.objects.get().task_id, Notice.objects.get().signed) == ("task-1", True)
    running.refresh_from_db()
    assert (running.state, running.look_again_at is not None) == (State.RUNNING, True)
    assert tell(strict, **SIGNED) == 200  # it comes at least once
    assert Notice.objects.count() == 1


def test_a_forged_notice_is_refused_and_leaves_nothing(
    client: Client, hiapi: ScriptedRemote, running: Render
) -> None:
    assert tell(client, **{"X-Signature": "wrong"}) == 401
    assert tell(client, ["no", "task"]) == 401
    assert not Notice.objects.exists()


def test_an_unsigned_notice_counts_only_at_an_address_of_ours(
    client: Client, hiapi: ScriptedRemote, running: Render
) -> None:
    assert tell(client) == 200
    assert tell(client, address="/callbacks/hiapi/guessed/") == 404
    assert Notice.objects.count() == 1


class Endless(io.RawIOBase):
    """A body that never ends; `given` is how much of it was read."""

    given = 0

    def read(self, size: int = -1) -> bytes:
        assert size >= 0, "read without a bound"
        self.given += size
        return b"x" * size


def test_a_body_that_is_said_to_be_too_large_is_not_read(client: Client, hiapi: ScriptedRemote) -> None:
    source = Endless()
    answer = client.generic("POST", ADDRESS, CONTENT_LENGTH="1048577", **{"wsgi.input": source})
    assert (answer.status_code, source.given) == (413, 0)


def test_a_body_that_does_not_say_its_length_is_read_up_to_the_limit(
    client: Client, hiapi: ScriptedRemote, running: Render
) -> None:
    source = Endless()
    chunked = {"CONTENT_LENGTH": "", "HTTP_TRANSFER_ENCODING": "chunked"}
    answer = client.generic("POST", ADDRESS, **chunked, **{"wsgi.input": source})
    assert (answer.status_code, source.given) == (413, 1048577)
    short = io.BytesIO(json.dumps(BODY).encode())
    answer = client.generic("POST", ADDRESS, **chunked, **{"wsgi.input": short})
    assert answer.status_code == 200


def test_notices_are_only_posted(client: Client) -> None:
    assert client.get(ADDRESS).status_code == 405


def test_a_reference_is_shown_to_whoever_has_its_link(client: Client, brand: Brand) -> None:
    shot = cast.packshot(cast.product(brand), picture(300, 300))
    address = reference.link(shot)
    answer = client.get(address)
    assert b"".join(answer) == picture(300, 300)
    assert answer["Content-Type"] == "image/jpeg"  # as it is stored
    assert answer["Cache-Control"] == "private, no-store"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Security-Policy"].startswith("sandbox;")
    assert not answer.has_header("Content-Disposition")
    assert not answer.has_header("Set-Cookie")
    assert not answer.cookies
    head = client.head(address)
    assert (head.status_code, b"".join(head)) == (200, b"")
    assert client.post(address).status_code == 405


def test_a_link_that_is_not_ours_or_is_old_shows_nothing(
    client: Client, brand: Brand, settings: LazySettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    shot = cast.packshot(cast.product(brand))
    link = reference.link(shot)
    other = signing.dumps(["p", shot.pk], salt="another")
    for address in (f"{link[:-2]}/", "/references/guess/", f"/references/{other}/"):
        assert client.get(address).status_code == 404
    monkeypatch.setattr(reference, "LINK_LIVES", -1)
    assert client.get(link).status_code == 404
    monkeypatch.undo()
    shot.delete()
    assert client.get(link).status_code == 404
