"""The README says what the code does."""

import ast
import re
from pathlib import Path

HOME = Path(__file__).parent.parent
README = (HOME / "README.md").read_text()
ROWS = {
    name: (default, meaning)
    for name, default, meaning in re.findall(r"^\| `([A-Z_]+)` \| (.*?) \| (.*?) ?\|$", README, re.MULTILINE)
}
READERS = ("text", "number", "choice", "words", "secret", "secrets", "hosts", "address")


def reads(*readers: str) -> dict[str, ast.Call]:
    """Each setting that studio/settings.py reads by `env.<reader>`, with the call."""
    tree = ast.parse((HOME / "studio" / "settings.py").read_text())
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    mine = [call for call in calls if ast.unparse(call.func) in {f"env.{reader}" for reader in readers}]
    return {ast.literal_eval(name): call for call in mine for name in call.args if is_name(name)}


def is_name(argument: ast.expr) -> bool:
    return (
        isinstance(argument, ast.Constant) and re.fullmatch(r"[A-Z][A-Z_]+", str(argument.value)) is not None
    )


def test_the_readme_lists_every_setting_that_works_and_no_other() -> None:
    assert set(ROWS) == set(reads(*READERS))
    assert "(later)" not in README


def test_the_readme_knows_the_defaults() -> None:
    defaults = {
        name: str(call.args[1].value)
        for name, call in reads(*READERS).items()
        if len(call.args) > 1 and isinstance(call.args[1], ast.Constant)
    }
    assert len(defaults) > 10
    assert {name: ROWS[name][0] for name in defaults} == {
        name: f"`{value}`" for name, value in defaults.items()
    }


def test_no_setting_is_read_beside_the_settings() -> None:
    """The environment is read in env.py; processes that only pass it on are named here."""
    passing_on = {
        "studio/env.py",
        "studio/settings.py",
        "studio/server.py",
        "studio/wsgi.py",
        "studio/launcher",
    }
    astray = [
        name
        for path in sorted((HOME / "studio").rglob("*.py"))
        if re.search(r"os\.environ|getenv", path.read_text())
        and not any((name := str(path.relative_to(HOME))).startswith(one) for one in passing_on)
    ]
    assert astray == []


def test_every_command_that_the_readme_shows_exists() -> None:
    shown = set(re.findall(r"manage\.py ([a-z_]+)", README)) - {"qcluster"}
    there = {path.stem for path in (HOME / "studio" / "management" / "commands").glob("*.py")}
    assert shown
    assert shown <= there


def test_every_make_target_that_the_readme_shows_exists() -> None:
    targets = set(re.findall(r"^([a-z-]+):", (HOME / "Makefile").read_text(), re.MULTILINE))
    assert set(re.findall(r"make ([a-z-]+)", README)) <= targets
