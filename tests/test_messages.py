"""Every code that the code can raise has words; every sentence can be filled."""

import ast
from pathlib import Path

import pytest

from studio.messages import MESSAGES, UNKNOWN, WAYS_OUT, say

ROOT = Path(__file__).resolve().parent.parent / "studio"


NO = ("Refused", "Declined", "Wait", "Unheard")


def raised_codes() -> set[str]:
    """First arguments of Refused("…"), Declined("…"), Wait("…") and Unheard("…") anywhere in studio/."""
    trees = [ast.parse(path.read_text(encoding="utf-8")) for path in ROOT.rglob("*.py")]
    calls = [node for tree in trees for node in ast.walk(tree) if isinstance(node, ast.Call) and node.args]
    first = [call.args[0] for call in calls if getattr(call.func, "id", "") in NO]
    return {argument.value for argument in first if isinstance(argument, ast.Constant)}


def test_every_code_that_is_raised_has_a_message() -> None:
    codes = raised_codes()
    assert len(codes) > 10
    assert codes - set(MESSAGES) == set()


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
