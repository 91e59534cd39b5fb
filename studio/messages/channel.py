"""What a check found in a file that was cut for a channel."""

from typing import Final

from studio.messages.message import Message

_OTHER_SCENE: Final = "Shoot the product in a scene on pure white, such as Pure white, for this placement."
_HIGHER: Final = "Launch at a higher resolution for full sharpness."

CHANNEL: Final[dict[str, Message]] = {
    # The file
    "file_broken": Message(
        "The file cannot be opened", "It was read back after it was written.", "Rerun the picture."
    ),
    "format_not_taken": Message(
        "The channel does not take {format}", "It takes {formats}.", "Ask an admin to correct the placement."
    ),
    "other_pixels": Message(
        "The file has other pixels",
        "It is {width} × {height}; the channel asks for {asked_width} × {asked_height}.",
        "Rerun the picture.",
    ),
    "over_limit": Message(
        "The file is too heavy",
        "It has {bytes:MB}; the limit is {limit:MB}.",
        "Download the uncut picture and reduce it by hand.",
    ),
    "other_colours": Message("The file's colours are not sRGB", "Its mode is {mode}.", "Rerun the picture."),
    "cmyk_expected": Message(
        "The printer asks for CMYK", "The studio writes sRGB.", "Convert it with the printer's own profile."
    ),
    # Its ground
    "ground_not_white": Message(
        "The ground is not pure white",
        "The channel asks for 255 of 255 all around; here it goes down to {darkest} ({where}).",
        _OTHER_SCENE,
    ),
    "ground_transparent": Message(
        "The ground is transparent", "The channel wants every pixel covered.", "Choose a scene with a ground."
    ),
    "ground_plain": Message(
        "The ground is plain",
        "The channel asks for the product in a scene and turns plain grounds down.",
        "Choose a scene with a place in it.",
    ),
    # The product in it
    "product_leaves": Message(
        "The product leaves the picture",
        "The picture itself ends before the product does, whatever the shape.",
        "Make the picture again.",
    ),
    "product_cut": Message(
        "The product is cut",
        "This shape is too narrow for the whole product.",
        "Use the picture of another shape.",
    ),
    "outside_safe": Message(
        "The channel's buttons may cover the product",
        "{margins} should stay free.",
        "Rerun the picture with this placement alone.",
    ),
    "place_unknown": Message(
        "Nobody knows where the product is",
        "Its model does not tell, and it was not recognised in the picture: the crop keeps the middle.",
        "Look whether the product is whole and in its place.",
    ),
    "fills_too_little": Message(
        "The product is too small",
        "It fills {percent} % of the frame; the channel asks for {least} % at least.",
        _OTHER_SCENE,
    ),
    "fills_too_much": Message(
        "The product is too large",
        "It fills {percent} % of the frame; the channel asks for {most} % at most.",
        "Choose a scene that leaves more room.",
    ),
    # The picture that it was cut from
    "upscaled": Message(
        "Enlarged",
        "The picture has {width} pixels across for this crop, fewer than the placement needs.",
        _HIGHER,
    ),
    "enlarging_refused": Message("The channel refuses enlarged pictures", "Its guide says so.", _HIGHER),
    "too_few_pixels": Message(
        "The picture has too few pixels",
        "It has {width} × {height} for this crop; the channel asks for {least_width} × {least_height}.",
        "Launch at a higher resolution.",
    ),
    # The channel's policy
    "real_photo_expected": Message(
        "The channel expects real photos",
        "Its note: {note}.",
        "Let somebody decide whether this picture may stand for one.",
    ),
}
