"""Pictures written into text: data:image/png;base64,…"""

import base64
import binascii
import re
from typing import Final

from studio.providers.base import Finished

SIGNATURES: Final = {b"\x89PNG\r\n\x1a\n": "image/png", b"\xff\xd8\xff": "image/jpeg"}
HEAD: Final = 12  # bytes that tell what a file is
_FORM = re.compile(r"data:image/[a-z0-9.+-]+;base64,", re.IGNORECASE)


def media_type(data: bytes) -> str:
    """By its first bytes: PNG, JPEG or WebP; empty for anything else."""
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "image/webp"
    return next((kind for start, kind in SIGNATURES.items() if data.startswith(start)), "")


def encode(data: bytes) -> str:
    """ValueError for what is no picture."""
    kind = media_type(data)
    if not kind:
        raise ValueError("neither PNG, JPEG nor WebP")
    return f"data:{kind};base64,{base64.b64encode(data).decode()}"


def is_data_url(text: str) -> bool:
    return text[:5].lower() == "data:"


def decode(text: str) -> Finished:
    """The picture in a data URL, its type read from its bytes. ValueError for anything else."""
    form = _FORM.match(text)
    if form is None:
        raise ValueError("no data URL of a picture")
    try:
        data = base64.b64decode(re.sub(r"\s", "", text[form.end() :]), validate=True)
    except binascii.Error:
        raise ValueError("no base64") from None
    if not media_type(data):
        raise ValueError("neither PNG, JPEG nor WebP")
    return Finished(data, media_type(data))
