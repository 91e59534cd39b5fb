"""Markup that people typed, in a real browser: nothing runs, nothing is fetched from elsewhere."""

from collections.abc import Callable
from urllib.parse import urlsplit

from django.urls import reverse
from playwright.sync_api import Page
from pytest_django.live_server_helper import LiveServer

from studio.models import Brand, State, User
from tests import cast, pictures
from tests.payloads import MARKUP


def test_nothing_that_was_typed_runs(
    page: Page, live_server: LiveServer, signed_in: Callable[[User], None], admin: User, brand: Brand
) -> None:
    User.objects.filter(pk=admin.pk).update(first_name=MARKUP[3], is_staff=True)
    Brand.objects.update(name=MARKUP[0])
    addresses = infest(brand, admin)
    signed_in(admin)
    opened: list[str] = []
    page.on("dialog", lambda dialog: (opened.append(dialog.message), dialog.dismiss()))
    page.on("request", lambda request: opened.append(request.url) if away(request.url, live_server) else None)
    page.on("console", lambda line: opened.append(line.text) if line.type == "error" else None)
    for address in addresses:
        page.goto(live_server.url + address)
        assert (
            page.evaluate("document.querySelectorAll('pwn, iframe, base, [onerror], [onload]').length") == 0
        )
    assert opened == []


def infest(brand: Brand, admin: User) -> list[str]:
    """Rows whose every text holds markup; gives the pages that show them."""
    for number, payload in enumerate(MARKUP):
        product = cast.product(brand, f"{payload[:76]}{number}", name=payload, description="\n".join(MARKUP))
        shot = cast.packshot(product, data=pictures.photo(64, 64), file_name=payload)
    scene = cast.scene(
        brand, surface=MARKUP[0], light=MARKUP[7], mood="\n".join(MARKUP)[:600], keep=MARKUP[9]
    )
    scene.name = MARKUP[7]
    scene.save()
    draft, shoot = cast.shoot(brand, name=MARKUP[7]), cast.shoot(brand, launched=True, name=MARKUP[3])
    place = cast.placement(channel=MARKUP[0], name=MARKUP[3], notes="\n".join(MARKUP))
    shoot.placements.add(place)
    more = {"product": product, "packshot": shot, "scene_version": scene.current, "prompt": "\n".join(MARKUP)}
    key = cast.stored(pictures.photo(64, 64, "PNG"), "pictures/1.png")
    done = cast.render(
        shoot, state=State.DONE, picture=key, screen=key, thumb=key, width=64, height=64, **more
    )
    failed = {"failure": "touches_edge", "failure_values": {"file": MARKUP[3]}}
    lost = cast.render(shoot, state=State.FAILED, ratio="16:9", **failed, **more)
    rows = [
        ("product", product), ("product_delete", product), ("shoot", shoot), ("plan", draft),
        ("render", done), ("render", lost), ("scene", scene),
    ]  # fmt: skip
    lists = ("products", "shoots", "gallery", "presets", "placements", "people")
    return [
        *(reverse(name, args=[brand.slug]) for name in lists),
        *(reverse(name, args=[row.pk]) for name, row in rows),
    ]


def away(address: str, live_server: LiveServer) -> bool:
    where = urlsplit(address)
    return where.scheme not in ("data", "blob") and f"{where.scheme}://{where.netloc}" != live_server.url
