"""A cut-out is corrected by hand: with the mouse, with a finger, and with what the keyboard can do of it."""

import json
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import pytest
from django.urls import reverse
from PIL import Image
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from studio import storage, tasks
from studio.flow import correction, intake
from studio.models import Brand, Packshot, User
from tests.browser.test_phone import assert_fits

SignIn = Callable[[User], None]
MUG = Path(__file__).parents[2] / "studio/starter/samples/mug.jpg"
HOLE = (0.769, 0.484)  # of the mug's handle
FILLED = [{"keep": True, "radius": 0.05, "points": [[0.769, 0.44], [0.769, 0.52]]}]


@pytest.fixture
def mug(live_server: LiveServer, brand: Brand, marketer: User, signed_in: SignIn) -> Packshot:
    """The sample mug, cut out with the hole of its handle filled; Ines is signed in."""
    shot = intake.receive(brand, None, "MUG.jpg", MUG.read_bytes()).packshot
    correction.ask(shot, None, json.dumps(FILLED))
    tasks.cut_out(shot.pk)
    signed_in(marketer)
    return shot


def alpha(shot: Packshot, x: float, y: float) -> int:
    shot.refresh_from_db()
    with Image.open(BytesIO(storage.read(shot.cutout))) as image:
        pixel = image.getchannel("A").getpixel((x * image.width, y * image.height))
    assert isinstance(pixel, int)
    return pixel


def opened(page: Page, live_server: LiveServer, shot: Packshot) -> None:
    page.goto(live_server.url + reverse("product", args=[shot.product_id]))
    page.get_by_role("link", name="Correct the cut-out").first.click()
    expect(page.locator("[data-stage][data-tool-now]")).to_be_visible()  # its script is there


def draw(page: Page, *points: tuple[float, float]) -> None:
    """A stroke with the left button through these shares of the packshot."""
    box = page.locator("[data-sheet]").bounding_box()
    assert box
    spots = [(box["x"] + x * box["width"], box["y"] + y * box["height"]) for x, y in points]
    page.mouse.move(*spots[0])
    page.mouse.down()
    for spot in spots[1:]:
        page.mouse.move(*spot, steps=8)
    page.mouse.up()


def inked(page: Page) -> int:
    """How many pixels of the paper are drawn over."""
    script = """paper => paper.getContext("2d").getImageData(0, 0, paper.width, paper.height).data
        .filter((value, index) => index % 4 === 3 && value > 0).length"""
    return int(page.locator("canvas").evaluate(script))


@pytest.mark.usefixtures("workers")
def test_a_filled_handle_is_opened_with_the_mouse(page: Page, live_server: LiveServer, mug: Packshot) -> None:
    assert alpha(mug, *HOLE) == 255
    opened(page, live_server, mug)
    before = page.locator(".brush-cut").get_attribute("src")
    page.get_by_role("button", name="Remove").click()
    expect(page.get_by_role("button", name="Apply")).to_be_disabled()
    draw(page, (0.769, 0.45), (0.769, 0.51))
    page.get_by_role("button", name="Apply").click()
    expect(page.get_by_role("status").filter(has_text="Corrected.")).to_be_visible(timeout=60_000)
    assert page.locator(".brush-cut").get_attribute("src") != before
    assert alpha(mug, *HOLE) == 0
    assert alpha(mug, 0.45, 0.5) == 255, "the body of the mug is as it was"
    assert inked(page) == 0, "what was applied is seen in the cut-out itself"
    expect(page.get_by_role("button", name="Apply")).to_be_disabled()
    page.get_by_role("link", name="Back to product").click()
    expect(page.get_by_text("Cut-out, corrected")).to_be_visible()


def test_strokes_are_undone_and_redone_from_the_keyboard(
    page: Page, live_server: LiveServer, mug: Packshot
) -> None:
    opened(page, live_server, mug)
    page.keyboard.press("k")
    expect(page.get_by_role("button", name="Keep")).to_have_attribute("aria-pressed", "true")
    page.keyboard.press("r")
    expect(page.get_by_role("button", name="Remove")).to_have_attribute("aria-pressed", "true")
    slider = page.get_by_role("slider", name="Size of the brush")
    page.keyboard.press("]")
    expect(slider).to_have_value("58")
    page.keyboard.press("[")
    expect(slider).to_have_value("50")
    draw(page, (0.2, 0.2), (0.4, 0.2))
    one = inked(page)
    draw(page, (0.2, 0.4), (0.4, 0.4))
    two = inked(page)
    assert 0 < one < two
    page.keyboard.press("Control+z")
    assert inked(page) == one
    page.keyboard.press("Control+z")
    assert inked(page) == 0
    expect(page.get_by_role("button", name="Apply")).to_be_disabled()
    page.keyboard.press("Control+Shift+Z")
    page.keyboard.press("Control+y")
    assert inked(page) == two
    page.keyboard.press("+")
    expect(page.locator("[data-zoomed]")).to_have_text("150 %")
    page.keyboard.press("0")
    expect(page.locator("[data-zoomed]")).to_have_text("100 %")


def test_strokes_outlive_a_failed_request_and_a_reload(
    page: Page, live_server: LiveServer, mug: Packshot
) -> None:
    opened(page, live_server, mug)
    draw(page, (0.2, 0.2), (0.4, 0.2))
    ink = inked(page)
    address = "**" + reverse("cutout_correct", args=[mug.pk])
    page.route(address, lambda route: route.abort())
    page.get_by_role("button", name="Apply").click()
    expect(page.locator("[data-told]")).to_have_text("The studio did not answer. Your strokes are kept.")
    page.unroute(address)
    page.route(address, lambda route: route.fulfill(status=503))
    page.get_by_role("button", name="Apply").click()
    expect(page.locator("[data-told]")).to_have_text(
        "The studio could not take it (503). Your strokes are kept."
    )
    assert inked(page) == ink
    page.reload()
    expect(page.locator("[data-told]")).to_have_text("What you drew before is back. It is not applied yet.")
    assert inked(page) > 0
    expect(page.get_by_role("button", name="Apply")).to_be_enabled()
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_role("button", name="Apply")).to_be_disabled()
    page.reload()
    expect(page.get_by_role("button", name="Apply")).to_be_disabled()


def test_the_packshot_is_moved_with_the_space_bar_and_zoomed_where_the_mouse_is(
    page: Page, live_server: LiveServer, mug: Packshot
) -> None:
    opened(page, live_server, mug)
    stage = page.locator("[data-stage]")
    box = stage.bounding_box()
    assert box
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.keyboard.down("Control")
    page.mouse.wheel(0, -2000)
    page.keyboard.up("Control")
    expect(page.locator("[data-zoomed]")).to_have_text("400 %")
    before = stage.evaluate("one => one.scrollLeft")
    page.get_by_role("button", name="Keep").focus()
    page.keyboard.down(" ")
    page.mouse.down()
    page.mouse.move(x - 120, y, steps=4)
    page.mouse.up()
    page.keyboard.up(" ")
    assert stage.evaluate("one => one.scrollLeft") == pytest.approx(before + 120, abs=2)
    assert inked(page) == 0, "it was moved, not drawn over"
    expect(page.get_by_role("button", name="Remove")).to_have_attribute("aria-pressed", "true")


@pytest.mark.browser_context_args(
    viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True, device_scale_factor=2
)
def test_one_finger_draws_and_two_zoom(page: Page, live_server: LiveServer, mug: Packshot) -> None:
    page.goto(live_server.url + reverse("product", args=[mug.product_id]))
    assert_fits(page)
    opened(page, live_server, mug)
    box = page.locator("[data-sheet]").bounding_box()
    assert box
    touch = page.context.new_cdp_session(page)

    def fingers(kind: str, *points: tuple[float, float]) -> None:
        spots = [
            {"x": box["x"] + x * box["width"], "y": box["y"] + y * box["height"], "id": number}
            for number, (x, y) in enumerate(points)
        ]
        touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": spots})

    fingers("touchStart", (0.2, 0.2))
    fingers("touchMove", (0.3, 0.2))
    fingers("touchMove", (0.4, 0.2))
    fingers("touchEnd")
    ink = inked(page)
    assert ink > 0
    fingers("touchStart", (0.4, 0.5))
    fingers("touchStart", (0.4, 0.5), (0.6, 0.5))
    fingers("touchMove", (0.3, 0.5), (0.7, 0.5))
    fingers("touchEnd")
    expect(page.locator("[data-zoomed]")).to_have_text("200 %")
    page.get_by_role("button", name="Undo").tap()
    assert inked(page) == 0, "the two fingers left no stroke"
    assert_fits(page)
