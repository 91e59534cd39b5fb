"""What every answer tells the browser, whoever asks and however it ends."""

import errno
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.conf import LazySettings
from django.core.exceptions import RequestDataTooBig
from django.http import HttpResponse
from django.test import Client
from django.urls import URLPattern, get_resolver, reverse

from studio.flow import invitation as flow_invitation
from studio.models import Brand, Cut, Export, Import, Role, State, User
from studio.web.views import products
from tests import cast

SignIn = Callable[[User], Client]
ROUTES = [pattern for pattern in get_resolver().url_patterns[0].url_patterns if pattern.name]
SAMPLE = {"brand": "northfold", "token": "guess", "uidb64": "MQ"}


@pytest.fixture
def everything(brand: Brand) -> dict[str, int]:
    """One row of each kind; the key of the row that a route's `pk` means, by the route's first word."""
    product = cast.product(brand)
    shot = cast.packshot(product)
    scene = cast.scene(brand, preview=cast.stored(b"picture", "previews/1.webp"))
    shoot = cast.shoot(brand, launched=True)
    render = cast.render(shoot, product=product, packshot=shot, scene_version=scene.current, state=State.DONE)
    key = cast.stored(b"picture", "cuts/1.jpg")
    cut = Cut.objects.create(
        render=render, placement=cast.placement(), file=key, extension="jpg", media_type="image/jpeg"
    )
    colleague = cast.person("Bo Brief", brand, Role.ADMIN)
    export = Export.objects.create(brand=brand, shoot=shoot, state="done", file=cast.listing())
    return {
        "products": product.pk,
        "packshots": shot.pk,
        "scenes": scene.pk,
        "scene-versions": scene.versions.get().pk,
        "shoots": shoot.pk,
        "renders": render.pk,
        "cuts": cut.pk,
        "placements": cut.placement_id,
        "exports": export.pk,
        "imports": Import.objects.create(brand=brand, state="checked").pk,
        "memberships": colleague.memberships.get().pk,
        "invitations": flow_invitation.invite(brand, colleague, Role.VIEWER)[0].pk,
    }


@pytest.mark.parametrize("route", ROUTES, ids=[str(route.name) for route in ROUTES])
def test_every_route_is_closed_to_scripts_frames_and_guesses(
    route: URLPattern, sign_in: SignIn, admin: User, everything: dict[str, int]
) -> None:
    User.objects.filter(pk=admin.pk).update(is_staff=True)
    where, nonces = address(route, everything), []
    for browser in (Client(), sign_in(admin)):
        for ask in (browser.get, browser.head, browser.post, browser.put, browser.get):
            answer = ask(where)
            assert answer.status_code != 500
            assert_closed(answer)
            body = b"".join(answer)  # a file that is read to its end is closed
            if b"<html" in body:
                nonces.append(policy(answer)["script-src"].partition("'nonce-")[2])
                assert f'nonce="{nonces[-1].rstrip(chr(39))}"'.encode() in body
    assert len(set(nonces)) == len(nonces), "each page has a nonce of its own"


@pytest.mark.parametrize(
    "where", ["/account/", "/nowhere/", "/accounts/logout/", "/readyz", "/b/northfold/products/"]
)
def test_behind_tls_every_answer_asks_for_tls(
    settings: LazySettings, sign_in: SignIn, admin: User, where: str
) -> None:
    settings.SECURE_HSTS_SECONDS, settings.SECURE_HSTS_INCLUDE_SUBDOMAINS = 31_536_000, True
    for browser in (Client(), sign_in(admin)):
        assert browser.get(where, secure=True)["Strict-Transport-Security"].startswith("max-age=31536000")


def test_static_files_are_as_closed(settings: LazySettings, db: None) -> None:
    settings.WHITENOISE_USE_FINDERS = settings.WHITENOISE_AUTOREFRESH = True
    for file in ("js/theme.js", "css/base.css", "img/mark.svg", "django_htmx/htmx-2.min.js"):
        answer = Client().get(f"/static/{file}")
        assert answer.status_code == 200
        assert_closed(answer)
        b"".join(answer)
        answer.close()


def test_errors_are_as_closed_as_pages(sign_in: SignIn, admin: User, client: Client) -> None:
    browser = sign_in(admin)
    strict = Client(enforce_csrf_checks=True)
    answers = [
        browser.get("/nowhere/"),
        client.get("/nowhere/"),
        browser.post("/b/northfold/products/"),
        strict.post("/accounts/login/"),
        client.get("/accounts/login/", headers={"host": "elsewhere.example"}),
    ]
    assert [answer.status_code for answer in answers] == [404, 404, 405, 403, 400]
    for answer in answers:
        assert_closed(answer)


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (RuntimeError("the database is gone"), 500),
        (OSError(errno.ENOSPC, "No space left on device"), 507),
        (RequestDataTooBig("too big"), 413),
    ],
)
def test_breaks_of_ours_and_what_is_too_much_are_as_closed(
    monkeypatch: pytest.MonkeyPatch, sign_in: SignIn, admin: User, error: Exception, status: int
) -> None:
    def breaks(*_: object, **__: object) -> None:
        raise error

    browser = sign_in(admin)
    browser.raise_request_exception = False
    monkeypatch.setattr(products, "packs", breaks)
    answer = browser.get("/b/northfold/products/")
    assert answer.status_code == status
    assert_closed(answer)
    assert b"Traceback" not in answer.content
    assert str(error).encode() not in answer.content


def test_a_page_lets_its_own_scripts_run_by_a_fresh_nonce(sign_in: SignIn, admin: User) -> None:
    browser = sign_in(admin)
    seen = set()
    for _ in range(2):
        page = browser.get("/b/northfold/products/")
        nonce = policy(page)["script-src"].partition("'nonce-")[2].rstrip("'")
        seen.add(nonce)
        scripts = page.content.decode().split("<script")[1:]
        assert len(scripts) >= 3
        assert all(f'nonce="{nonce}"' in script.partition(">")[0] for script in scripts)
        assert all(script.partition(">")[2].startswith("</script>") for script in scripts)  # none is inline
    assert len(seen) == 2


@pytest.mark.parametrize("where", ["/b/northfold/products/", "/account/", "/nowhere/"])
def test_no_page_styles_or_handles_inline(sign_in: SignIn, admin: User, where: str) -> None:
    page = sign_in(admin).get(where).content.decode()
    for inline in (" style=", "<style", "onclick=", "onload=", "javascript:", " hx-on"):
        assert inline not in page


def assert_closed(answer: HttpResponse) -> None:
    rules = policy(answer)
    assert "unsafe" not in answer["Content-Security-Policy"]
    assert rules["default-src"] in ("'self'", "'none'")
    assert rules["frame-ancestors"] == "'none'"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Referrer-Policy"] in ("same-origin", "no-referrer")
    assert answer["Cross-Origin-Opener-Policy"] == "same-origin"


def policy(answer: HttpResponse) -> dict[str, str]:
    rules = answer["Content-Security-Policy"].split("; ")
    return {name: value for name, _, value in (rule.partition(" ") for rule in rules)}


def address(route: URLPattern, rows: dict[str, int]) -> str:
    return reverse(str(route.name), kwargs=dict(_arguments(route, rows)))


def _arguments(route: URLPattern, rows: dict[str, int]) -> Iterator[tuple[str, Any]]:
    for name in route.pattern.converters:
        yield name, rows[str(route.pattern).split("/")[0]] if name == "pk" else SAMPLE[name]
