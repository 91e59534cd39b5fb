"""Figures in words: money, time, size, counts."""


def price(micro_dollars: int | None) -> str:
    """`0` -> free, `30000` -> $0.03, None -> price unknown."""
    if micro_dollars is None:
        return "price unknown"
    if micro_dollars == 0:
        return "free"
    dollars = micro_dollars / 1_000_000
    return f"${dollars:,.2f}" if dollars >= 0.01 else f"${dollars:.4f}"


def took(seconds: float) -> str:
    """`4.24` -> 4.2 s, `52` -> 52 s, `130` -> 2 min, `7300` -> 2 h."""
    if seconds < 9.95:
        return f"{seconds:.1f}".removesuffix(".0") + " s"
    if seconds < 90:
        return f"{seconds:.0f} s"
    if seconds < 5400:
        return f"{seconds / 60:.0f} min"
    return f"{seconds / 3600:.0f} h"


def about(seconds: float) -> str:
    """A guess is not told to the second."""
    if seconds < 10:
        return "a few seconds"
    return f"about {took(5 * round(seconds / 5) if seconds < 90 else seconds)}"


def weight(size: int) -> str:
    """Bytes as a file manager shows them."""
    return f"{size / 1_000_000:.1f} MB" if size >= 1_000_000 else f"{max(1, round(size / 1000))} kB"


def count(number: int, noun: str) -> str:
    """`1, "picture"` -> 1 picture; `8, "picture"` -> 8 pictures."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
