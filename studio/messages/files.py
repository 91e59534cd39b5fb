"""Files that were not taken, and the way out for each kind of them."""

from typing import Final

from studio.messages.message import Message

_EXPORT_JPEG = "Export it as JPEG or PNG, then upload that file."

FILES: Final[dict[str, Message]] = {
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
    "busy": Message(
        "The studio is busy with other uploads", "This one waited for its turn, in vain.", "Send it again."
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
    "sku_unclear": Message(
        "{sku} is here in several spellings",
        "The brand has {skus}.",
        "Name the file by one of them, letter for letter, or upload it on the page of that product.",
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
}

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
