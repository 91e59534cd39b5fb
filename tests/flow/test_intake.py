"""Files arrive: products come from names, doubles are known by content, a refused file leaves nothing."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.core.files.storage import default_storage
from django.db import OperationalError, connection
from django_q.models import OrmQ
from PIL import Image

from studio import queue, storage
from studio.flow import cutout, intake
from studio.imaging.errors import Refused
from studio.models import Brand, Packshot, Product, User
from tests import cast, pictures


def files() -> int:
    """How many files are stored, in whatever folder."""

    def count(folder: str) -> int:
        folders, names = default_storage.listdir(folder)
        return len(names) + sum(count(f"{folder}/{name}".lstrip("/")) for name in folders)

    try:
        return count("")
    except FileNotFoundError:
        return 0


@pytest.mark.parametrize(
    ("name", "sku", "position"),
    [
        ("MUG-0114.jpg", "MUG-0114", 1),
        ("MUG-0114_2.jpg", "MUG-0114", 2),
        ("MUG-0114 3.PNG", "MUG-0114", 3),
        ("IMG_2231.jpg", "IMG_2231", 1),
        ("MUG_02.jpg", "MUG_02", 1),
        ("..\\..\\windows\\CON.jpg", "CON", 1),
        ("../../etc/passwd", "passwd", 1),
        ("a\u202egpj.exe.jpg", "agpj.exe", 1),
        ("\x00\n.jpg", "Unnamed", 1),
        ("", "Unnamed", 1),
        (".jpg", "Unnamed", 1),
        ("Füße\u0301.webp", "Füßé", 1),
    ],
)
def test_the_name_of_a_file_says_which_product_it_shows(name: str, sku: str, position: int) -> None:
    assert intake.sku_of(name) == (sku, position)


def test_a_long_name_is_cut_and_keeps_its_ending() -> None:
    assert len(intake.clean_name("x" * 400 + ".jpg")) == 204
    assert len(intake.sku_of("x" * 400 + ".jpg")[0]) == 80


def test_a_first_packshot_makes_its_product(brand: Brand, marketer: User) -> None:
    arrival = intake.receive(brand, marketer, "MUG-0114.jpg", pictures.packshot())
    assert arrival.news == "new_product"
    assert (arrival.product.sku, arrival.product.created_by) == ("MUG-0114", marketer)
    assert storage.read(arrival.packshot.original) == pictures.packshot()
    assert storage.read(arrival.packshot.thumb)[8:12] == b"WEBP"


def test_a_numbered_file_is_a_second_packshot_whatever_comes_first(brand: Brand, marketer: User) -> None:
    intake.receive(brand, marketer, "MUG_2.jpg", pictures.packshot(colour="navy"))
    arrival = intake.receive(brand, marketer, "MUG.jpg", pictures.packshot(colour="teal"))
    assert arrival.news == "added"
    assert [shot.file_name for shot in arrival.product.packshots.all()] == ["MUG.jpg", "MUG_2.jpg"]


@pytest.mark.parametrize(("sku", "name"), [("MUG-1", "mug-1_2.jpg"), ("ÖL-2", "öl-2.JPG")])
def test_a_file_in_another_case_goes_to_the_product_that_is_here(brand: Brand, sku: str, name: str) -> None:
    product = cast.product(brand, sku)
    arrival = intake.receive(brand, None, name, pictures.packshot())
    assert (arrival.product, arrival.news) == (product, "added")


def test_twins_of_old_get_the_files_that_are_spelt_like_them(brand: Brand) -> None:
    upper, lower = (cast.product(brand, sku) for sku in ("MUG-1", "mug-1"))
    assert intake.receive(brand, None, "mug-1.jpg", pictures.packshot(colour="navy")).product == lower
    assert intake.receive(brand, None, "MUG-1.jpg", pictures.packshot(colour="teal")).product == upper
    before = files()
    with pytest.raises(Refused, match="sku_unclear") as refusal:
        intake.receive(brand, None, "Mug-1.jpg", pictures.packshot())
    assert refusal.value.values == {"sku": "Mug-1", "skus": "MUG-1, mug-1"}
    assert files() == before


def test_the_same_bytes_are_recognised_whatever_they_are_called(brand: Brand, marketer: User) -> None:
    first = intake.receive(brand, marketer, "MUG.jpg", pictures.packshot())
    before = files()
    again = intake.receive(brand, marketer, "IMG_2231.jpg", pictures.packshot())
    assert (again.news, again.product) == ("duplicate", first.product)
    assert (files(), Product.objects.count()) == (before, 1)


def test_another_brand_may_have_the_same_bytes(brand: Brand, marketer: User) -> None:
    other = cast.brand("Halden")
    intake.receive(brand, marketer, "MUG.jpg", pictures.packshot())
    assert intake.receive(other, marketer, "MUG.jpg", pictures.packshot()).news == "new_product"


def test_nothing_is_kept_of_a_refused_file(brand: Brand, marketer: User) -> None:
    with pytest.raises(Refused) as refusal:
        intake.receive(brand, marketer, "MUG.jpg", pictures.packshot()[:2000])
    assert refusal.value.code == "truncated"
    assert (Product.objects.count(), Packshot.objects.count(), files()) == (0, 0, 0)


def test_a_file_for_a_certain_product_goes_there(brand: Brand, marketer: User) -> None:
    product = cast.product(brand, "OIL")
    arrival = intake.receive(brand, marketer, "back.jpg", pictures.packshot(), product=product)
    assert (arrival.product, arrival.news) == (product, "added")


def test_a_new_packshot_is_cut_out_in_the_background(
    brand: Brand, marketer: User, django_capture_on_commit_callbacks: object
) -> None:
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
        intake.receive(brand, marketer, "MUG.jpg", pictures.packshot())
    assert [message.func() for message in OrmQ.objects.all()] == ["studio.tasks.cut_out_packshots"]


@pytest.mark.django_db(transaction=True)
def test_the_same_bytes_from_eight_tabs_at_once_are_one_packshot() -> None:
    brand, data = cast.brand(), pictures.packshot()

    def upload(number: int) -> str:
        try:
            return intake.receive(brand, None, f"MUG{number}.jpg", data).news
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        news = list(pool.map(upload, range(8)))
    assert sorted(news) == ["duplicate"] * 7 + ["new_product"]
    assert Packshot.objects.count() == Product.objects.count() == 1
    assert files() == 3


def test_the_working_copy_has_the_packshots_pixels(brand: Brand, marketer: User) -> None:
    arrival = intake.receive(brand, marketer, "MUG.jpg", pictures.packshot())
    with storage.open_file(arrival.packshot.picture) as file, Image.open(file) as picture:
        assert picture.size == (arrival.packshot.width, arrival.packshot.height)


@pytest.mark.django_db(transaction=True)
def test_a_message_that_cannot_be_sent_costs_no_packshot(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is sent when the row is written already: a living row must not lose its files."""

    def full(*_: object) -> None:
        raise OperationalError("database or disk is full")

    monkeypatch.setattr(queue, "async_task", full)
    arrival = intake.receive(cast.brand(), None, "MUG.jpg", pictures.packshot())
    assert arrival.news == "new_product"
    assert storage.read(Packshot.objects.get().original) == pictures.packshot()
    assert files() == 3


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("lost", [["original"], ["picture"], ["thumb"], ["original", "picture", "thumb"]])
def test_a_packshot_whose_files_are_lost_gets_them_again(lost: list[str]) -> None:
    brand, data = cast.brand(), pictures.packshot(width=300, height=300)
    first = intake.receive(brand, None, "MUG.jpg", data)
    cutout.ensure(first.packshot)
    storage.delete(getattr(first.packshot, field) for field in lost)
    again = intake.receive(brand, None, "IMG_2231.jpg", data)
    kept = Packshot.objects.get()
    assert (again.news, again.packshot, again.product) == ("added", first.packshot, first.product)
    assert (kept.file_name, kept.cutout) == ("MUG.jpg", "")
    assert storage.read(kept.original) == data
    assert storage.exists(kept.picture)
    assert storage.exists(kept.thumb)
    assert files() == 3, "and nothing of before lies about"
    assert [message.func() for message in OrmQ.objects.all()] == ["studio.tasks.cut_out_packshots"]
    assert intake.receive(brand, None, "MUG.jpg", data).news == "duplicate"
