"""Hostile files and names through the upload page: a verdict for each, nothing of it served, never a 5xx."""

import io
import random
import re
from collections.abc import Callable, Iterator
from email.message import Message
from pathlib import Path
from urllib.parse import unquote

import pytest
from django.conf import LazySettings
from django.http import HttpResponse
from django.test import Client
from PIL import Image, ImageChops, ImageStat

from studio.flow import cutout, disk, intake
from studio.flow.naming import name_of
from studio.imaging import decoder
from studio.models import Brand, Packshot, Product, State, User
from studio.web import caps
from tests import cast, odd_pictures, pictures
from tests.stores import files

SignIn = Callable[[User], Client]
LINE = "----line"
TAKEN, REFUSED = 200, 422
OUR_KEY = re.compile(r"[a-z]+/[0-9a-f]{2}/[0-9a-f]{32}\.(bin|jpg|png|webp)")
SEEDS = {
    "JPEG": pictures.photo(), "PNG": pictures.photo(format="PNG"), "WebP": pictures.photo(format="WebP"),
    "HEIC": pictures.photo(format="HEIC"), "AVIF": pictures.photo(format="AVIF"),
}  # fmt: skip
NAMES = [
    "../../etc/passwd", "..\\..\\windows\\win.ini.jpg", "/etc/cron.d/x.jpg", "C:\\CON.jpg", "CON.jpg",
    "nul.png", "a\x00.php.jpg", "x" * 300 + ".jpg", "x" * 5000, "\u202egpj.exe", "a\nb.jpg",
    "a\r\nSet-Cookie: x=y.jpg",
    '"quoted".jpg', "'single'.jpg", "a;b.jpg", "a;filename=b.jpg", "📷.jpg", "Fu\u0308ße.jpg", "-rf.jpg",
    "--help.jpg", ".htaccess", "a.php.jpg", "a.jpg.php", "a.svg", "%2e%2e%2fpasswd.jpg", "a%00b.jpg", ".",
    "..", "...", " ", "", "~.jpg", "$(id).jpg", "`id`.jpg", "|cat.jpg", "a*b?.jpg",
    "<svg onload=alert(1)>.jpg",
    "{{ 7*7 }}.jpg", "\ufeff\u200b.jpg", "=cmd|' /C calc'!A0.jpg",
]  # fmt: skip


def send(ines: Client, brand: Brand, data: bytes, name: str = "MUG.jpg", **headers: str) -> HttpResponse:
    """One file as raw multipart: the name reaches the server as it is."""
    escaped = name.encode("utf-8", "surrogatepass").replace(b'"', b"%22")
    head = b'Content-Disposition: form-data; name="file"; filename="' + escaped + b'"'
    body = b"--%s\r\n%s\r\n\r\n%s\r\n--%s--\r\n" % (LINE.encode(), head, data, LINE.encode())
    return post(ines, brand, body, **headers)


def post(ines: Client, brand: Brand, body: bytes, **headers: str) -> HttpResponse:
    return ines.generic(
        "POST",
        f"/b/{brand.slug}/products/upload/",
        body,
        content_type=f"multipart/form-data; boundary={LINE}",
        headers={"HX-Request": "true", **headers},
    )


@pytest.fixture
def ines(sign_in: SignIn, marketer: User) -> Client:
    return sign_in(marketer)


def served(ines: Client) -> Iterator[tuple[str, bytes]]:
    """Type and bytes of everything that browsers get of all packshots."""
    for shot in Packshot.objects.all():
        for kind in ("thumb", "picture"):
            answer = ines.get(f"/packshots/{shot.pk}/{kind}/")
            yield answer["Content-Type"], b"".join(answer)  # type: ignore[call-overload]


HEAVY = {"png 7000x7000 rgba 16 bit", "webp 16383x3000"}  # seconds each: tests/faults/test_bombs.py


# --- Bombs ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", sorted(set(pictures.bombs()) - HEAVY))
def test_a_bomb_is_refused_by_its_header_or_decoded_within_limits(
    ines: Client, brand: Brand, name: str
) -> None:
    answer = send(ines, brand, pictures.bombs()[name])
    assert answer.status_code == (TAKEN if name in ("png 5000 texts", "apng 300 frames") else REFUSED)


# --- What is hidden in pictures ------------------------------------------------------------------


@pytest.mark.parametrize("format", ["JPEG", "PNG", "WebP", "AVIF", "HEIC"])
def test_no_metadata_is_served(ines: Client, brand: Brand, format: str) -> None:
    assert send(ines, brand, pictures.chatty(format)).status_code == TAKEN
    pieces = list(served(ines))
    assert len(pieces) == 2
    for _, data in pieces:
        assert b"marker-7f3a" not in data
        with Image.open(io.BytesIO(data)) as image:
            assert not image.getexif()
            assert not {"exif", "xmp", "comment", "icc_profile", "Comment", "Author"} & set(image.info)


@pytest.mark.parametrize(
    "data",
    [
        b"<html><script>alert(1)</script>", b"<?xml version='1.0'?><svg onload='alert(1)'/>",
        b"GIF89a/*" + bytes(20) + b"*/=1;alert(1)", b"%PDF-1.7 alert(1)", b"PK\3\4" + bytes(30),
        b"MZ" + bytes(60), b"%!PS-Adobe-3.0 EPSF-3.0\n(r) file", b"#!/bin/sh\nid", b"\0" * 4096,
        b"BM" + bytes(60),
    ],
)  # fmt: skip
def test_what_is_no_picture_is_refused_whatever_its_name(ines: Client, brand: Brand, data: bytes) -> None:
    assert send(ines, brand, data, "MUG.jpg").status_code == REFUSED
    assert files() == []


@pytest.mark.parametrize("format", ["PNG", "WebP"])
def test_an_animation_says_that_only_its_first_frame_was_taken(
    ines: Client, brand: Brand, format: str
) -> None:
    page = send(ines, brand, pictures.animation(format))
    told = b"Only the first of its %d frames was taken."  # WebP drops a frame that looks like the one before
    assert any(told % count in page.content for count in (2, 3))
    assert b"frames" not in send(ines, brand, pictures.phone_photo(), "PHONE.jpg").content


# --- Odd pictures --------------------------------------------------------------------------------


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_turned_photo_stands_upright_on_the_page_and_in_its_row(
    ines: Client, brand: Brand, orientation: int
) -> None:
    assert send(ines, brand, pictures.turned(orientation)).status_code == TAKEN
    shot = Packshot.objects.get()
    assert (shot.width, shot.height) == (320, 240)
    thumb, picture = (pictures.opened(data) for _, data in served(ines))
    assert not picture.getexif()
    for image in (thumb, picture):
        difference = ImageChops.difference(image.convert("RGB"), pictures.view(320, 240))
        assert max(ImageStat.Stat(difference).mean) <= 5


def test_odd_pictures_are_taken_served_and_judged(ines: Client, brand: Brand) -> None:
    """From a dot to a line of 5,000 pixels, in every depth: none is refused, and none breaks what follows."""
    oddities = [odd_pictures.png(kind, 40, 30) for kind in odd_pictures.KINDS]
    oddities += [odd_pictures.png(odd_pictures.KINDS[0], *size) for size in ((1, 1), (1, 5000), (5000, 1))]
    oddities += [pictures.photo(96, 64, exif=exif) for exif in odd_pictures.exif_loops().values()]
    inks = pictures.view(96, 64).convert("CMYK")
    oddities.append(pictures.encoded(inks, "JPEG", icc_profile=odd_pictures.cmyk_profile()))
    for number, data in enumerate(oddities):
        assert send(ines, brand, data, f"ODD-{number:03}.bin").status_code == TAKEN, number
    assert Packshot.objects.count() == len(oddities)
    assert len([pictures.opened(data) for _, data in served(ines)]) == 2 * len(oddities)
    for shot in Packshot.objects.all():
        cutout.prepare(shot.pk)
    assert not Packshot.objects.filter(cutout="").exists()
    assert Packshot.objects.filter(cutout_reason="tiny").count() == len(odd_pictures.KINDS) + 3


# --- Broken pictures -----------------------------------------------------------------------------


@pytest.mark.parametrize("format", sorted(SEEDS))
def test_a_damaged_picture_gets_a_verdict(ines: Client, brand: Brand, format: str) -> None:
    """Cut at ten places, ten times with bytes changed. The decoder is as good as new afterwards."""
    dice, seed = random.Random(7), SEEDS[format]
    cuts = [seed[: len(seed) * part // 10] for part in range(10)]
    hits = [bytearray(seed) for _ in range(10)]
    for hit in hits:
        for _ in range(12):
            hit[dice.randrange(len(hit))] = dice.randrange(256)
    verdicts = [send(ines, brand, bytes(data)).status_code for data in [*cuts, *hits]]
    assert set(verdicts) <= {TAKEN, REFUSED}
    assert verdicts[:9] == [REFUSED] * 9
    assert send(ines, brand, SEEDS["JPEG"], "WELL.jpg").status_code == TAKEN


# --- Names ---------------------------------------------------------------------------------------


def test_forty_hostile_names_are_shown_and_never_obeyed(ines: Client, brand: Brand) -> None:
    assert len(NAMES) == 40
    for number, name in enumerate(NAMES):
        page = send(ines, brand, pictures.photo(64, 64 + number), name)
        assert page.status_code in (TAKEN, REFUSED, 400 if len(name) > 1000 else TAKEN), name
        assert b"<svg onload" not in page.content
        assert "Set-Cookie" not in page
    for shot in Packshot.objects.select_related("product"):
        assert all(OUR_KEY.fullmatch(key) for key in shot.files)
        for text in (shot.file_name, shot.product.sku):
            assert text == intake.clean_name(text)
            assert not re.search(r"[/\\\x00-\x1f\u202a-\u202e]", text)
    assert Packshot.objects.count() == 36, "three names are none, one is longer than a header may be"
    assert all(OUR_KEY.fullmatch(key) for key in files())
    assert b"<svg onload" not in ines.get(f"/b/{brand.slug}/products/").content


def test_hostile_skus_make_harmless_download_names(ines: Client, brand: Brand) -> None:
    product = cast.product(brand)
    picture = cast.render(cast.shoot(brand, launched=True), product=product, state=State.DONE)
    for name in NAMES:
        told = {"name": name[:120] or "x", "sku": name[:80] or "x"}
        assert ines.post(f"/products/{product.pk}/edit/", told).status_code in (302, REFUSED)
        answer = ines.get(f"/renders/{picture.pk}/download/")
        b"".join(answer)  # type: ignore[call-overload]
        picture.product = Product.objects.get(pk=product.pk)
        for offered in (download_name(answer["Content-Disposition"]), name_of(picture)):
            assert re.fullmatch(r"[\w][\w.\-]*\.png", offered), (name, offered)
            assert ".." not in offered.partition("_")[0].strip(".")


def download_name(header: str) -> str:
    assert header.startswith("attachment")
    parsed = Message()
    parsed["Content-Disposition"] = header
    return unquote(parsed.get_filename() or "")


# --- Limits --------------------------------------------------------------------------------------


@pytest.mark.parametrize(("more", "verdict"), [(0, TAKEN), (1, REFUSED)])
def test_the_limit_of_bytes_is_exact(
    ines: Client, brand: Brand, settings: LazySettings, more: int, verdict: int
) -> None:
    settings.UPLOAD_BYTES = 60_000
    data = pictures.photo()
    data += bytes(60_000 + more - len(data))  # what trails behind a picture is not looked at
    assert send(ines, brand, data).status_code == verdict


def test_ten_times_the_limit_is_refused_unread(ines: Client, brand: Brand, settings: LazySettings) -> None:
    settings.UPLOAD_BYTES = 1_000_000
    read = Counting(b"x" * 10_000_000)
    answer = ines.generic(
        "POST", f"/b/{brand.slug}/products/upload/", b"", headers={"HX-Request": "true"},
        **{"wsgi.input": read, "CONTENT_LENGTH": "10000000",
           "CONTENT_TYPE": f"multipart/form-data; boundary={LINE}"},
    )  # fmt: skip
    assert answer.status_code == REFUSED
    assert b"It has 10 MB; the limit is 1 MB" in answer.content
    assert read.tell() == 0


def test_what_is_far_too_big_is_told_so_without_a_script_too(
    marketer: User, brand: Brand, settings: LazySettings
) -> None:
    """Its token was not read; without the bytes, a form without a token stays one."""
    settings.UPLOAD_BYTES = 1_000
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(marketer)
    strict.get(f"/b/{brand.slug}/products/")
    sent = {"csrfmiddlewaretoken": strict.cookies["csrftoken"].value}
    far = strict.post(f"/b/{brand.slug}/products/upload/", sent | {"file": io.BytesIO(bytes(1_200_000))})
    assert far.status_code == 413
    assert b"It has 1.2 MB; the limit is" in far.content
    assert not Packshot.objects.exists()
    assert strict.post(f"/b/{brand.slug}/products/upload/", {"file": io.BytesIO(b"x")}).status_code == 403


class Counting(io.BytesIO):
    pass


def test_a_body_without_a_length_brings_no_file(ines: Client, brand: Brand) -> None:
    answer = ines.generic(
        "POST", f"/b/{brand.slug}/products/upload/", b"", headers={"HX-Request": "true"},
        **{"wsgi.input": io.BytesIO(b"x" * 1000), "CONTENT_LENGTH": "", "HTTP_TRANSFER_ENCODING": "chunked",
           "CONTENT_TYPE": f"multipart/form-data; boundary={LINE}"},
    )  # fmt: skip
    assert answer.status_code == REFUSED
    assert b"The upload does not say how long it is. Up to 50 MB are taken" in answer.content


@pytest.mark.parametrize(
    ("count", "part", "status", "told"),
    [
        (101, 'name="file"; filename="a.jpg"', 413, b"1 file, 20000 fields and 2.6 MB of text"),
        (1001, 'name="x"', REFUSED, b"1 file, 1000 fields and 2.6 MB of text"),
        (20_001, 'name="x"', 413, b"1 file, 20000 fields and 2.6 MB of text"),
    ],
)
def test_too_many_files_or_fields_are_refused_with_the_limits(
    ines: Client, brand: Brand, count: int, part: str, status: int, told: bytes
) -> None:
    one = f"--{LINE}\r\nContent-Disposition: form-data; {part}\r\n\r\n1\r\n"
    answer = post(ines, brand, (one * count + f"--{LINE}--\r\n").encode())
    assert answer.status_code == status
    assert told in answer.content
    assert not Packshot.objects.exists()


def test_a_thousand_fields_beside_a_picture_are_not_too_many(ines: Client, brand: Brand) -> None:
    one = f'--{LINE}\r\nContent-Disposition: form-data; name="x"\r\n\r\n1\r\n'.encode()
    head = b'Content-Disposition: form-data; name="file"; filename="MUG.jpg"'
    file = b"--%s\r\n%s\r\n\r\n%s\r\n" % (LINE.encode(), head, pictures.photo())
    end = f"--{LINE}--\r\n".encode()
    assert post(ines, brand, one * 1000 + file + end).status_code == TAKEN
    assert post(ines, brand, one * 1001 + file + end).status_code == REFUSED


def test_no_temporary_file_stays(ines: Client, brand: Brand, settings: LazySettings, tmp_path: Path) -> None:
    settings.FILE_UPLOAD_TEMP_DIR = str(tmp_path)
    settings.FILE_UPLOAD_MAX_MEMORY_SIZE = 1000
    for data in (pictures.photo(), b"x" * 50_000, pictures.truncated(pictures.photo())):
        send(ines, brand, data)
    whole = (
        b"--" + LINE.encode() + b'\r\nContent-Disposition: form-data; name="file"; filename="a.jpg"\r\n\r\n'
    )
    post(ines, brand, whole + b"x" * 90_000)  # broken off in the middle
    assert list(tmp_path.iterdir()) == []


def test_a_full_disk_while_a_file_arrives_is_a_sentence(
    ines: Client, brand: Brand, settings: LazySettings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.FILE_UPLOAD_TEMP_DIR = str(tmp_path)
    settings.FILE_UPLOAD_MAX_MEMORY_SIZE = 1000

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(caps.TemporaryFileUploadHandler, "receive_data_chunk", full)
    page = send(ines, brand, pictures.photo())
    assert page.status_code == REFUSED
    assert b"disk is full" in page.content
    assert list(tmp_path.iterdir()) == []


def test_below_the_disks_floor_the_page_says_so(
    ines: Client, brand: Brand, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(disk, "free", lambda: 12_000_000)
    told = b"It has 12 MB left; 500 MB must stay free."
    assert told in send(ines, brand, pictures.photo()).content
    assert told in ines.get(f"/b/{brand.slug}/products/").content
    assert told in ines.get(f"/shoots/{cast.shoot(brand).pk}/plan/").content
    shoot = cast.shoot(brand, launched=True)
    for by_script in ({}, {"HX-Request": "true"}):
        page = ines.post(f"/shoots/{shoot.pk}/export/", headers=by_script, follow=True)
        assert told in page.content


def test_the_decoder_survived_all_of_this() -> None:
    assert decoder.shared().normalise(pictures.photo(), intake.limits()).width == 320
