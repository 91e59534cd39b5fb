"""What a channel's own words ask of a file, read once: admins write sentences, the studio looks for these.

`Background.read` knows, in any case and order:

    white                       the ground is pure white, 255, 255, 255
    transparent                 with white: nothing at all is as good
    avoid transparency          every pixel is covered
    lifestyle                   a scene, no plain or transparent ground
    at least 85 % of frame      the product takes so much of the frame's width or height
    75-90 % of frame            and not more than so much
    CMYK                        a printer's colours, which the studio does not write

A rule that begins with "free" or "none" asks for no ground; what it says of transparency and CMYK counts.
`Notes.read` looks for photos of the item itself, and for channels that do not take enlarged pictures.
"""

import re
from dataclasses import dataclass
from typing import Final

WIDEST: Final = 0.92  # of a side that a product is given where the channel names no most
_SHARE: Final = re.compile(
    r"(?:(?P<low>\d+)\s*%?\s*(?:-|–|to)\s*)?(?P<high>\d+)\s*%\s*of\s+(?:the\s+)?frame", re.I
)
_NO_WHITE: Final = re.compile(r"\b(?:no|not|avoid|off)\b[\s-]*(?:pure\s+)?white", re.I)
_REAL: Final = re.compile(r"\breal (?:product )?photos?\b|\bphotos? of the (?:actual|finished|real)\b", re.I)
_ENLARGED: Final = re.compile(
    r"\b(?:upscal|enlarg)\w*(?: \w+)? (?:are |is )?(?:not allowed|rejected|refused)", re.I
)


@dataclass(frozen=True)
class Background:
    """`fill` is the least and the most of a side that the product takes."""

    white: bool = False
    transparent: bool = False
    opaque: bool = False
    scene: bool = False
    cmyk: bool = False
    fill: tuple[float, float] | None = None

    @classmethod
    def read(cls, rule: str) -> "Background":
        """The rule of a placement's `background_rule`."""
        words = rule.lower()
        free = words.lstrip().startswith(("free", "none"))
        white = not free and "white" in _NO_WHITE.sub("", words)
        return cls(
            white=white,
            transparent=white and "transparent" in words,
            opaque="avoid transparen" in words,
            scene=not free and "lifestyle" in words,
            cmyk="cmyk" in words,
            fill=None if free else _fill(rule),
        )


@dataclass(frozen=True)
class Notes:
    """`real_photo` is the sentence that asks for photos of the item itself; `refuses_enlarged` as it says."""

    real_photo: str = ""
    refuses_enlarged: bool = False

    @classmethod
    def read(cls, notes: str) -> "Notes":
        """The rule of a placement's `notes`."""
        sentences = re.split(r"(?<=[.;])\s+", notes)
        asking = next((one for one in sentences if _REAL.search(one)), "")
        return cls(asking.rstrip(".;"), bool(_ENLARGED.search(notes)))


def _fill(rule: str) -> tuple[float, float] | None:
    found = _SHARE.search(rule)
    if not found:
        return None
    high = int(found["high"]) / 100
    return (int(found["low"]) / 100, high) if found["low"] else (high, max(high, WIDEST))
