"""Packshots that cannot be cut out well: each says what it suffers from and what to do; nothing is silent."""

from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image, ImageDraw

from studio import starter, tasks
from studio.messages import say
from studio.models import Brand, Packshot, Render, Shoot, User
from tests import cast, pictures

HTMX = {"HX-Request": "true"}
BRUSH, SHOOT, HIAPI = "with the brush", "shoot again", "use HiAPI"


@pytest.fixture
def ines(sign_in: Callable[[User], Client], marketer: User) -> Client:
    return sign_in(marketer)


def upload(ines: Client, brand: Brand, data: bytes) -> tuple[int, str]:
    sent = {"file": SimpleUploadedFile("CUP.jpg", data)}
    answer = ines.post(f"/b/{brand.slug}/products/upload/", sent, headers=HTMX)
    return answer.status_code, answer.content.decode()


def judged(ines: Client, brand: Brand, data: bytes) -> tuple[Packshot, str, str]:
    """Through the upload and the worker: the packshot, its product page, and the page of a plan with it."""
    status, row = upload(ines, brand, data)
    assert status == 200, row
    shot = Packshot.objects.get()
    tasks.cut_out(shot.pk)
    shot.refresh_from_db()
    shoot = cast.shoot(brand)
    shoot.products.add(shot.product)
    plan = ines.get(f"/shoots/{shoot.pk}/plan/").content.decode()
    return shot, ines.get(f"/products/{shot.product_id}/").content.decode(), plan


def on_a_busy_wall() -> bytes:
    dice = np.random.default_rng(3).integers(0, 255, (40, 40, 3), dtype=np.uint8)
    wall = Image.fromarray(dice).resize((600, 600), Image.Resampling.BICUBIC)
    ImageDraw.Draw(wall).rounded_rectangle((200, 150, 400, 480), 20, "#b5482f")
    return pictures.encoded(wall, "JPEG", quality=92)


def over_the_edge() -> bytes:
    picture = Image.new("RGB", (600, 600), "#f4f4f2")
    ImageDraw.Draw(picture).rectangle((220, 160, 380, 600), "#b5482f")
    return pictures.encoded(picture, "JPEG", quality=92)


def all_white() -> bytes:
    return pictures.encoded(Image.new("RGB", (600, 600), "white"), "JPEG", quality=92)


def white_on_white() -> bytes:
    """Porcelain on white paper, of which parts have no outline at all."""
    return (Path(starter.__file__).parent / "samples/dripper.jpg").read_bytes()


@pytest.mark.parametrize(
    ("data", "code", "advice"),
    [
        (on_a_busy_wall(), "background_not_plain", (BRUSH, SHOOT, HIAPI)),
        (over_the_edge(), "touches_edge", (BRUSH, "Shoot again", HIAPI)),
        (all_white(), "nothing_found", ("with the brush", "Upload a packshot that shows", HIAPI)),
        (white_on_white(), "low_contrast", (BRUSH, SHOOT, HIAPI)),
    ],
    ids=["no plain background", "touching the edge", "all white", "white on white"],
)
def test_each_doubt_is_told_with_its_advice_and_leads_to_the_brush(
    ines: Client, brand: Brand, data: bytes, code: str, advice: tuple[str, ...]
) -> None:
    shot, product, plan = judged(ines, brand, data)
    told = say(code, file="CUP.jpg").sentence
    assert shot.cutout_reason == code
    assert told in product
    assert all(part in told for part in advice)
    brush = f'href="/packshots/{shot.pk}/cutout/"'
    assert brush in product
    assert brush in plan
    assert told in ines.get(f"/packshots/{shot.pk}/cutout/").content.decode()


def test_a_tiny_packshot_asks_for_a_larger_one_and_offers_no_brush(ines: Client, brand: Brand) -> None:
    shot, product, plan = judged(ines, brand, pictures.packshot(width=60, height=60))
    assert say("tiny", file="CUP.jpg").sentence in product
    assert "cutout/" not in product.replace(f"/packshots/{shot.pk}/cutout/thumb/", "")
    assert "No picture will be made of CUP" in plan
    assert ines.get(f"/packshots/{shot.pk}/cutout/")["Location"] == f"/products/{shot.product_id}/"


def flat(width: int, height: int) -> bytes:
    picture = Image.new("RGB", (width, height), "#f4f4f2")
    box = (int(width * 0.35), int(height * 0.3), int(width * 0.65), int(height * 0.85))
    ImageDraw.Draw(picture).rectangle(box, "#b5482f")
    out = BytesIO()
    picture.save(out, "JPEG", quality=80)
    return out.getvalue()


def test_fifty_megapixels_are_taken_and_cut_out_cleanly(ines: Client, brand: Brand) -> None:
    shot, product, plan = judged(ines, brand, flat(8660, 5773))
    assert max(shot.width, shot.height) == 4096
    assert shot.cutout_reason == ""
    assert 'class="small bad"' not in product
    assert "may not cut out" not in plan


def test_more_than_fifty_megapixels_are_refused_in_a_sentence(ines: Client, brand: Brand) -> None:
    status, row = upload(ines, brand, flat(8700, 5800))
    assert status == 422
    assert say("too_many_pixels", width=8700, height=5800, limit=50_000_000).sentence in row
    assert not Packshot.objects.exists()


def test_what_cannot_be_cut_out_makes_no_picture(ines: Client, brand: Brand) -> None:
    judged(ines, brand, all_white())
    shoot = Shoot.objects.get()
    shoot.scenes.add(cast.scene())
    Shoot.objects.update(ratios=["1:1"])
    answer = ines.post(f"/shoots/{shoot.pk}/launch/")
    assert answer.status_code == 422
    assert "No picture will be made of CUP: cutting out failed" in answer.content.decode()
    assert not Render.objects.exists()
