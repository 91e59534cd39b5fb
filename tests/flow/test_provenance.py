"""Every picture says how it came about: in its master, in its copies, in its cuts, and on its page."""

import hashlib
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from django.test import Client
from pytest_django.fixtures import Settings

from studio import __version__, storage, tasks
from studio.flow import export, intake, preset, provenance, shoot
from studio.flow.listing import Archive
from studio.flow.naming import OWN
from studio.flow.provenance import source_of
from studio.imaging.provenance import EDITED
from studio.models import Basis, Brand, Cut, Render, Shoot, State, User
from tests import cast, certificates, pictures
from tests.imaging.test_credentials import report
from tests.imaging.test_provenance import HOME, read_back, told
from tests.standin import StandIn

PLACES = (("feed", "JPEG"), ("web", "WebP"), ("tile", "AVIF"), ("shop", "PNG"))


def made(brand: Brand, person: User, engine: str = "local", model: str = "") -> Render:
    """One finished picture, cut for a placement of each format."""
    cup = intake.receive(brand, None, "CUP.jpg", pictures.packshot(width=400, height=400)).product
    draft = shoot.plan(brand, person, [cup])
    places = [cast.placement(slug, width=300, height=300, formats=format) for slug, format in PLACES]
    scene = cast.scene(slug="slate", engine={"ground": {"material": "slate"}})
    chosen = {"products": [cup], "scenes": [scene], "placements": places, "ratios": []}
    shoot.choose(draft, **chosen, resolution="1K", takes=1, engine=engine, model=model)
    assert shoot.launch(draft, person)
    render = Render.objects.get()
    return finished(render)


def finished(render: Render) -> Render:
    for _ in range(400):
        tasks.work_on_renders()
        render.refresh_from_db()
        if render.final:
            break
        Render.objects.filter(look_again_at__isnull=False).update(look_again_at=render.created_at)
    assert render.state == State.DONE
    tasks.cut_renders()
    render.refresh_from_db()
    return render


def files(render: Render) -> list[str]:
    cuts = list(Cut.objects.filter(render=render).values_list("file", flat=True))
    assert len(cuts) == len(PLACES)
    assert all(cuts)
    return [render.picture, render.screen, render.thumb, *cuts]


def test_a_picture_of_the_embedded_engine_is_a_composite_in_all_its_files(
    brand: Brand, marketer: User, sign_in: Callable[[User], Client]
) -> None:
    render = made(brand, marketer)
    assert [told(storage.read(key)) for key in files(render)] == ["compositeSynthetic"] * 7
    page = sign_in(marketer).get(f"/renders/{render.pk}/").content.decode()
    assert "Composite: the packshot in a computed scene" in page
    assert "IPTC compositeSynthetic" in page


def test_a_picture_that_was_bought_is_kept_as_it_came_and_leaves_the_house_marked(
    brand: Brand, marketer: User, vendor: Callable[..., StandIn], sign_in: Callable[[User], Client]
) -> None:
    standin = vendor()
    render = made(brand, marketer, "hiapi", "gi2-edit")
    master, *copies = files(render)
    assert {told(storage.read(key)) for key in copies} == {EDITED}
    stored = storage.read(master)
    assert hashlib.sha256(stored).hexdigest() in {one.sha256 for one in standin.ledger.served}
    ines = sign_in(marketer)
    for address in ("picture", "download"):
        got = b"".join(ines.get(f"/renders/{render.pk}/{address}/"))  # type: ignore[call-overload]
        assert told(got) == EDITED
        assert pictures.opened(got).tobytes() == pictures.opened(stored).tobytes()
    assert "Edited by a trained model" in ines.get(f"/renders/{render.pk}/").content.decode()


@pytest.mark.parametrize(("engine", "model"), [("local", ""), ("hiapi", "gi2-edit")])
def test_product_scene_and_prompt_are_read_back_from_every_derivative(
    brand: Brand, marketer: User, vendor: Callable[..., StandIn], tmp_path: Path, engine: str, model: str
) -> None:
    vendor()
    render = made(brand, marketer, engine, model)
    with provenance.open_marked(render.picture, provenance.packet_of(render)) as uncut:
        derivatives = [
            uncut.read(),
            *map(storage.read, files(render)[1:2]),
            *map(storage.read, files(render)[3:]),
        ]
    for found in read_back(tmp_path, derivatives):
        assert found["DigitalSourceType"] == HOME + source_of(render)
        assert found["ProductInImage"] == [{"ProductId": "CUP"}]
        assert (
            found["CreatorTool"]
            == f"Studio {__version__}, {f'hiapi {model}' if model else 'embedded engine'}"
        )
        assert found["Scene"] == "slate v1"
        assert found["Prompt"] == hashlib.sha256(render.prompt.encode()).hexdigest()
        assert not [value for value in found.values() if marketer.username in str(value)]


@pytest.mark.parametrize("engine", ["local", "hiapi"])
def test_every_picture_of_an_archive_is_marked_uncut_ones_too(
    brand: Brand, marketer: User, vendor: Callable[..., StandIn], engine: str
) -> None:
    vendor()
    render = made(brand, marketer, engine, "gi2-edit" if engine == "hiapi" else "")
    Shoot.objects.update(ratios=["1:1"])
    asked = export.request(brand, None, [render])
    export.work()
    asked.refresh_from_db()
    with zipfile.ZipFile(Archive(asked.file)) as opened:
        names = [name for name in opened.namelist() if name not in OWN]
        assert len(names) == 1 + len(PLACES)
        assert {told(opened.read(name)) for name in names} == {source_of(render)}


def test_what_was_drawn_from_words_alone_is_not_called_edited(brand: Brand) -> None:
    render = cast.render(cast.shoot(brand), engine="hiapi", basis=Basis.WORDS)
    assert source_of(render) == "trainedAlgorithmicMedia"


def test_the_sample_of_a_scene_is_marked_like_any_picture(brand: Brand) -> None:
    version = cast.scene(brand, engine={"ground": {"material": "slate"}}).current
    assert version is not None
    assert told(preset.preview(version, None)) == "compositeSynthetic"


def test_with_a_certificate_of_the_owners_all_that_we_make_is_signed_within_its_limit(
    brand: Brand, marketer: User, settings: Settings
) -> None:
    settings.C2PA_SIGNER = certificates.signer()
    render = made(brand, marketer)
    assert b"c2pa.created" in storage.read(render.picture)
    for cut in Cut.objects.filter(render=render):
        data = storage.read(cut.file)
        assert report(data, cut.media_type)["validation_state"] == "Valid"
        assert told(data) == "compositeSynthetic"
        if cut.extension != "png":
            limit, image = len(data) - 1, pictures.opened(data)
            file = provenance.encoded(image, (image.format or "",), limit, render)
            assert len(file.data) <= limit
            assert report(file.data, cut.media_type)["validation_state"] == "Valid"


def test_the_page_of_a_picture_says_which_of_its_files_are_signed(
    brand: Brand, marketer: User, settings: Settings, sign_in: Callable[[User], Client]
) -> None:
    render = made(brand, marketer)
    browser, address = sign_in(marketer), f"/renders/{render.pk}/"
    assert "Content Credentials" not in browser.get(address).content.decode()
    settings.C2PA_SIGNER = certificates.signer()
    assert "in no file<small>Content Credentials" in browser.get(address).content.decode()
    render.cuts.all().delete()
    Render.objects.filter(pk=render.pk).update(cuts_due=True)
    tasks.cut_renders()
    assert "in 4 of 5 files<small>Content Credentials" in browser.get(address).content.decode()
    render.cuts.all()[0].delete()
    again = finished(
        cast.render(
            render.shoot,
            product=render.product,
            packshot=render.packshot,
            scene_version=render.scene_version,
            take=2,
        )
    )
    page = browser.get(f"/renders/{again.pk}/").content.decode()
    assert "in every file<small>Content Credentials" in page


def test_without_a_valid_certificate_nothing_is_cut_and_nothing_is_given_up(
    brand: Brand, marketer: User, settings: Settings
) -> None:
    render = made(brand, marketer)
    render.cuts.all().delete()
    Render.objects.filter(pk=render.pk).update(cuts_due=True)
    settings.C2PA_SIGNER = certificates.signer(-certificates.DAY)
    for _ in range(5):
        Render.objects.filter(pk=render.pk).update(look_again_at=None)
        tasks.cut_renders()
    render.refresh_from_db()
    assert (render.cuts.count(), render.cuts_due) == (0, True)
    settings.C2PA_SIGNER = certificates.signer()
    Render.objects.filter(pk=render.pk).update(look_again_at=None)
    tasks.cut_renders()
    assert render.cuts.count() == len(PLACES)
