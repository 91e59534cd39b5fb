"""What the provider says is shown to people, so nothing in it may be more than words."""

import pytest

from studio.providers.reason import MOST, NONE, reason


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("aspect_ratio must be one of 1:1, 4:3", "aspect_ratio must be one of 1:1, 4:3"),
        ("two\nlines\r\n\tand \x1b[31mred\u2028", "two lines and [31mred"),
        ("<html><style>a{}</style><b>Bad gateway</b></html>", "Bad gateway"),
        ("cannot read https://cdn.test/a.png?token=canary now", "cannot read (address) now"),
        ("got data:image/png;base64,iVBORw0KGgo= there", "got (picture) there"),
        ("key sk-canary-1 and hi-sk-canary2", "key (key) and (key)"),
        ("Authorization: Bearer canary", "Authorization: (key)"),
        ("signed " + "c4nary" * 20, "signed (…)"),
        ("café ☃ 你好", "café ☃ 你好"),
        ("success", NONE),
        ("Success ", NONE),
        ("", NONE),
        (None, NONE),
        (5, NONE),
        ({"a": 1}, NONE),
    ],
)
def test_only_words_are_left(said: object, shown: str) -> None:
    assert reason(said) == shown


def test_a_long_reason_is_cut() -> None:
    cut = reason("word " * 10_000)
    assert len(cut) == MOST
    assert cut.endswith("…")


def test_a_hostile_reason_takes_no_time() -> None:
    for text in (
        "<" * 10**6,
        "a" * 10**6,
        "a:" * 10**6,
        "data:" * 10**6,
        "bearer " * 10**6,
        "<style>" * 10**5,
    ):
        assert len(reason(text)) <= MOST
