"""Who may do what: every route, both methods, five people. A route that is not declared here fails."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import pytest
from django.db import transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import get_resolver, reverse

from studio.flow import invitation as flow_invitation
from studio.flow import people as flow_people
from studio.flow import reference as flow_reference
from studio.flow.engines import ENGINES
from studio.models import Brand, Cut, Export, Import, Role, Scene, State, User
from tests import cast
from tests.engines import ScriptedRemote

PUBLIC, SIGNED_IN, STAFF = "public", "signed in", "staff"
VIEWER, MARKETER, ADMIN = Role.VIEWER, Role.MARKETER, Role.ADMIN
Who = str | Role

# route: who may GET, who may POST. What is not named is 405.
MATRIX: dict[str, dict[str, Who]] = {
    "home": {"GET": SIGNED_IN},
    "welcome": {"GET": PUBLIC, "POST": PUBLIC},
    "login": {"GET": PUBLIC, "POST": PUBLIC},
    "logout": {"POST": SIGNED_IN},
    "password_change": {"GET": SIGNED_IN, "POST": SIGNED_IN},
    "password_reset": {"GET": PUBLIC, "POST": PUBLIC},
    "password_reset_done": {"GET": PUBLIC},
    "password_reset_confirm": {"GET": PUBLIC, "POST": PUBLIC},
    "account": {"GET": SIGNED_IN, "POST": SIGNED_IN},
    "healthz": {"GET": PUBLIC},
    "readyz": {"GET": PUBLIC},
    "products": {"GET": VIEWER},
    "upload": {"POST": MARKETER},
    "verdicts": {"GET": VIEWER},
    "product": {"GET": VIEWER},
    "product_edit": {"POST": MARKETER},
    "product_delete": {"GET": MARKETER, "POST": MARKETER},
    "packshot_delete": {"POST": MARKETER},
    "cutout": {"GET": MARKETER},
    "cutout_correct": {"POST": MARKETER},
    "cutout_automatic": {"POST": MARKETER},
    "cutout_news": {"GET": MARKETER},
    "imports": {"GET": MARKETER},
    "import_new": {"POST": MARKETER},
    "import_sample": {"GET": MARKETER},
    "import": {"GET": MARKETER},
    "import_file": {"POST": MARKETER},
    "import_mapping": {"GET": MARKETER, "POST": MARKETER},
    "import_check": {"POST": MARKETER},
    "import_apply": {"POST": MARKETER},
    "import_stop": {"POST": MARKETER},
    "import_retry": {"POST": MARKETER},
    "import_problems": {"GET": MARKETER},
    "import_delete": {"POST": MARKETER},
    "shoots": {"GET": VIEWER},
    "shoot_new": {"POST": MARKETER},
    "shoot": {"GET": VIEWER},
    "plan": {"GET": MARKETER, "POST": MARKETER},
    "launch": {"POST": MARKETER},
    "shoot_cancel": {"POST": MARKETER},
    "shoot_retry": {"POST": MARKETER},
    "shoot_delete": {"POST": MARKETER},
    "shoot_news": {"GET": VIEWER},
    "shoot_export": {"POST": VIEWER},
    "gallery": {"GET": VIEWER},
    "gallery_approve": {"POST": MARKETER},
    "gallery_reject": {"POST": MARKETER},
    "gallery_clear": {"POST": MARKETER},
    "render": {"GET": VIEWER},
    "render_approve": {"POST": MARKETER},
    "render_reject": {"POST": MARKETER},
    "render_clear": {"POST": MARKETER},
    "render_rerun": {"POST": MARKETER},
    "render_edit": {"POST": MARKETER},
    "render_final": {"POST": MARKETER},
    "render_evidence": {"POST": ADMIN},
    "render_adopt": {"POST": ADMIN},
    "render_not_bought": {"POST": ADMIN},
    "render_lost": {"POST": ADMIN},
    "render_retry": {"POST": MARKETER},
    "export": {"GET": VIEWER},
    "export_new": {"GET": VIEWER, "POST": VIEWER},
    "export_create": {"POST": VIEWER},
    "export_again": {"POST": VIEWER},
    "render_thumb": {"GET": VIEWER},
    "render_screen": {"GET": VIEWER},
    "render_picture": {"GET": VIEWER},
    "render_download": {"GET": VIEWER},
    "packshot_thumb": {"GET": VIEWER},
    "packshot_picture": {"GET": VIEWER},
    "packshot_cutout": {"GET": VIEWER},
    "packshot_cutout_thumb": {"GET": VIEWER},
    "scene_version_preview": {"GET": VIEWER},
    "cut_download": {"GET": VIEWER},
    "export_download": {"GET": VIEWER},
    "spend": {"GET": ADMIN},
    "spend_csv": {"GET": ADMIN},
    "limits": {"GET": ADMIN},
    "budget": {"POST": ADMIN},
    "membership_limit": {"POST": ADMIN},
    "engine": {"GET": STAFF},
    "engine_pause": {"POST": STAFF},
    "engine_drain": {"POST": STAFF},
    "engine_resume": {"POST": STAFF},
    "engine_reopen": {"POST": STAFF},
    "engine_confirm": {"POST": STAFF},
    "hiapi_callback": {"POST": PUBLIC},
    "reference": {"GET": PUBLIC},
    "presets": {"GET": VIEWER},
    "placements": {"GET": VIEWER},
    "placement_new": {"GET": ADMIN, "POST": ADMIN},
    "placement_sketch": {"GET": ADMIN},
    "placement_edit": {"GET": ADMIN, "POST": ADMIN},
    "placement_retire": {"POST": ADMIN},
    "placement_revive": {"POST": ADMIN},
    "scene_new": {"GET": ADMIN, "POST": ADMIN},
    "scene": {"GET": VIEWER, "POST": ADMIN},
    "scene_preview": {"POST": ADMIN},
    "scene_publish": {"POST": ADMIN},
    "scene_retire": {"POST": ADMIN},
    "scene_revive": {"POST": ADMIN},
    "people": {"GET": VIEWER},
    "invite": {"POST": ADMIN},
    "leave": {"GET": VIEWER, "POST": VIEWER},
    "membership_role": {"POST": ADMIN},
    "membership_remove": {"GET": ADMIN, "POST": ADMIN},
    "invitation": {"GET": PUBLIC, "POST": PUBLIC},
    "invitation_accept": {"POST": PUBLIC},
    "invitation_renew": {"POST": ADMIN},
    "invitation_withdraw": {"POST": ADMIN},
    "brand_new": {"GET": STAFF, "POST": STAFF},
    "brand_settings": {"GET": ADMIN, "POST": ADMIN},
    "brand_prompt": {"POST": ADMIN},
}
OF_A_BRAND = {
    "products", "upload", "verdicts", "shoots", "shoot_new", "presets", "placements", "scene_new", "people",
    "invite", "leave", "brand_settings", "brand_prompt",
    "gallery", "gallery_approve", "gallery_reject", "gallery_clear", "export_new", "export_create",
    "imports", "import_new", "import_sample",
    "placement_new", "placement_sketch", "spend", "spend_csv", "limits", "budget",
}  # fmt: skip


@dataclass
class World:
    """One of everything in Northfold, as the arguments of each route."""

    brand: Brand
    scene: Scene
    arguments: dict[str, dict[str, object]]

    def address(self, name: str) -> str:
        return reverse(name, kwargs=self.arguments.get(name, {}))


@pytest.fixture
def world(brand: Brand, monkeypatch: pytest.MonkeyPatch) -> World:
    monkeypatch.setitem(ENGINES, "hiapi", ScriptedRemote())
    product = cast.product(brand)
    cut_out = cast.stored(b"cut", "cutouts/one.png")
    packshot = cast.packshot(product, cutout=cut_out, cutout_thumb=cut_out)
    draft, launched = cast.shoot(brand), cast.shoot(brand, launched=True)
    render = cast.render(launched, product=product, state=State.DONE)
    failed = cast.render(launched, product=product, ratio="3:1", state=State.FAILED, failure="engine_failed")
    scene = cast.scene(of=brand)
    version = scene.current
    assert version is not None
    version.preview = cast.stored(b"preview", "previews/one.webp")
    version.save(update_fields=["preview"])
    cut = Cut.objects.create(
        render=render, placement=cast.placement(), file=cast.stored(b"cut", "cuts/one.jpg"), extension="jpg",
        media_type="image/jpeg", width=10, height=10, bytes=3,
    )  # fmt: skip
    archive = Export.objects.create(
        brand=brand,
        shoot=launched,
        state="done",
        file=cast.listing(),
        count=1,
        bytes=2,
    )
    listed = Import.objects.create(
        brand=brand, table=cast.stored(b"SKU\nA\n", "imports/one.csv"), table_name="one.csv", state="checked"
    )
    colleague = cast.person("Bo Brief", brand, Role.ADMIN)
    invitation, token = flow_invitation.invite(brand, colleague, Role.VIEWER)
    rows = {
        "membership": colleague.memberships.get().pk, "invitation": invitation.pk,
        "product": product.pk, "packshot": packshot.pk, "shoot": launched.pk, "render": render.pk,
        "import": listed.pk, "cutout": packshot.pk, "cut": cut.pk, "export": archive.pk, "scene": scene.pk,
        "placement": cast.placement(brand=brand).pk,
    }  # fmt: skip
    special = {"plan": draft.pk, "launch": draft.pk, "shoot_delete": draft.pk, "render_retry": failed.pk}
    arguments: dict[str, dict[str, object]] = {
        "welcome": {"token": flow_people.welcome_token()},
        "invitation": {"token": token},
        "invitation_accept": {"token": token},
        "password_reset_confirm": {"uidb64": "MQ", "token": "set-password"},
        "hiapi_callback": {"token": "of-a-task"},
        "reference": {"token": flow_reference.link(packshot).rstrip("/").rpartition("/")[2]},
        "scene_version_preview": {"pk": version.pk},
    }
    for name in MATRIX:
        noun = name.split("_")[0]
        if name in OF_A_BRAND:
            arguments[name] = {"brand": brand.slug}
        elif name in special or noun in rows:
            arguments.setdefault(name, {"pk": special.get(name) or rows[noun]})
    return World(brand, scene, arguments)


@pytest.fixture
def crowd(
    viewer: User, marketer: User, admin: User, stranger: User, sign_in: Callable[[User], Client]
) -> dict[str, Client]:
    people = {"stranger": stranger, "viewer": viewer, "marketer": marketer, "admin": admin}
    return {"anonymous": Client()} | {name: sign_in(person) for name, person in people.items()}


def test_every_route_is_declared_and_nothing_else() -> None:
    routes = {name for name in get_resolver().reverse_dict if isinstance(name, str)}
    assert routes == set(MATRIX)


@pytest.mark.parametrize("name", sorted(MATRIX))
def test_each_person_gets_in_or_is_turned_away(name: str, world: World, crowd: dict[str, Client]) -> None:
    address = world.address(name)
    for method in ("GET", "POST"):
        seen = {who: ask(client, method, address) for who, client in crowd.items()}
        assert seen == expected(name, method), method


def ask(client: Client, method: str, address: str) -> str:
    """What happened, in one word; whatever was changed is undone."""
    with undone():
        response = client.get(address) if method == "GET" else client.post(address)
        if response.streaming:
            b"".join(response)  # reads to the end, which closes the file
        return verdict(response)


def verdict(response: "HttpResponse") -> str:
    where = response.headers.get("Location", "")
    if where.startswith("/accounts/login/?next="):
        return "sign in"
    return {403: "forbidden", 404: "not found", 405: "no such method"}.get(response.status_code) or (
        "in" if response.status_code < 500 or response.status_code == 503 else f"error {response.status_code}"
    )


def expected(name: str, method: str) -> dict[str, str]:
    """Anonymous people are asked to sign in, strangers see nothing, too low a role is told so."""
    who = MATRIX[name].get(method)
    public = PUBLIC in MATRIX[name].values()
    people = ("anonymous", "stranger", "viewer", "marketer", "admin")
    if who is None:
        return {
            person: "no such method" if public or person != "anonymous" else "sign in" for person in people
        }
    if who == STAFF:
        return dict.fromkeys(people, "forbidden") | {"anonymous": "sign in"}
    if who in (PUBLIC, SIGNED_IN):
        return {person: "in" if public or person != "anonymous" else "sign in" for person in people}
    roles = {"viewer": Role.VIEWER, "marketer": Role.MARKETER, "admin": Role.ADMIN}
    members = {person: "in" if role >= Role(who) else "forbidden" for person, role in roles.items()}
    return {"anonymous": "sign in", "stranger": "not found"} | members


@contextmanager
def undone() -> Iterator[None]:
    with transaction.atomic():
        yield
        transaction.set_rollback(True)
