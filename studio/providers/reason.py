"""What the provider said in words, fit to be shown: one short line without addresses, pictures or keys."""

import re
from typing import Final

MOST: Final = 300
NONE: Final = "no reason given"
_MASKED: Final = [
    (re.compile(r"data:[\w/+.-]+[;,]\S*", re.IGNORECASE), "(picture)"),
    (re.compile(r"\b[a-z][a-z0-9+.-]*://\S+", re.IGNORECASE), "(address)"),
    (re.compile(r"\bbearer\s+\S+", re.IGNORECASE), "(key)"),
    (re.compile(r"\b(?:hi-)?sk-\S+", re.IGNORECASE), "(key)"),
    (re.compile(r"[\w+/=-]{48,}"), "(…)"),  # whatever it is, nobody reads it
]
_TAGS: Final = re.compile(r"<(style|script)\b.*?</\1\s*>|<[^>]*>", re.IGNORECASE | re.DOTALL)


def reason(text: object) -> str:
    """Anything else than text counts as no reason, as does the "success" that failed tasks may carry."""
    words = _TAGS.sub(" ", text[: 20 * MOST]) if isinstance(text, str) else ""
    for pattern, mask in _MASKED:
        words = pattern.sub(mask, words)
    line = " ".join("".join(one if one.isprintable() else " " for one in words).split())
    if not line or line.lower() == "success":
        return NONE
    return line if len(line) <= MOST else line[: MOST - 1] + "…"
