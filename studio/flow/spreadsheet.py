"""Tables that go out are opened in spreadsheets, which take some text for a formula and compute it."""

from typing import Any, Final

_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n")


class Line:
    """What a csv writer writes into: it gives each line back."""

    def write(self, line: str) -> str:
        return line


def safe(cell: Any) -> Any:
    """The cell; text that begins like a formula has an apostrophe in front."""
    if isinstance(cell, str) and cell.lstrip(" ").startswith(_FORMULA):
        return f"'{cell}"
    return cell
