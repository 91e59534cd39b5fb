"""Addresses and pictures as they are found in answers, not always spelt as they should be."""

import base64

import pytest

from studio.providers import hiapi_chat
from studio.providers.address import Barred, check_url, spelt
from studio.providers.base import Finished
from studio.providers.http import Answer, Http, NotSent
from tests import pictures


@pytest.mark.parametrize(
    ("written", "sent"),
    [
        ("https://cdn.example/a b.png", "https://cdn.example/a%20b.png"),
        ("https://cdn.example/é.png?x=1|2", "https://cdn.example/%C3%A9.png?x=1%7C2"),
        ("https://cdn.example/{a}/%20b", "https://cdn.example/%7Ba%7D/%20b"),
        (" https://cdn.example/a.png\n", "https://cdn.example/a.png"),
        ("https://cdn.example/\ud800", "https://cdn.example/%3F"),
        ("https://cdn.example/a?s=%2F+~", "https://cdn.example/a?s=%2F+~"),
    ],
)
def test_what_should_have_been_escaped_is(written: str, sent: str) -> None:
    assert spelt(written) == sent
    assert check_url(spelt(written), ()).hostname == "cdn.example"


@pytest.mark.parametrize(
    "address",
    [
        "https://127。0。0。1/",
        "https://１２７.0.0.1/",
        "https://cdn.example\\@127.0.0.1/",
        "https://a@127.0.0.1/",
        "https://exa mple/",
        "https://ex{ample/",
        "https://cdn.example/\x00",
        "https://cdn.example/a\r\nHost: x",
    ],
)
def test_escaping_makes_no_host_and_hides_nothing(address: str) -> None:
    with pytest.raises(Barred):
        check_url(spelt(address), ())


@pytest.mark.parametrize("named", ["[::1]:1", "::1:1"])
def test_an_ipv6_place_may_be_allowed_with_its_brackets(named: str) -> None:
    http = Http([named])
    with pytest.raises(NotSent):  # allowed, and nobody listens there
        http.ask("GET", "http://[::1]:1/", seconds=1, most=1)
    with pytest.raises(Barred):
        http.ask("GET", "http://[::1]:2/", seconds=1, most=1)


@pytest.mark.parametrize("markdown", ["![a]({})", "here: {}", "{}\n"])
def test_a_picture_in_a_chat_may_be_broken_into_lines(markdown: str) -> None:
    data = pictures.photo(64, 48, "PNG")
    text = base64.b64encode(data).decode()
    lines = "\n".join(text[start : start + 76] for start in range(0, len(text), 76))
    content = markdown.format(f"data:image/png;base64,{lines}")
    body = pictures_in_a_chat(content)
    assert hiapi_chat.made(Answer(200, {}, body)) == Finished(data, "image/png")


def test_words_after_a_picture_that_stands_alone_are_not_part_of_it() -> None:
    data = pictures.photo(64, 48, "PNG")
    content = f"data:image/png;base64,{base64.b64encode(data).decode()} Enjoy it"
    assert hiapi_chat.made(Answer(200, {}, pictures_in_a_chat(content))) == Finished(data, "image/png")


def pictures_in_a_chat(content: str) -> bytes:
    escaped = content.replace("\n", "\\n")
    return f'{{"choices":[{{"message":{{"role":"assistant","content":"{escaped}"}}}}]}}'.encode()
