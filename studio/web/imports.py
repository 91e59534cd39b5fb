"""What the pages of an import show: its steps, its rows with their verdicts, files that are left out."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

from django.conf import settings
from django.core.paginator import Page, Paginator
from django.db.models import Exists, OuterRef, Prefetch, QuerySet

from studio.flow import disk, imports
from studio.messages import Message, say
from studio.models import Import, ImportFile, ImportRow, Packshot, RowVerdict
from studio.web import words

PAGE: Final = 100
FILES: Final = 300  # left out, named on one page
STEPS: Final = ("Files", "Columns", "Check", "Import")
STEP_OF: Final = {"draft": 0, "checking": 2, "checked": 2, "running": 3, "done": 3}
WILL: Final = {"new": "New product", "unchanged": "Unchanged", "problem": "Left out"}
DID: Final = WILL | {"new": "Made"}
AGAIN: Final = "Unchanged; what failed before is tried again"
FILTERS: Final = (
    ("", "All", "all"), ("new", "New", "new"), ("changed", "Changed", "changed"),
    ("unchanged", "Unchanged", "unchanged"), ("problem", "Left out", "problem"),
)  # fmt: skip


@dataclass(frozen=True)
class Line:
    """A row of the table. `bad` are its files that are left out, each with its reason."""

    row: ImportRow

    @property
    def done(self) -> bool:
        return self.row.done

    @property
    def lines(self) -> str:
        """`3`, or `3 and 2 more` for a product that several lines name."""
        return (
            f"{self.row.number} and {self.row.lines - 1} more" if self.row.lines > 1 else f"{self.row.number}"
        )

    @property
    def spelt(self) -> str:
        """The SKU as the brand has it, where the list has another case."""
        product = self.row.product
        return product.sku if product and product.sku != self.row.sku else ""

    @property
    def verdict(self) -> str:
        if self.row.verdict == RowVerdict.CHANGED:
            return f"{'Changed' if self.done else 'Changes'}: {', '.join(self.row.changes) or 'packshots'}"
        if self.row.verdict == RowVerdict.UNCHANGED and not self.done:
            return AGAIN
        if self.row.verdict == RowVerdict.NEW and self.done and self.bad and not self.names:
            return "Made, without a packshot"
        return (DID if self.done else WILL).get(self.row.verdict, "")

    @property
    def message(self) -> Message | None:
        return say(self.row.reason, **self.row.values) if self.row.reason else None

    @property
    def names(self) -> str:
        files = [file.name for file in self.row.files.all() if not file.reason]
        return ", ".join(files[:3]) + (f" and {len(files) - 3} more" if len(files) > 3 else "")

    @property
    def bad(self) -> list[tuple[str, Message]]:
        if self.row.reason:
            return []
        return told(file for file in self.row.files.all() if file.reason)


@dataclass(frozen=True)
class Figures:
    """What became of all things of one kind, or will."""

    name: str
    counts: list[tuple[str, int]]


@dataclass(frozen=True)
class Filter:
    key: str
    name: str
    count: int


def told(files: Iterable[ImportFile]) -> list[tuple[str, Message]]:
    return [(file.name, say(file.reason, **file.values)) for file in files]


def table(imported: Import, verdict: str, number: str) -> dict[str, Any]:
    """The rows of one verdict, a page of them; in a handful of queries, however many there are."""
    counts = imports.counts(imported)
    rows = (
        _rows(imported, verdict)
        .select_related("product")
        .prefetch_related(Prefetch("files", ImportFile.objects.order_by("number")))
    )
    page: Page[ImportRow] = Paginator(rows, PAGE).get_page(number)
    filters = [Filter(key, name, counts[count]) for key, name, count in FILTERS]
    more = (Filter("failed", "Packshot failed", _failed(imported).count()),
            Filter("bare", "Without a packshot", _bare(imported).count()))  # fmt: skip
    return {
        "counts": counts,
        "verdict": verdict,
        "filters": filters + [one for one in more if one.count],
        "page": page,
        "lines": [Line(row) for row in page],
        "listed": bool(imported.table_name),
    } | _left_out(imported)


def progress(imported: Import) -> dict[str, Any]:
    """What is shown while a worker has it."""
    counts = imports.counts(imported)
    todo = max(imported.todo, counts["open"]) if imported.state == "running" else 0
    read = imported.files.filter(entry__isnull=False)
    total = todo or read.count()
    left = counts["open"] if todo else read.filter(sha256="", reason="").count()
    return {
        "counts": counts,
        "total": total,
        "ready": max(0, total - left),
        "no_room": say("disk_low", free=disk.free(), limit=settings.DISK_FLOOR).sentence
        if disk.low()
        else "",
        "version": f"{imported.state}-{left}",
    }


def result(imported: Import) -> dict[str, Any]:
    """What may be done next with an import that is checked or done."""
    counts, shots = imports.counts(imported), imports.packshots(imported)
    return {
        "figures": _figures(counts, shots, imported.state == "done"),
        "begin": _begin(imported, counts, shots),
        "shots": shots,
        "to_mend": imports.troubled(imported).exists(),
        "again": imports.failed_for_now(imported).count() if imported.state == "done" else 0,
    }


def _figures(counts: dict[str, int], shots: dict[str, int], done: bool) -> list[Figures]:
    made = ("made" if done else "new", counts["new"])
    came = ("came", shots["came"]) if done else ("to come", shots["open"])
    here = shots["here"] + (0 if done else shots["came"])
    return [
        Figures("Products", [made, ("changed", counts["changed"]), ("unchanged", counts["unchanged"])]),
        Figures("Packshots", [came, ("here already", here), ("failed", shots["failed"])]),
        Figures("Rows", [("left out", counts["problem"])]),
    ]


def _begin(imported: Import, counts: dict[str, int], shots: dict[str, int]) -> str:
    """What the button that begins the work says; empty when there is none."""
    if not counts["open"]:
        return ""
    if imported.rows.filter(verdict__in=(RowVerdict.NEW, RowVerdict.CHANGED), done=False).exists():
        return f"Import {words.count(counts['open'], 'product')}"
    return f"Try {words.count(shots['again'], 'packshot')} again"


def steps(imported: Import, at: int | None = None) -> list[tuple[str, bool]]:
    """Each step's name, and whether it is the one on this page; without a list there are no columns."""
    here = STEP_OF[imported.state] if at is None else at
    named = [(name, number == here) for number, name in enumerate(STEPS)]
    return [step for step in named if imported.table_name or step[0] != "Columns"]


def _rows(imported: Import, verdict: str) -> QuerySet[ImportRow]:
    if verdict in ("bare", "failed"):
        return _bare(imported) if verdict == "bare" else _failed(imported)
    return imported.rows.filter(verdict=verdict) if verdict in RowVerdict.values else imported.rows.all()


def _failed(imported: Import) -> QuerySet[ImportRow]:
    """Rows that come in although a picture of theirs does not."""
    return imports.troubled(imported).exclude(verdict=RowVerdict.PROBLEM)


def _bare(imported: Import) -> QuerySet[ImportRow]:
    """Rows that come in without a picture, and whose product has none."""
    files = ImportFile.objects.filter(row=OuterRef("pk"), reason="")
    shots = Packshot.objects.filter(product=OuterRef("product"))
    return imported.rows.exclude(verdict=RowVerdict.PROBLEM).filter(~Exists(files), ~Exists(shots))


def _left_out(imported: Import) -> dict[str, Any]:
    """Files of the archive that belong to no row."""
    files = imported.files.filter(row=None).order_by("entry")
    count = files.count()
    return {"astray": told(files[:FILES]), "astray_count": count, "astray_more": max(0, count - FILES)}
