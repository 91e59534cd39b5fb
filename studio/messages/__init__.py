"""What people read when something went wrong: a code becomes a headline, an explanation and the way out.

The sentences give the value and the limit. `values` of a refusal fill the braces.
"""

from collections.abc import Callable
from string import Formatter
from typing import Any, Final

from studio.messages.answers import ANSWERS, OPEN_UP, UNREACHED, UNREACHED_BY
from studio.messages.archive import ARCHIVE
from studio.messages.bought import BOUGHT
from studio.messages.channel import CHANNEL
from studio.messages.files import FILES, WAYS_OUT
from studio.messages.imports import IMPORTS
from studio.messages.message import Message
from studio.messages.provider import PROVIDER

__all__ = ["DOUBTS", "MESSAGES", "UNKNOWN", "WAYS_OUT", "Message", "say"]

MESSAGES: Final[dict[str, Message]] = {
    **FILES,
    **ARCHIVE,
    **IMPORTS,
    **BOUGHT,
    **CHANNEL,
    **PROVIDER,
    **ANSWERS,
    # Products
    "sku_taken": Message(
        "SKU {sku} is taken", "Another product of this brand has it.", "Choose another SKU."
    ),
    "pictures_under_way": Message(
        "Pictures are still being made",
        "{count} pictures of it are under way.",
        "Wait until they are done, or cancel them in their shoot.",
    ),
    # A plan that cannot be launched yet
    "no_products": Message(
        "No product chosen", "A shoot needs something to show.", "Choose at least one product."
    ),
    "no_packshot": Message(
        "{sku} has no packshot", "There is no picture to start from.", "Upload one, or take it out."
    ),
    "not_chosen": Message(
        "Not chosen: {skus}",
        "Without a packshot there is no picture to start from.",
        "Upload one on the product's page, then choose it.",
    ),
    "not_chosen_wordless": Message(
        "Not chosen: {skus}",
        "There is neither a packshot to start from nor a description to draw from.",
        "Upload or write one on the product's page, then choose it.",
    ),
    "no_cutout": Message(
        "No picture will be made of {skus}: cutting out failed",
        "The product page says why.",
        "Correct the cut-out there with the brush, or upload another packshot.",
    ),
    "no_scenes": Message(
        "No scene chosen", "A shoot needs a place to stand in.", "Choose at least one scene."
    ),
    "no_shapes": Message(
        "No placement chosen", "A shoot needs a shape.", "Choose a placement or an aspect ratio."
    ),
    "too_many_pictures": Message(
        "Too many pictures for one shoot",
        "This plan makes {count}; the limit is {limit}.",
        "Choose fewer products, scenes or shapes, and launch the rest as another shoot.",
    ),
    "no_words": Message(
        "{sku} has no packshot and no description",
        "A product without a picture is drawn from its description.",
        "Write one, upload a packshot, or take it out.",
    ),
    "engine_gone": Message(
        "This engine is not there any more",
        "The studio has no engine {engine} now.",
        "Choose another engine.",
    ),
    "no_key": Message(
        "HiAPI is not set up",
        "The studio has no key for it.",
        "Choose the embedded engine, or ask your operator to set HIAPI_API_KEY.",
    ),
    "gate_closed": Message(
        "HiAPI is closed",
        "{reason:headline}.",
        "Choose the embedded engine, or ask {operator} to open it again.",
    ),
    "model_closed": Message(
        "{model} is closed",
        "{reason:headline}. What is queued for it waits.",
        "Choose another model, or ask {operator} to open it again.",
    ),
    "draining": Message(
        "HiAPI takes no new shoots now",
        "What is queued is still made.",
        "Launch later, or choose the embedded engine.",
    ),
    # A cut-out that was not corrected
    "strokes_refused": Message(
        "The strokes were not taken", "{reason}.", "Take some back, or start over, then apply again."
    ),
    "corrected_twice": Message(
        "{who} corrected it as well, {when}",
        "Your strokes hold now; the other ones are kept under Corrections.",
        "Look at those, and draw again what you miss.",
    ),
    # A picture that was not made
    "background_not_plain": Message(
        "The background is not plain enough",
        "In {file} the product cannot be told from what is around it.",
        "Correct the cut-out with the brush, shoot again on plain paper, or use HiAPI.",
    ),
    "touches_edge": Message(
        "The product touches the edge",
        "{file} needs background all around the product.",
        "Shoot again with room around it, correct the cut-out with the brush, or use HiAPI.",
    ),
    "nothing_found": Message(
        "No product found",
        "{file} looks empty.",
        "Upload a packshot that shows the product, mark it with the brush, or use HiAPI.",
    ),
    "low_contrast": Message(
        "The product looks like its background",
        "In {file} both have nearly the same colour.",
        "Correct the cut-out with the brush, shoot again on darker or lighter paper, or use HiAPI.",
    ),
    "thin_parts": Message(
        "The product has very thin parts",
        "In {file} some of them may be missing or grown together.",
        "Look at the cut-out, and correct it with the brush, or use HiAPI.",
    ),
    "parts_left_out": Message(
        "Parts of the product may be left out",
        "In {file} something outside the cut-out looks like a part of it.",
        "Look at the cut-out, and correct it with the brush, or use HiAPI.",
    ),
    "shape_unclear": Message(
        "Parts of the product are unclear",
        "In {file} some parts may as well be background.",
        "Look at the cut-out, and correct it with the brush, or use HiAPI.",
    ),
    "backdrop_kept": Message(
        "Some background may be kept",
        "In {file} the cut-out may hold what is seen through an opening, or a shadow.",
        "Look at the cut-out, and correct it with the brush, or use HiAPI.",
    ),
    "tiny": Message(
        "The packshot is too small",
        "{file} has fewer than 64 pixels on a side, or is a thin strip.",
        "Upload the full-size packshot, then try again.",
    ),
    "engine_failed": Message(
        "The engine failed",
        "It gave up after three tries.",
        "Try again, or tell your operator.",
    ),
    "waited_too_long": Message(
        "It waited too long",
        "HiAPI kept asking for patience for most of a day. Nothing was charged.",
        "Try again.",
    ),
    "task_overdue": Message(
        "HiAPI never finished it",
        "The task was taken a day ago and has not ended. It may have been charged, so it counts as spent.",
        "Try again at its price, or ask HiAPI about the task.",
    ),
    "result_lost": Message(
        "The picture was paid for and is lost",
        "HiAPI made it and does not hand it out any more.",
        "Try again at its price, or ask HiAPI for the money back.",
    ),
    "result_unusable": Message(
        "What came back is no picture",
        "It was paid for, and what HiAPI hands out cannot be opened.",
        "Try again at its price, or ask HiAPI for the money back.",
    ),
    "written_off": Message(
        "Written off, nothing was bought",
        "Somebody decided that HiAPI never took it. The money went back.",
        "Try again.",
    ),
    "written_off_bought": Message(
        "Written off, and paid for",
        "Somebody decided that HiAPI took it and that the picture is lost. It counts as spent.",
        "Try again at its price.",
    ),
    "engine_value": Message(
        "The scene asks for something the engine does not know",
        "{field} is {value}; allowed is {allowed}.",
        "Ask an admin to correct the scene.",
    ),
    # A cut or an archive that was not made
    "too_heavy": Message(
        "The file cannot be made small enough",
        "The channel takes {limit:MB} at most; the smallest that still looks right has {smallest:MB}.",
        "Download the uncut picture and reduce it by hand.",
    ),
    "no_format": Message(
        "The channel takes no format that we write",
        "It asks for {formats}.",
        "Download the uncut picture and convert it.",
    ),
    "file_gone": Message(
        "The file is gone",
        "The studio's storage does not have it any more.",
        "Rerun the picture, then export again.",
    ),
    "product_gone": Message(
        "The product was deleted", "Somebody deleted it a moment ago.", "Choose another product."
    ),
    "export_failed": Message("The archive could not be built", "It failed three times.", "Ask for it again."),
    "export_empty": Message(
        "Nothing to put into the archive", "No picture is finished.", "Wait for pictures to arrive."
    ),
    # Reasons inside an archive's list of what is missing
    "final_instead": Message(
        "Its final is there instead",
        "It is the final at {resolution}; the picture at {before} is left out.",
        "Reject the final to have the other one.",
    ),
    "queued": Message(
        "Not made yet", "The picture is waiting for its turn.", "Export again when it has arrived."
    ),
    "submitting": Message("Not made yet", "The picture is on its way.", "Export again when it has arrived."),
    "running": Message("Not made yet", "The picture is on its way.", "Export again when it has arrived."),
    "collecting": Message("Not made yet", "The picture is on its way.", "Export again when it has arrived."),
    "unsure": Message("Not known", "The engine did not answer.", "Look at the picture's page."),
    "cancelled": Message(
        "Cancelled", "The picture was cancelled before it started.", "Rerun it, then export again."
    ),
    # Scenes
    "words_missing": Message(
        "A sentence is missing", "The field {field} is empty.", "Fill it in, then publish."
    ),
    # Placements
    "placement_pixels": Message(
        "The {side} cannot be {value} pixels",
        "A placement has {low} to {high} pixels on each side.",
        "Look the size up in the channel's own guide.",
    ),
    "placement_least": Message(
        "The smallest {side} cannot be {value} pixels",
        "It is at least 1 and at most the {side} itself, {limit}.",
        "Leave it empty when the channel gives none.",
    ),
    "placement_safe": Message(
        "The margin cannot be {value} %",
        "A margin keeps 0 to {limit} % of a side free.",
        "Give it as the channel does, in percent of height or width.",
    ),
    "placement_formats": Message(
        "No format that we write", "The studio writes {allowed}.", "Choose at least one of them."
    ),
    "placement_limit": Message(
        "The limit cannot be {value} kB",
        "It lies between {low} kB and {high} kB.",
        "Leave it empty when the channel has none.",
    ),
    "placement_name_taken": Message(
        "{channel} has a placement {name} already", "Names are unique in a channel.", "Choose another name."
    ),
    # People
    "already_welcomed": Message(
        "This studio has an admin already", "The link works once.", "Sign in instead."
    ),
    "last_admin": Message(
        "{name} is the only admin of {brand}",
        "A brand needs one, for its people and its scenes.",
        "Make somebody else an admin first.",
    ),
    "invitation_unknown": Message(
        "This link is not known",
        "It may be cut off at its end, or a newer link has taken its place.",
        "Copy the whole link once more, or ask for a new one.",
    ),
    "invitation_expired": Message(
        "This link has expired", "It worked until {date}.", "Ask an admin of {brand} for a new one."
    ),
    "invitation_withdrawn": Message(
        "This link was withdrawn", "It opens nothing any more.", "Ask an admin of {brand} for a new one."
    ),
    "invitation_used": Message(
        "This link was used already",
        "Each link is for one person.",
        "Sign in if that was you, or ask for a new one.",
    ),
    "user_name_taken": Message(
        "The user name {name} is taken", "Somebody else has it.", "Choose another one."
    ),
    # The image provider
    **ANSWERS,
    **PROVIDER,
}

# A picture that failed for one of these fails again: it needs the brush, or another packshot.
DOUBTS: Final = (
    "background_not_plain", "touches_edge", "nothing_found", "low_contrast", "tiny", "shape_unclear",
    "thin_parts", "parts_left_out", "backdrop_kept",
)  # fmt: skip


UNKNOWN: Final = Message(
    "Something went wrong", "The studio has no words for it yet.", "Try again, or tell your operator."
)


def say(code: str, **values: Any) -> Message:
    """The message of a code, its braces filled; a value that is missing shows as an ellipsis."""
    message = MESSAGES.get(code, UNKNOWN)
    action = _way_out(code, values) or message.action
    headline = _fill(message.headline, values)
    return Message(
        headline[:1].upper() + headline[1:], _fill(message.explanation, values), _fill(action, values)
    )


def _way_out(code: str, values: dict[str, Any]) -> str:
    """What the values say better than the code alone."""
    if code in UNREACHED_BY and UNREACHED.search(str(values.get("reason"))):
        return OPEN_UP
    return WAYS_OUT.get((code, str(values.get("format"))), "")


def dollars(micro_dollars: int) -> str:
    """`30000` -> $0.03, `17200` -> $0.0172: exact, with two decimals at least."""
    whole, part = divmod(abs(micro_dollars), 1_000_000)
    sign = "−" if micro_dollars < 0 else ""
    return f"{sign}${whole:,}.{f'{part:06}'.rstrip('0').ljust(2, '0')}"


# Whom a sentence means when it is not told a name.
_MEANT: Final = {
    "ask": "ask an admin of the brand for",
    "operator": "your operator",
    "others": "another model",
    "where": "at the edge",
}


class _Value:
    """A value as people write it: `{limit:MB}` and `{limit:MP}` are millions of bytes and of pixels.

    `{price:money}` is micro-dollars, `{reason:headline}` another code, `{reason:said}` what somebody else
    wrote, to be followed by a full stop.
    """

    def __init__(self, value: Any) -> None:
        self.value = value

    def __format__(self, unit: str) -> str:
        if unit == "headline":
            return MESSAGES[self.value].headline if self.value in MESSAGES else UNKNOWN.headline
        if unit == "said":
            return str(self.value).rstrip(" .:;,")
        if unit and isinstance(self.value, int):
            return _UNITS[unit](self.value)
        return str(self.value)


_UNITS: Final[dict[str, Callable[[int], str]]] = {
    "MB": lambda value: f"{value / 1_000_000:.1f}".removesuffix(".0") + " MB",
    "MP": lambda value: f"{value / 1_000_000:.1f}".removesuffix(".0") + " megapixels",
    "money": dollars,
}


def _fill(text: str, values: dict[str, Any]) -> str:
    names = {name for _, name, _, _ in Formatter().parse(text) if name}
    return text.format(**{name: _Value(values.get(name, _MEANT.get(name, "…"))) for name in names})
