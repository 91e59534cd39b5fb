"""What people read when something went wrong: a code becomes a headline, an explanation and the way out.

The sentences give the value and the limit. `values` of a refusal fill the braces.
"""

from dataclasses import dataclass
from string import Formatter
from typing import Any, Final


@dataclass(frozen=True)
class Message:
    headline: str
    explanation: str
    action: str

    @property
    def sentence(self) -> str:
        """All of it in one breath."""
        return f"{self.headline}. {self.explanation} {self.action}"


_EXPORT_JPEG = "Export it as JPEG or PNG, then upload that file."

MESSAGES: Final[dict[str, Message]] = {
    # A file that was not taken
    "empty": Message(
        "The file is empty", "It has no bytes.", "Copy it again from where it came, then upload it."
    ),
    "not_an_image": Message(
        "This is not a picture",
        "Its content is of no kind that the studio knows.",
        "Choose a JPEG, PNG, WebP, HEIC or AVIF file.",
    ),
    "format_refused": Message(
        "{format} files are not taken", "Packshots come as JPEG, PNG, WebP, HEIC or AVIF.", _EXPORT_JPEG
    ),
    "too_many_bytes": Message(
        "The file is too big",
        "It has {bytes:MB}; the limit is {limit:MB}.",
        "Save it smaller or with more compression.",
    ),
    "too_many_pixels": Message(
        "The picture has too many pixels",
        "It is {width} × {height}; the limit is {limit:MP}.",
        "Scale it down, then upload it again.",
    ),
    "truncated": Message(
        "The file stops halfway",
        "The end of the picture is missing.",
        "Export it again, then replace it here.",
    ),
    "broken": Message(
        "The file is damaged", "It cannot be read to the end.", "Export it again, then replace it here."
    ),
    "decoder_died": Message(
        "The picture could not be opened safely",
        "Reading it was stopped to protect the studio.",
        "Try again. If it happens twice, export it as JPEG and upload that file.",
    ),
    "decoder_slow": Message(
        "The picture takes too long to open", "Reading it was stopped after {limit} seconds.", _EXPORT_JPEG
    ),
    "too_many_files": Message(
        "Too many files at once", "You chose {count}; the limit is {limit}.", "Upload them in several goes."
    ),
    "no_file": Message(
        "No file came with this", "The upload was cut off on its way.", "Choose the file again."
    ),
    "no_length": Message(
        "The upload does not say how long it is",
        "Up to {limit:MB} are taken, and only when their number is known before.",
        "Upload the file from the page itself.",
    ),
    "too_much": Message(
        "This is too much at once",
        "One request may hold {files} file, {fields} fields and {bytes:MB} of text.",
        "Send it in several goes.",
    ),
    "busy": Message(
        "The studio is busy with other uploads", "This one waited for its turn, in vain.", "Send it again."
    ),
    # No room for it
    "disk_low": Message(
        "The studio's disk is nearly full",
        "It has {free:MB} left; {limit:MB} must stay free.",
        "Delete what is no longer needed, or ask your operator for more room.",
    ),
    "disk_full": Message(
        "The studio's disk is full",
        "There was no room to store it, and nothing was kept of it.",
        "Delete what is no longer needed, or ask your operator for more room. Then try again.",
    ),
    "brand_bytes": Message(
        "The brand's room is used up",
        "Its packshots have {used:MB} and this file {bytes:MB}; the limit is {limit:MB}.",
        "Delete packshots that are no longer needed, or ask your operator to raise the limit.",
    ),
    "brand_packshots": Message(
        "The brand is full",
        "It has {count} packshots; the limit is {limit}.",
        "Delete packshots that are no longer needed, or ask your operator to raise the limit.",
    ),
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
    # A picture that was not made
    "background_not_plain": Message(
        "The background is not plain enough",
        "In {file} the product cannot be told from what is around it.",
        "Upload a packshot on a plain background, then try again.",
    ),
    "touches_edge": Message(
        "The product touches the edge",
        "{file} needs background all around the product.",
        "Upload a packshot that shows the whole product, then try again.",
    ),
    "nothing_found": Message(
        "No product found", "{file} looks empty.", "Upload a packshot that shows the product, then try again."
    ),
    "low_contrast": Message(
        "The product looks like its background",
        "In {file} both have nearly the same colour.",
        "Upload a packshot on a darker or lighter background, then try again.",
    ),
    "tiny": Message(
        "The packshot is too small",
        "{file} has fewer than 64 pixels on a side.",
        "Upload the full-size packshot, then try again.",
    ),
    "engine_failed": Message(
        "The engine failed",
        "It gave up after three tries. Nothing was charged.",
        "Try again, or tell your operator.",
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
    # What a check found
    "product_cut": Message(
        "The product is cut",
        "This shape is too narrow for the whole product.",
        "Use the picture of another shape, or place the product by hand.",
    ),
    "upscaled": Message(
        "Enlarged",
        "The picture has {width} pixels across for this crop, fewer than the placement needs.",
        "Launch at a higher resolution for full sharpness.",
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
}

# Trying such a picture again would end the same way: it needs another packshot.
UNCUTTABLE: Final = ("background_not_plain", "touches_edge", "nothing_found", "low_contrast", "tiny")

# The way out for files that were not taken, where the format tells a better one.
_EXPORT_PAGE = "Export the page as JPEG or PNG, then upload that file."
_UNPACK = "Unpack it, then upload the pictures inside."
_SAVE_PICTURE = "Save the picture itself, then upload it."
_PHONE = "On an iPhone set Settings, Camera, Formats to Most Compatible, or share the photo as JPEG."
WAYS_OUT: Final[dict[tuple[str, str], str]] = {
    ("format_refused", "GIF"): "Save its picture as PNG, then upload that file.",
    ("format_refused", "SVG"): "Export it as PNG, 2,000 pixels or wider.",
    ("format_refused", "camera raw"): "Develop it in your photo software and export it as JPEG.",
    ("format_refused", "PDF"): _EXPORT_PAGE,
    ("format_refused", "Office document"): _EXPORT_PAGE,
    ("format_refused", "ZIP"): _UNPACK,
    ("format_refused", "RAR"): _UNPACK,
    ("format_refused", "7-Zip"): _UNPACK,
    ("format_refused", "gzip"): _UNPACK,
    ("format_refused", "HTML"): _SAVE_PICTURE,
    ("format_refused", "XML"): _SAVE_PICTURE,
    ("format_refused", "program"): _SAVE_PICTURE,
    ("format_refused", "video"): "Upload a still picture of the product.",
    ("truncated", "HEIC"): _PHONE,
    ("broken", "HEIC"): _PHONE,
}

UNKNOWN: Final = Message(
    "Something went wrong", "The studio has no words for it yet.", "Try again, or tell your operator."
)


def say(code: str, **values: Any) -> Message:
    """The message of a code, its braces filled; a value that is missing shows as an ellipsis."""
    message = MESSAGES.get(code, UNKNOWN)
    action = WAYS_OUT.get((code, str(values.get("format"))), message.action)
    headline = _fill(message.headline, values)
    return Message(
        headline[:1].upper() + headline[1:], _fill(message.explanation, values), _fill(action, values)
    )


class _Value:
    """A value as people write it: `{limit:MB}` and `{limit:MP}` are millions of bytes and of pixels."""

    def __init__(self, value: Any) -> None:
        self.value = value

    def __format__(self, unit: str) -> str:
        if unit and isinstance(self.value, int):
            return f"{self.value / 1_000_000:.1f}".removesuffix(".0") + (
                " MB" if unit == "MB" else " megapixels"
            )
        return str(self.value)


def _fill(text: str, values: dict[str, Any]) -> str:
    names = {name for _, name, _, _ in Formatter().parse(text) if name}
    return text.format(**{name: _Value(values.get(name, "…")) for name in names})
