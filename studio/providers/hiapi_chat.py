"""HiAPI's older dialect: a synchronous call, answered with a picture in Markdown. It has no id to ask by."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from studio.imaging.ratios import LONG_SIDES, size
from studio.providers import answers, data_url
from studio.providers.base import Finished, Ready
from studio.providers.errors import Unheard
from studio.providers.http import Answer
from studio.providers.reason import reason

PATH: Final = "/chat/completions"
SECONDS: Final = 300.0
MOST: Final = 48_000_000  # bytes of an answer: a 4K picture as text
_MARKDOWN: Final = re.compile(
    r"!\[[^\]]*\]\(\s*<?((?:data:[^)>]+|[^)\s>]+))", re.IGNORECASE
)  # lines may break
_LINES: Final = re.compile(r"data:image/[a-z0-9.+-]+;base64,[a-z0-9+/=\s]+", re.IGNORECASE)
_BARE: Final = re.compile(r"data:image/[a-z0-9.+-]+;base64,[a-z0-9+/=]+", re.IGNORECASE)


def body(
    model: str, prompt: str, ratio: str, resolution: str, references: Sequence[object]
) -> dict[str, Any]:
    """A completion's body: the pictures stand before the words, which stand alone where there are none."""
    width, height = size(ratio, LONG_SIDES[resolution])
    pictures = [{"type": "image_url", "image_url": {"url": one}} for one in references]
    content = [*pictures, {"type": "text", "text": prompt}] if pictures else prompt
    return {
        "model": model,
        "stream": False,
        "messages": [{"role": "user", "content": content}],
        "extra_body": {"size": f"{width}x{height}"},
    }


def made(answer: Answer) -> Finished | Ready:
    """The first picture in the answer. Raises Declined, Wait, or Unheard: it may have been bought."""
    said = answers.read(answer.status, answer.body)
    answers.raise_unless_good(said, answer.headers)
    if said.data is None:
        raise Unheard("answer_unreadable", **said.values)
    texts = list(_texts(_content(said.data)))
    for target in _targets(texts):
        if target.lower().startswith("https://"):
            return Ready(target)
        try:
            return data_url.decode(target)
        except ValueError:
            continue
    raise Unheard("answer_without_picture", reason=reason(" ".join(texts)))


def _content(completion: Any) -> Any:
    try:
        return completion["choices"][0]["message"]["content"]
    except (LookupError, TypeError):
        return None


def _texts(content: Any) -> Iterator[str]:
    """Its texts in order; a part that is a picture counts as Markdown of it."""
    for part in content if isinstance(content, list) else [content]:
        if isinstance(part, str):
            yield part
        elif isinstance(part, Mapping):
            url = part.get("image_url")
            url = url.get("url") if isinstance(url, Mapping) else url
            yield f"![]({url})" if isinstance(url, str) else str(part.get("text") or "")


def _targets(texts: Sequence[str]) -> Iterator[str]:
    for pattern in (_MARKDOWN, _LINES, _BARE):
        for text in texts:
            yield from (found.group(found.lastindex or 0) for found in pattern.finditer(text))
