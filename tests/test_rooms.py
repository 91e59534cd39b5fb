"""The rooms and their arrows: who may import what. Change the code, this file and the README together."""

import ast
from collections.abc import Iterator
from functools import cache
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

HOME = Path(__file__).parent.parent
WORDS = {"imaging.errors", "imaging.scene"}  # what a refusal says, what a scene may hold: no pixels

ARROWS: dict[str, set[str]] = {
    "settings": {"env", "imaging"},
    "apps": {"checks"},
    "checks": {"env", "imaging"},
    "urls": {"web"},
    "models": {"storage"},
    "imaging": set(),
    "providers": {"imaging"},
    "flow": {"__version__", "models", "providers", "imaging", "storage", "queue", "messages"},
    "tasks": {"flow"},
    "web": {"flow", "models", "storage", "messages", *WORDS},
    "management": {"flow", "models", "storage", "messages", "imaging", "launcher", "env"},
}
LIBRARIES = {  # the only rooms that know them
    "c2pa": {"imaging"},
    "django_q": {"queue"},
    "cv2": {"imaging", "providers"},
    "httpcore": {"providers"},
    "httpx": {"providers"},
    "numpy": {"imaging", "providers", "flow"},
    "PIL": {"imaging", "providers", "flow", "management"},
    "pillow_heif": {"imaging"},
}
WITHOUT_DJANGO = {"imaging", "providers"}
NO_NAMES = {"utils", "util", "services", "helpers", "common", "constants", "misc"}
LINES_OF_A_FILE, LINES_OF_A_FUNCTION = 400, 60

MODULES = {
    ".".join(path.relative_to(HOME).with_suffix("").parts).removesuffix(".__init__"): path
    for path in sorted((HOME / "studio").rglob("*.py"))
    if "migrations" not in path.parts
}
BESIDE = ("tests", "bench", "training")
FILES = [*MODULES.values(), *(path for folder in BESIDE for path in sorted((HOME / folder).rglob("*.py")))]
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


def test_every_import_follows_an_arrow() -> None:
    astray = [
        f"{name} imports {target}"
        for name in MODULES
        for target in imports(name)
        if target.startswith("studio.") and not follows(name.split(".")[1:2], target.removeprefix("studio."))
    ]
    assert astray == []


def test_libraries_stay_in_their_rooms() -> None:
    astray = [
        f"{name} imports {target}"
        for name in MODULES
        for target in imports(name)
        if (library := target.split(".")[0]) in LIBRARIES and room(name) not in LIBRARIES[library]
        or library == "django" and room(name) in WITHOUT_DJANGO
    ]  # fmt: skip
    assert astray == []


def test_nothing_imports_in_a_circle() -> None:
    graph = {
        name: {target for target in map(module_of, imports(name)) if target} - {name} for name in MODULES
    }
    TopologicalSorter(graph).prepare()


def test_no_function_imports() -> None:
    inside = [
        f"{where(path)}:{node.lineno}"
        for path, tree in trees()
        for function in ast.walk(tree)
        if isinstance(function, FUNCTIONS)
        for node in ast.walk(function)
        if isinstance(node, ast.Import | ast.ImportFrom)
    ]
    assert inside == []


def test_a_file_is_one_idea_with_a_name() -> None:
    assert [where(path) for path in FILES if path.stem in NO_NAMES or path.parent.name in NO_NAMES] == []
    assert [where(path) for path in FILES if len(path.read_text().splitlines()) > LINES_OF_A_FILE] == []


def test_no_function_is_too_long_to_read_at_once() -> None:
    long = [
        f"{where(path)}:{node.lineno} {node.name}"
        for path, tree in trees()
        for node in ast.walk(tree)
        if isinstance(node, FUNCTIONS) and (node.end_lineno or 0) - node.lineno >= LINES_OF_A_FUNCTION
    ]
    assert long == []


def test_every_task_that_the_queue_names_exists() -> None:
    calls = [node for node in ast.walk(tree_of(MODULES["studio.queue"])) if isinstance(node, ast.Call)]
    named = {ast.literal_eval(call.args[0]) for call in calls if ast.unparse(call.func) == "_later"}
    there = {node.name for node in tree_of(MODULES["studio.tasks"]).body if isinstance(node, FUNCTIONS)}
    assert named == there


@pytest.mark.parametrize("astray", ["studio.models.User", "studio.flow.shoot", "studio.storage"])
def test_the_arrows_would_catch_an_import_from_the_wrong_room(astray: str) -> None:
    assert not follows(["imaging"], astray.removeprefix("studio."))


def trees() -> Iterator[tuple[Path, ast.Module]]:
    yield from ((path, tree_of(path)) for path in FILES)


@cache
def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text(), str(path))


def imports(name: str) -> Iterator[str]:
    """Full names of what a module imports: `from studio.flow import cut` gives studio.flow.cut."""
    package = name if MODULES[name].stem == "__init__" else name.rpartition(".")[0]
    for node in ast.walk(tree_of(MODULES[name])):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            start = package.split(".")[: len(package.split(".")) - node.level + 1] if node.level else []
            origin = ".".join([*start, *([node.module] if node.module else [])])
            yield from (f"{origin}.{alias.name}" for alias in node.names)


def follows(rooms: list[str], target: str) -> bool:
    """Whether a module in the room may import `target`, written without its leading `studio.`."""
    allowed = {*rooms, *ARROWS.get("".join(rooms), set())}
    return any(f"{target}.".startswith(f"{one}.") for one in allowed)


def room(name: str) -> str:
    return "".join(name.split(".")[1:2])


def module_of(target: str) -> str | None:
    """`studio.models.User` is read from the module studio.models."""
    if target in MODULES:
        return target
    parent = target.rpartition(".")[0]
    return parent if parent in MODULES else None


def where(path: Path) -> str:
    return str(path.relative_to(HOME))
