"""Lists and archives that were not taken, and rows and files of them that are left out."""

from typing import Final

from studio.messages.message import Message

_SAVE_CSV = "In the spreadsheet choose Save as, CSV UTF-8, then upload that file."
_SPLIT = "Cut it into several lists; each is imported by itself."
_PACK = "Pack the pictures once more, in an ordinary zip, then upload that."
_ALONE = "Upload the picture by itself on the products page."
_MEND = "Mend the line, then import the list again."

IMPORTS: Final[dict[str, Message]] = {
    # A list that was not taken
    "table_bytes": Message("The list is too big", "It has {bytes:MB}; the limit is {limit:MB}.", _SPLIT),
    "table_rows": Message("The list is too long", "It has {count} rows; the limit is {limit}.", _SPLIT),
    "table_columns": Message(
        "The list is too wide",
        "It has {count} columns; the limit is {limit}.",
        "Delete columns that are not needed.",
    ),
    "table_cell": Message(
        "A cell in line {line} is too long",
        "It has {count} characters; the limit is {limit}. A quotation mark left open does that, too.",
        "Shorten the cell or close the quotation mark, then upload the list again.",
    ),
    "table_quotes": Message(
        "A quotation mark is out of place",
        "From line {line} on nobody can tell where a cell ends.",
        "Close the quotation mark there, or save the list again from the spreadsheet.",
    ),
    "table_other": Message("This is no CSV", "It is a file of the kind {format}.", _SAVE_CSV),
    "table_binary": Message("This is no text", "A list is a CSV: plain text with a header line.", _SAVE_CSV),
    "table_empty": Message("The list is empty", "It has no header line.", "Begin with the sample list."),
    "table_no_rows": Message(
        "The list has no rows", "There is nothing below its header line.", "Add a line for each product."
    ),
    # Columns
    "mapping_no_sku": Message(
        "No column holds the SKU", "A product is known by its SKU.", "Choose the column that holds it."
    ),
    "mapping_twice": Message(
        "{column} is chosen twice", "A column holds one thing.", "Choose another one, or none."
    ),
    "mapping_gone": Message(
        "The list has no such column", "It was replaced meanwhile.", "Choose the columns again."
    ),
    # An archive that was not taken
    "archive_bytes": Message(
        "The archive is too big",
        "It has {bytes:MB}; the limit is {limit:MB}.",
        "Pack the pictures into several archives, and import them one after the other.",
    ),
    "archive_unpacked": Message(
        "The archive unpacks to too much",
        "Its files have {bytes:MB}; the limit is {limit:MB}.",
        "Pack the pictures into several archives, and import them one after the other.",
    ),
    "brand_archives": Message(
        "The brand has no room for the archive",
        "It has {bytes:MB}, the brand's packshots {used:MB}, archives of other imports {archives:MB}; "
        "the limit is {limit:MB}.",
        "Delete imports or packshots that are no longer needed, or ask your operator to raise the limit.",
    ),
    "archive_entries": Message(
        "The archive has too many files",
        "It has {count}; the limit is {limit}.",
        "Pack the pictures into several archives, and import them one after the other.",
    ),
    "archive_damaged": Message(
        "The archive is damaged", "Its directory is missing, cut off, or contradicts itself.", _PACK
    ),
    "archive_unknown": Message(
        "This is neither a list nor an archive",
        "A list is a CSV, an archive is a zip.",
        "Choose one of these.",
    ),
    "archive_other": Message("{format} archives are not taken", "Packshots come in a zip.", _PACK),
    "archive_office": Message("This is an Office document", "A list is a CSV.", _SAVE_CSV),
    "archive_overlap": Message(
        "The archive's files lie inside one another",
        "That is how bombs are built, so nothing was read.",
        _PACK,
    ),
    "archive_empty": Message(
        "The archive is empty", "It holds no files.", "Pack the pictures into it, then try again."
    ),
    "archive_gone": Message(
        "The files of this import are gone",
        "They are kept for {days} days.",
        "Upload them again.",
    ),
    "nothing_to_import": Message(
        "There is nothing to import", "No file was given.", "Choose a list or an archive."
    ),
    "import_under_way": Message(
        "The import is under way",
        "Its files cannot be replaced now.",
        "Stop it first, or wait until it is done.",
    ),
    "import_failed": Message(
        "The import could not be worked off",
        "It failed three times.",
        "Check it again, or tell your operator.",
    ),
    # A file of an archive that is left out
    "entry_leads_out": Message("Its name leads out of the archive", "Such files are never opened.", _ALONE),
    "entry_name": Message(
        "Its name holds invisible characters",
        "They can make it look like another.",
        "Rename it, then pack again.",
    ),
    "entry_link": Message(
        "It is a link, not a file", "Links are never followed.", "Pack the picture itself."
    ),
    "entry_encrypted": Message(
        "It is locked with a password", "It cannot be read.", "Pack it without a password."
    ),
    "entry_method": Message("It is packed in an unusual way", "A zip is either deflated or stored.", _PACK),
    "entry_nested": Message(
        "It is an archive in the archive", "Only pictures are read.", "Pack the pictures themselves."
    ),
    "entry_bomb": Message(
        "It unpacks to far more than it has", "No picture does that, so it was not read.", _ALONE
    ),
    "entry_twice": Message(
        "Its name is there twice", "The first one was taken.", "Rename one, then pack again."
    ),
    "entry_damaged": Message("It is damaged in the archive", "Its bytes do not match the directory.", _PACK),
    "entry_stray": Message(
        "It is no picture", "Such files are ignored.", "Nothing needs to be done about it."
    ),
    "file_unmatched": Message(
        "No row belongs to it",
        "Neither a row nor a SKU of the list has this name.",
        "Name it by its SKU, or name it in the list.",
    ),
    "file_same_as": Message(
        "Same picture as {sku}", "A picture belongs to one product.", "Delete it there to have it here."
    ),
    "file_same_here": Message(
        "Same picture as {file} of {sku}",
        "A picture belongs to one product; the one further up has it.",
        "Take it out of one of them.",
    ),
    # A row that is left out
    "row_no_sku": Message("There is no SKU", "A product is known by its SKU.", _MEND),
    "row_sku_unclear": Message(
        "{sku} is here in several spellings",
        "The brand has {skus}.",
        "Write it as one of them, letter for letter, then import the list again.",
    ),
    "row_sources_many": Message(
        "The product has too many pictures",
        "The list names {count} or more; the limit is {limit} a product.",
        _MEND,
    ),
    "row_sku_long": Message("The SKU is too long", "It has {count} characters; the limit is {limit}.", _MEND),
    "row_name_long": Message(
        "The name is too long", "It has {count} characters; the limit is {limit}.", _MEND
    ),
    "row_description_long": Message(
        "The description is too long", "It has {count} characters; the limit is {limit}.", _MEND
    ),
    "row_contradicts": Message(
        "It contradicts line {line}",
        "Both are {sku}; there the {field} is “{other}”, here “{value}”.",
        "Give both the same, or another SKU.",
    ),
    "source_missing": Message(
        "The archive has no {file}",
        "Case does not matter.",
        "Pack it, too, or correct the name.",
    ),
    "source_unclear": Message(
        "The archive has several {file}",
        "It may be {files}.",
        "Write the whole path, with its folders and its ending.",
    ),
    "source_elsewhere": Message(
        "The archive has no {file}",
        "In other folders it has {files}.",
        "Correct the folder in the list, or pack that picture, too.",
    ),
    "source_not_here": Message(
        "The packshot {file} has not come yet",
        "No archive was given, and the product has no packshot of that name.",
        "Add an archive or a folder of packshots.",
    ),
    "source_taken": Message("Line {line} has {file} already", "A picture belongs to one product.", _MEND),
    "address_odd": Message(
        "This address cannot be fetched", "Only public addresses that begin with https:// are.", _MEND
    ),
    # An address that was not fetched
    "fetch_gone": Message(
        "The picture is not at its address",
        "The server answered {status}.",
        "Correct the address, or upload the file.",
    ),
    "fetch_refused": Message(
        "The address leads to where nothing is fetched",
        "Only public servers are asked, by https.",
        "Correct the address, or upload the file.",
    ),
    "fetch_too_big": Message(
        "The picture at the address is too big",
        "It has more than {limit:MB}.",
        "Save it smaller, then upload it.",
    ),
    "fetch_moved": Message(
        "The address leads on and on", "It was followed {count} times.", "Write down the last address itself."
    ),
    "fetch_unreached": Message(
        "The server of the picture could not be reached",
        "It did not answer in time, or not to the end.",
        "Try again later.",
    ),
    "fetch_trouble": Message(
        "The server of the picture is in trouble", "It answered {status}.", "Try again later."
    ),
}
