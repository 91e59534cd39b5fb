"""More uploads at once than fit into memory: they wait for their turn, but not for ever."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client

from studio.models import Brand, Packshot, User
from studio.web.views import uploads

SignIn = Callable[[User], Client]


def send(browser: Client, brand: Brand, by_script: bool = True) -> HttpResponse:
    """What is no picture, and refused as such when its turn comes."""
    body = {"file": SimpleUploadedFile("MUG.jpg", b"no picture")}
    headers = {"HX-Request": "true"} if by_script else {}
    return browser.post(f"/b/{brand.slug}/products/upload/", body, headers=headers, follow=True)


@pytest.fixture
def no_room_in_memory(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """As many uploads are being looked at as there may be."""
    monkeypatch.setattr(uploads, "WAIT", 0.01)
    with ExitStack() as others:
        for _ in range(4):
            others.enter_context(uploads._memory())
        yield


@pytest.mark.usefixtures("no_room_in_memory")
def test_an_upload_whose_turn_does_not_come_is_sent_again(
    sign_in: SignIn, marketer: User, brand: Brand
) -> None:
    """By the script, which does so after an answer of 500 or more that holds no row."""
    browser = sign_in(marketer)
    page = send(browser, brand)
    assert page.status_code == 503
    assert b"busy with other uploads" in page.content
    assert b"<li" not in page.content
    assert b"busy with other uploads" in send(browser, brand, by_script=False).content
    assert not Packshot.objects.exists()


def test_a_refused_upload_gives_its_turn_back(sign_in: SignIn, marketer: User, brand: Brand) -> None:
    browser = sign_in(marketer)
    for _ in range(5):
        assert send(browser, brand).status_code == 422
