"""`manage.py cutout`: a file for each file, and an exit code that says when one is missing."""

import io
import json
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from studio.messages import say
from tests import pictures


def run(*files: Path, out: Path) -> list[dict[str, Any]]:
    said = io.StringIO()
    try:
        call_command("cutout", *map(str, files), "--out", str(out), "--json", stdout=said)
    finally:
        lines = said.getvalue().splitlines()
    return [json.loads(line) for line in lines]


def written(folder: Path, name: str, data: bytes) -> Path:
    folder.mkdir(exist_ok=True)
    (folder / name).write_bytes(data)
    return folder / name


def test_a_hopeless_packshot_is_written_and_says_why_it_is_hopeless(tmp_path: Path) -> None:
    (result,) = run(written(tmp_path, "WALL.jpg", pictures.crowded()), out=tmp_path / "out")
    assert (result["confidence"], result["reason"]) == (0.0, "background_not_plain")
    assert pictures.opened(Path(result["path"]).read_bytes()).size == (400, 400)


def test_without_json_the_doubt_is_told_in_words(tmp_path: Path) -> None:
    said = io.StringIO()
    wall = written(tmp_path, "WALL.jpg", pictures.crowded())
    call_command("cutout", str(wall), "--out", str(tmp_path / "out"), stdout=said)
    assert (
        said.getvalue() == f"{tmp_path / 'out' / 'WALL.png'}: 0.00 {say('background_not_plain').headline}\n"
    )


@pytest.mark.parametrize("size", [(1, 1), (1, 5000), (5000, 1), (3, 3), (63, 200)])
def test_a_tiny_packshot_is_written_as_it_came_and_called_of_no_use(
    tmp_path: Path, size: tuple[int, int]
) -> None:
    data = pictures.encoded(pictures.Image.new("RGB", size, "#b5482f"), "PNG")
    (result,) = run(written(tmp_path, "DOT.png", data), out=tmp_path / "out")
    assert (result["confidence"], result["reason"]) == (0.0, "tiny")
    kept = pictures.opened(Path(result["path"]).read_bytes())
    assert (kept.size, kept.mode, kept.getpixel((0, 0))) == (size, "RGBA", (0xB5, 0x48, 0x2F, 255))


def test_a_file_that_cannot_be_written_exits_with_one_and_stops_no_other(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "out" / "CUP.png").mkdir(parents=True)
    files = [
        written(tmp_path, name, pictures.packshot(width=300, height=300)) for name in ("CUP.jpg", "MUG.jpg")
    ]
    broken = written(tmp_path, "broken.jpg", b"nothing")
    with pytest.raises(SystemExit, match="1"):
        call_command("cutout", *map(str, [*files, broken]), "--out", str(tmp_path / "out"), "--json")
    results = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [bool(result["path"]) for result in results] == [False, True, False]
    assert "directory" in results[0]["reason"]
    assert results[2]["reason"] == "This is not a picture"


def test_two_files_of_one_name_are_refused_before_anything_is_written(tmp_path: Path) -> None:
    files = [written(tmp_path / folder, "MUG.jpg", pictures.packshot()) for folder in ("a", "b")]
    with pytest.raises(CommandError, match="Two files are named 'MUG'") as refusal:
        run(*files, out=tmp_path / "out")
    assert refusal.value.returncode == 2
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("other", [None, "cup.jpg"])
def test_an_input_is_never_written_over(tmp_path: Path, other: str | None) -> None:
    """Neither its own nor, through a link, another one's."""
    mug = written(tmp_path, "mug.png", pictures.packshot(width=300, height=300, format="PNG"))
    files, out = [mug], tmp_path
    if other:
        out = tmp_path / "out"
        files.append(written(tmp_path, other, pictures.packshot(width=300, height=300)))
        out.mkdir()
        (out / "cup.png").symlink_to(mug)
    before = mug.read_bytes()
    with pytest.raises(CommandError, match="would replace it") as refusal:
        run(*files, out=out)
    assert refusal.value.returncode == 2
    assert mug.read_bytes() == before
    assert not (out / "mug.png").exists() or out == tmp_path


def test_a_result_of_before_is_written_anew(tmp_path: Path) -> None:
    mug = written(tmp_path, "MUG.png", pictures.packshot(width=300, height=300, format="PNG"))
    for _ in range(2):
        (result,) = run(mug, out=tmp_path / "out")
        assert Path(result["path"]).is_file()
