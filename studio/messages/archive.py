"""Archives: names that cannot be given, files that are left out or missing, and why."""

from typing import Final

from studio.messages.message import Message

ARCHIVE: Final[dict[str, Message]] = {
    # A naming template that was not taken
    "name_field": Message(
        "There is no {field}", "A name can hold {allowed}.", "Choose one of these, or write the word itself."
    ),
    "name_braces": Message(
        "A brace is out of place",
        "Braces stand in pairs around one field each, like {example}.",
        "Close the brace, or take it out.",
    ),
    "name_end": Message(
        "The name does not end with {end}",
        "Each file needs the ending of its own format.",
        "Put it at the end.",
    ),
    "name_sign": Message(
        "{sign} cannot be in a name",
        "Some disk or other does not take it.",
        "Use letters, digits, spaces, - and _, and / between folders.",
    ),
    "name_folder": Message(
        "A folder has no name",
        "The path begins with /, ends with it, or holds //, a dot or two dots alone.",
        "Begin with a folder's name, and put one / between two of them.",
    ),
    "name_edge": Message(
        "“{part}” begins or ends with a space or a dot",
        "Windows cannot open such a folder or file.",
        "Take the space or the dot away.",
    ),
    "name_reserved": Message(
        "Windows keeps the name {part} for itself",
        "No file or folder can be called that there.",
        "Add a letter, or choose another name.",
    ),
    "name_deep": Message(
        "Too many folders in each other", "There are {folders}; the limit is {limit}.", "Take some out."
    ),
    "name_long": Message(
        "The template is too long", "It has {length} characters; the limit is {limit}.", "Make it shorter."
    ),
    # What is not in an archive
    "picture_deleted": Message(
        "The picture was deleted",
        "Somebody deleted it, or its product, after the archive was asked for.",
        "Make it again, then ask for another archive.",
    ),
    "cut_failed": Message(
        "It could not be cut for this placement",
        "The studio gave up after three tries.",
        "Open the picture, or tell your operator.",
    ),
    "left_out": Message(
        "Left out, as was asked for",
        "Its channel would refuse it.",
        "Open the picture to see why, or ask for an archive with such files.",
    ),
    "export_forgotten": Message(
        "Nobody knows any more what was in this archive",
        "Its pictures are remembered for 90 days after it has expired.",
        "Choose them in the gallery and ask for a new archive.",
    ),
    "archive_stale": Message(
        "The archive is being built once more",
        "Files of it are gone: {count}. The new one names those that cannot be made again.",
        "Download it as soon as it is ready; what came of the old one cannot be continued.",
    ),
}
