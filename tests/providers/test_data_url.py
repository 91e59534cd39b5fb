import base64

import pytest

from studio.providers.base import Finished
from studio.providers.data_url import decode, encode, media_type
from tests import pictures


@pytest.mark.parametrize("format", ["PNG", "JPEG", "WEBP"])
def test_a_picture_comes_back_with_its_own_type(format: str) -> None:
    photo = pictures.photo(format=format)
    assert encode(photo).startswith(f"data:image/{format.lower()};base64,")
    assert decode(encode(photo)) == Finished(photo, f"image/{format.lower()}")


def test_the_type_is_read_from_the_bytes() -> None:
    photo = pictures.photo(format="JPEG")
    lying = encode(photo).replace("image/jpeg", "image/svg+xml")
    assert decode(lying).media_type == "image/jpeg"


def test_white_space_is_no_harm() -> None:
    photo = pictures.photo(format="PNG")
    text = encode(photo)
    assert decode(f"{text[:60]}\n {text[60:]}\n").data == photo


@pytest.mark.parametrize(
    "text",
    [
        "", "data:", "data:image/png;base64,", "data:image/png;base64,AAAA", "data:image/png,AAAA",
        "data:text/html;base64,iVBORw0KGgo=", "https://cdn.test/a.png",
        "data:image/png;base64," + base64.b64encode(pictures.photo(format="PNG"))[:-3].decode(),
        "data:image/png;base64,iVBORw0KGgo=!", "data:image/png;base64,iVBORw0KGg\u00e9o",
    ],
)  # fmt: skip
def test_what_is_no_picture_is_refused(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011
        decode(text)


@pytest.mark.parametrize("data", [b"", b"GIF89a", b"<svg/>", b"RIFF1234WAVE", b"\x89PNG"])
def test_other_bytes_have_no_type(data: bytes) -> None:
    assert media_type(data) == ""
    with pytest.raises(ValueError, match="neither"):
        encode(data)
