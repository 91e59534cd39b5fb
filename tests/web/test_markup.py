"""Markup in every field that people fill in: shown as they typed it, on every page, and never obeyed."""

import io
import logging
from collections import Counter, deque
from collections.abc import Callable
from html.parser import HTMLParser
from urllib.parse import urlsplit

import pytest
from django.test import Client
from django.urls import Resolver404, resolve

from studio.flow import invitation
from studio.flow.naming import name_of
from studio.flow.outgoing import wish
from studio.logs import OneLine
from studio.models import Brand, Cut, Export, Membership, Placement, Role, Scene, Shoot, State, User
from tests import cast
from tests.payloads import MARKUP

SignIn = Callable[[User], Client]
OF_A_ROUTE = 4  # pages of one kind that are visited
FORBIDDEN = {"base", "iframe", "pwn", "embed", "object"}


class Page(HTMLParser):
    """Follows what a browser would make of the page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.faults: list[str] = []
        self.texts: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        given = dict(attributes)
        if tag in FORBIDDEN or any(name.startswith("on") or "pwn" in name for name in given):
            self.faults.append(self.get_starttag_text() or tag)
        if tag == "script" and not (given.get("src") or "").startswith("/static/"):
            self.faults.append(self.get_starttag_text() or tag)
        for name in ("href", "src", "action", "hx-get", "hx-post", "formaction"):
            where = given.get(name) or ""
            if where and not where.startswith(("/", "#", "?")) and "source" not in (given.get("rel") or ""):
                self.faults.append(self.get_starttag_text() or tag)
            self.links.append(where)
        self.texts += [value for value in given.values() if value]

    def handle_data(self, data: str) -> None:
        self.texts.append(data)


@pytest.fixture
def infested(brand: Brand, admin: User) -> list[str]:
    """A brand in which every text that somebody can set holds markup; gives what must be found again."""
    Brand.objects.update(name="<script>pwn(brand)</script>", brief="\n".join(MARKUP))
    User.objects.filter(pk=admin.pk).update(first_name="<img onerror=pwn()>", last_name="'\"><pwn>")
    for number, payload in enumerate(MARKUP):
        _named(brand, admin, number, payload)
    scenes = [_scene(brand, number, payload) for number, payload in enumerate(MARKUP)]
    place = brand.placements.latest("pk")
    draft, shoot = cast.shoot(brand, name=MARKUP[7]), cast.shoot(brand, launched=True, created_by=admin)
    for one in (draft, shoot):
        one.placements.add(place)
    for state, scene in zip(State, scenes, strict=False):
        _render(shoot, scene, state, place)
    missing = [{"name": payload, "reason": "queued"} for payload in MARKUP]
    Export.objects.create(
        brand=brand, shoot=shoot, state="done", file="exports/x.zip", count=1, missing=missing
    )
    return MARKUP


def _named(brand: Brand, admin: User, number: int, payload: str) -> None:
    """Somebody and something of every kind under this name."""
    member = cast.person(f"member{number}", brand, Role.MARKETER)
    User.objects.filter(pk=member.pk).update(first_name=payload, last_name="")
    invitation.invite(brand, admin, Role.VIEWER, payload)
    cast.shoot(brand, launched=True, name=payload, created_by=member)
    sku, words = payload[:78] + f"{number:02}", "\n".join(MARKUP)
    cast.packshot(cast.product(brand, sku, name=payload, description=words), file_name=payload + ".jpg")
    rules = {"notes": payload, "background_rule": payload}
    cast.placement(f"place-{number}", brand=brand, channel=payload[:40], name=payload, **rules)


def _scene(brand: Brand, number: int, payload: str) -> Scene:
    """One that is published, with a draft under another name beside it."""
    words = dict.fromkeys(("surface", "light", "mood", "keep", "note"), payload)
    scene = cast.scene(brand, slug=f"s-{number}", **words)
    Scene.objects.filter(pk=scene.pk).update(name=payload, draft_name=payload)
    scene.versions.create(number=2, **words)
    return scene


def _render(shoot: Shoot, scene: Scene, state: State, place: Placement) -> None:
    product = shoot.brand.products.order_by("pk")[len(state) % 7]
    failed = {"failure": "touches_edge", "failure_values": {"file": MARKUP[3]}}
    one = cast.render(
        shoot, product=product, scene_version=scene.current, state=state, prompt="\n".join(MARKUP),
        **(failed if state == State.FAILED else {}),
    )  # fmt: skip
    if state == State.DONE:
        Cut.objects.create(render=one, placement=place, failure="no_format")


@pytest.mark.parametrize("role", list(Role))
def test_markup_is_shown_and_never_obeyed(
    sign_in: SignIn, brand: Brand, infested: list[str], role: Role
) -> None:
    person = cast.person("Olaf Other", brand, role)
    User.objects.filter(pk=person.pk).update(first_name="<img onerror=pwn()>", is_staff=role == Role.ADMIN)
    pages = crawl(sign_in(person))
    assert len(pages) >= 14
    assert {where: page.faults for where, page in pages.items() if page.faults} == {}
    said = "\n".join(text for page in pages.values() for text in page.texts)
    assert [payload for payload in infested if payload not in said] == []
    assert str(7777 * 7777) not in said


def test_somebody_of_no_brand_sees_none_of_it(sign_in: SignIn, infested: list[str], stranger: User) -> None:
    Membership.objects.filter(user=stranger).delete()
    pages = crawl(sign_in(stranger))
    assert all("pwn" not in text for page in pages.values() for text in page.texts)


def crawl(browser: Client) -> dict[str, Page]:
    """Every page that can be reached by looking, some of each kind."""
    waiting, seen, of_a_kind = deque(["/"]), {"/"}, Counter[str]()
    pages: dict[str, Page] = {}
    while waiting:
        where = waiting.popleft()
        answer = browser.get(where, follow=True)
        assert answer.status_code in (200, 204, 405), where
        if answer.streaming:
            b"".join(answer)
            continue
        if "html" not in answer.get("Content-Type", ""):
            continue
        page = pages[where] = Page(answer.content.decode())
        for link in page.links:
            name = route(link)
            if name and link not in seen and of_a_kind[name] < OF_A_ROUTE:
                of_a_kind[name] += 1
                seen.add(link)
                waiting.append(link)
    return pages


def route(link: str) -> str:
    """The name of the page that the link leads to, empty when it leads to none of ours."""
    try:
        name = resolve(urlsplit(link).path).url_name or ""
    except Resolver404:
        return ""
    return "" if name in ("export_download", "logout") else name


# --- Forms take it as it is -----------------------------------------------------------------------


@pytest.mark.parametrize("payload", MARKUP)
def test_a_form_keeps_what_was_typed(sign_in: SignIn, marketer: User, brand: Brand, payload: str) -> None:
    browser, product = sign_in(marketer), cast.product(brand)
    told = {"name": payload, "sku": payload, "description": payload}
    browser.post(f"/products/{product.pk}/edit/", told)
    product.refresh_from_db()
    assert (product.name, product.sku) == (payload.strip(), payload.strip())
    draft = cast.shoot(brand)
    plan = {"name": payload, "resolution": "1K", "takes": "1"}
    browser.post(f"/shoots/{draft.pk}/plan/", plan)
    assert Shoot.objects.get(pk=draft.pk).name == payload.strip()
    for where in ("gallery", "products"):
        found = Page(browser.get(f"/b/{brand.slug}/{where}/", {"q": payload}).content.decode())
        assert found.faults == []


@pytest.mark.parametrize("sign", ["=", "+", "-", "@", "\t=", "\r=", "\n=", "|", "%", " ="])
def test_no_file_name_is_a_formula(brand: Brand, sign: str) -> None:
    """A list of an archive's files is pasted into spreadsheets."""
    product = cast.product(brand, f"{sign}cmd|'/c calc'!A1")
    one = cast.render(cast.shoot(brand, launched=True), product=product, state=State.FAILED)
    names = [name_of(one), wish("{sku}.{ext}", one, None, "png", (1, 1)), wish("", one, None, "png", (1, 1))]
    assert all(name[0].isalnum() for name in names), names


# --- Logs -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r", "\u2028", "\x1b[2K\r", "\x0b", "\x85"])
def test_no_line_of_the_log_can_be_forged(client: Client, db: None, end: str) -> None:
    forged = f"x{end}2026-01-01 00:00:00,000 INFO studio ines is an admin now"
    out = io.StringIO()
    handler = logging.StreamHandler(out)
    handler.setFormatter(OneLine("%(asctime)s %(levelname)s %(name)s %(message)s"))
    loggers = [logging.getLogger(name) for name in ("django", "axes", "studio")]
    for logger in loggers:
        logger.addHandler(handler)
    try:
        client.get("/" + forged.replace("\n", "%0a").replace("\r", "%0d"))
        client.post("/accounts/login/", {"username": forged, "password": "guess"})
        client.get("/accounts/login/", headers={"host": forged})
        logging.getLogger("studio").warning("File %s refused", forged)
        try:
            raise ValueError(forged)
        except ValueError:
            logging.getLogger("studio").exception("File refused")
    finally:
        for logger in loggers:
            logger.removeHandler(handler)
    lines = [line for line in out.getvalue().splitlines() if line.startswith("2026-01-01 00:00:00")]
    assert lines == []
    assert "ines is an admin now" in out.getvalue()
