"""Every code that the code can raise has words; every sentence can be filled."""

import ast
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

from studio.messages import MESSAGES, UNKNOWN, WAYS_OUT, dollars, say

ROOT = Path(__file__).resolve().parent.parent / "studio"


# Where a code stands among the arguments of a call.
NO = {
    "ChannelFinding": 0,
    "Refused": 0,
    "Declined": 0,
    "Wait": 0,
    "Unheard": 0,
    "fail": 1,
    "end": 1,
    "_stumble": 1,
}
TELL = ("_problem", "_money_problem", "needs_open", "_contradiction", "lost", "lacking")  # give codes
NO_FAILURES = {"", "done", "cancelled"}


def raised_codes() -> set[str]:
    """Every code that is raised, kept as a failure, remarked or returned anywhere in studio/."""
    trees = [ast.parse(path.read_text(encoding="utf-8")) for path in ROOT.rglob("*.py")]
    nodes = [node for tree in trees for node in ast.walk(tree)]
    return {code for node in nodes for code in _codes(node)} - NO_FAILURES


def _codes(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Call):
        place = NO.get(getattr(node.func, "id", "") or getattr(node.func, "attr", ""), len(node.args))
        yield from _texts(node.args[place : place + 1])
        yield from _texts([word.value for word in node.keywords if word.arg == "failure"])
    if isinstance(node, ast.Dict):
        yield from _texts([value for key, value in zip(node.keys, node.values, strict=True) if _is_code(key)])
    if isinstance(node, ast.FunctionDef) and node.name in TELL:
        yield from (text for text in _texts(_told(node)) if text.isidentifier() and "_" in text)
    if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == "code":
        yield from _texts(ast.walk(node.value))


def _told(function: ast.FunctionDef) -> Iterator[ast.AST]:
    """What a function gives: in its returns, and in the pairs that it goes through."""
    for node in ast.walk(function):
        if isinstance(node, ast.Return | ast.For):
            yield from ast.walk(node.value or node if isinstance(node, ast.Return) else node.iter)


def _is_code(key: ast.AST | None) -> bool:
    return isinstance(key, ast.Constant) and key.value == "code"


def _texts(nodes: Iterable[ast.AST]) -> Iterator[str]:
    for node in nodes:
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


def test_codes_are_found_however_they_are_given() -> None:
    found = raised_codes()
    assert {"over_budget", "no_words", "gate_closed", "told_failed", "other_shape", "no_answer"} <= found
    assert {"written_off_bought", "waited_too_long", "task_overdue", "result_lost", "engine_failed"} <= found


def test_every_code_that_is_raised_has_a_message() -> None:
    codes = raised_codes()
    assert len(codes) > 10
    assert codes - set(MESSAGES) == set()


def test_no_code_has_two_messages() -> None:
    keys = [
        key.value
        for path in (ROOT / "messages").glob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Dict)
        for key, value in zip(node.keys, node.values, strict=True)
        if isinstance(key, ast.Constant) and isinstance(value, ast.Call)
    ]
    assert len(keys) > 50
    assert sorted(keys) == sorted(set(keys))


@pytest.mark.parametrize("code", sorted(MESSAGES))
def test_a_message_can_be_said_without_values(code: str) -> None:
    message = say(code)
    assert message.headline
    assert message.explanation.endswith(".")
    assert message.action.endswith(".")
    assert "{" not in message.headline + message.explanation + message.action


def test_values_and_limits_are_in_the_sentence() -> None:
    message = say("too_many_bytes", bytes=61_200_000, limit=50_000_000)
    assert message.explanation == "It has 61.2 MB; the limit is 50 MB."


def test_money_is_exact_and_in_dollars() -> None:
    message = say("over_budget", price=240_000, left=90_000, limit=60_000_000, ask="ask Jo Adler for")
    assert message.explanation == "It costs $0.24; $0.09 of $60.00 is left."
    assert message.action == "Choose less, or ask Jo Adler for a higher budget."
    assert dollars(17_200) == "$0.0172"
    assert dollars(1_234_567_890) == "$1,234.56789"
    assert dollars(0) == "$0.00"


def test_what_somebody_else_wrote_ends_in_one_full_stop() -> None:
    for reason in ("Unsafe", "Unsafe.", "Unsafe: ", "Unsafe:."):
        assert say("task_timeout", reason=reason).explanation == "The provider says: Unsafe."


@pytest.mark.parametrize("code", ["task_failed", "request_refused"])
def test_a_link_that_could_not_be_followed_is_the_operators_affair(code: str) -> None:
    for reason in ("reference cannot be reached:", "Failed: image_urls[0] download timed out"):
        assert "STUDIO_PUBLIC_URL" in say(code, reason=reason).action
    assert "STUDIO_PUBLIC_URL" not in say(code, reason="The image is too dark").action


def test_a_sentence_can_carry_the_headline_of_another() -> None:
    assert say("gate_closed", reason="no_key").explanation == "HiAPI is not set up."


def test_a_message_is_one_sentence_after_the_other() -> None:
    assert say("no_file").sentence == (
        "No file came with this. The upload was cut off on its way. Choose the file again."
    )


@pytest.mark.parametrize(("code", "name"), sorted(WAYS_OUT))
def test_a_format_has_its_own_way_out(code: str, name: str) -> None:
    assert code in MESSAGES
    assert say(code, format=name).action == WAYS_OUT[code, name]
    assert say(code, format="TIFF").action == MESSAGES[code].action


def test_an_unknown_code_is_still_a_sentence() -> None:
    assert say("no_such_code") == UNKNOWN


@pytest.mark.parametrize("word", ["oops", "please", "!", "invalid"])
def test_the_tone_is_plain(word: str) -> None:
    for message in MESSAGES.values():
        assert word not in f"{message.headline} {message.explanation} {message.action}".lower()
