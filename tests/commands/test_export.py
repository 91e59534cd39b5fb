"""`manage.py export`: the archive that the browser would give."""

import io
import json
import subprocess
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.core.management import CommandError, call_command
from django.test import Client

from studio import storage
from studio.models import Brand, Cut, Export, Pulse, Render, Shoot, User
from tests import cast


@pytest.fixture
def shoot(brand: Brand) -> Shoot:
    shoot = cast.shoot(brand, launched=True, name="Autumn")
    cast.render(shoot, product=cast.product(brand, "MUG"), state="done")
    cast.render(shoot, product=cast.product(brand, "CUP"), state="done", review="rejected")
    return shoot


def export(target: Path, *arguments: str) -> tuple[str, str]:
    """What it says, and what it complains about."""
    out, err = io.StringIO(), io.StringIO()
    call_command("export", "--out", str(target), *arguments, stdout=out, stderr=err)
    return out.getvalue(), err.getvalue()


@pytest.mark.parametrize("which", ["--shoot", "--brand"])
def test_it_writes_the_bytes_that_the_browser_gets(
    shoot: Shoot, tmp_path: Path, viewer: User, sign_in: Callable[[User], Client], which: str
) -> None:
    target = tmp_path / "all.zip"
    told, wrong = export(target, which, {"--shoot": str(shoot.pk), "--brand": "northfold"}[which])
    assert (told, wrong) == (f"{target}: 1 files\n", "")
    made = Export.objects.get()
    answer = sign_in(viewer).get(f"/exports/{made.pk}/download/")
    assert b"".join(answer) == target.read_bytes()  # type: ignore[call-overload]
    with zipfile.ZipFile(target) as archive:
        assert archive.testzip() is None
        [row] = json.loads(archive.read("manifest.json"))["files"]
    assert row["sku"] == "MUG"


def test_it_says_how_many_files_fail_their_channel(shoot: Shoot, tmp_path: Path) -> None:
    place = cast.placement("amazon_main")
    shoot.placements.set([place])
    key = storage.save(b"cut", "cuts", "jpg")
    render = shoot.renders.get(product__sku="MUG")
    Cut.objects.create(render=render, placement=place, file=key, extension="jpg", bytes=3, verdict="failure")
    told, _ = export(tmp_path / "all.zip", "--shoot", str(shoot.pk))
    assert told == f"{tmp_path / 'all.zip'}: 1 files, 1 of them failing their channel\n"


class Helper:
    """A process that ends when it is waited for."""

    def wait(self) -> int:
        return 0


def test_alone_it_has_every_other_core_help_where_there_is_more_than_one_to_cut(
    shoot: Shoot, tmp_path: Path, settings: LazySettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun = list[list[str]]()
    monkeypatch.setattr(subprocess, "Popen", lambda command: begun.append(command[-3:]) or Helper())
    settings.WORKERS = 3
    cast.render(shoot, product=cast.product(shoot.brand, "TIN"), state="done")
    export(tmp_path / "a.zip", "--shoot", str(shoot.pk))
    assert begun == [], "all is cut"
    Render.objects.update(cuts_due=True)
    export(tmp_path / "b.zip", "--shoot", str(shoot.pk))
    made = Export.objects.latest("pk")
    assert (begun, made.count) == ([["work", "--export", str(made.pk)]] * 2, 2)
    Render.objects.update(cuts_due=True)
    Pulse.beat("heartbeat")
    export(tmp_path / "c.zip", "--shoot", str(shoot.pk))
    assert len(begun) == 2, "workers are there to help"


def test_what_is_missing_is_named_and_the_exit_code_says_so(shoot: Shoot, tmp_path: Path) -> None:
    cast.render(shoot, product=cast.product(shoot.brand, "TIN"), state="failed", failure="engine_failed")
    err = io.StringIO()
    with pytest.raises(SystemExit) as ended:
        call_command(
            "export",
            "--shoot",
            str(shoot.pk),
            "--out",
            str(tmp_path / "a.zip"),
            stdout=io.StringIO(),
            stderr=err,
        )
    assert ended.value.code == 1
    assert err.getvalue().startswith("TIN/uncut/TIN_")
    assert "The engine failed" in err.getvalue()


def test_wrong_arguments_are_told(brand: Brand, tmp_path: Path) -> None:
    for which, name in (("--shoot", "77"), ("--brand", "nobody")):
        with pytest.raises(CommandError, match="There is no") as refused:
            export(tmp_path / "a.zip", which, name)
        assert refused.value.returncode == 2
    with pytest.raises(CommandError, match="no file in an existing folder"):
        export(tmp_path / "none" / "a.zip", "--brand", "northfold")
    with pytest.raises(CommandError, match="Nothing to put into the archive"):
        export(tmp_path / "a.zip", "--brand", "northfold")
