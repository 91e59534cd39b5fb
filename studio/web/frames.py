"""A render as it is shown: one picture with its edge print, or the place that is kept for it."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from django.utils import timezone

from studio.flow.cutout import CORRECTED
from studio.messages import DOUBTS, Message, say
from studio.models import Render, Review, State
from studio.web import addresses, marks, shapes, words
from studio.web.marks import Mark
from studio.web.prices import Price, Prices

THUMB_SIDE: Final = 560
UNDER_WAY: Final = (State.SUBMITTING, State.RUNNING, State.COLLECTING)
UNDECIDED: Final = "undecided"  # told apart like a state: unsure, and nobody asks again
DECISION: Final = say(UNDECIDED)
_WORDS: Final = {
    State.UNSURE: "Asking again",
    State.QUEUED: "Queued",
    State.SUBMITTING: "Running",
    State.RUNNING: "Running",
    State.COLLECTING: "Arriving",
    State.CANCELLED: "Cancelled",
}


@dataclass(frozen=True)
class Frame:
    """Needs the render's product and scene version with its scene. `left` is the edge print under it."""

    render: Render
    left: str = ""
    may_act: bool = False
    can_choose: bool = False
    arriving: bool = False
    again: Price | None = None  # what another try costs; None where nothing is bought
    mark: Mark | None = None  # of files that their channels do not simply take

    @property
    def done(self) -> bool:
        return self.render.state == State.DONE

    @property
    def running(self) -> bool:
        return self.render.state in UNDER_WAY or (self.render.state == State.UNSURE and not self.undecided)

    @property
    def failed(self) -> bool:
        return self.render.state == State.FAILED

    @property
    def undecided(self) -> bool:
        return self.render.undecided

    @property
    def approved(self) -> bool:
        return self.render.review == Review.APPROVED

    @property
    def rejected(self) -> bool:
        return self.render.review == Review.REJECTED

    @property
    def look(self) -> str:
        """The same for two frames that look the same; the browser then keeps the one it has."""
        mark = self.mark.word if self.mark else ""
        return f"{self._kind} {self.render.failure if self.failed or self.running else mark}".strip()

    @property
    def css(self) -> str:
        arriving = " arriving" if self.arriving and self.done else ""
        return f"{shapes.css(self.render.ratio)} {self._kind}{arriving}".strip()

    @property
    def size(self) -> tuple[int, int]:
        return shapes.within(self.render.ratio, THUMB_SIDE)

    @property
    def thumb(self) -> str:
        return addresses.of_thumb(self.render)

    @property
    def title(self) -> str:
        """`Speckled mug, Café counter, 4:5`, and the take when it is not the first."""
        take = f", take {self.render.take}" if self.render.take > 1 else ""
        return (
            f"{self.render.product.name}, {self.render.scene_version.scene.name}, {self.render.ratio}{take}"
        )

    @property
    def alt(self) -> str:
        return f"{self.title}, {self.render.review}" if self.render.review else self.title

    @property
    def right(self) -> str:
        return f"{self.render.ratio} · {self.render.take}" if self.render.take > 1 else self.render.ratio

    @property
    def word(self) -> str:
        if self.running and self.render.failure == "task_unknown":
            return self.failure.headline
        return _WORDS.get(State(self.render.state), "")

    @property
    def seconds(self) -> int:
        """How long it has been worked on."""
        started = self.render.started_at
        return max(0, int((timezone.now() - started).total_seconds())) if started else 0

    @property
    def elapsed(self) -> str:
        return words.took(self.seconds)

    @cached_property
    def failure(self) -> Message:
        if self.undecided:
            return DECISION
        return say(self.render.failure or self.render.state, **self.render.failure_values)

    @property
    def needs_packshot(self) -> bool:
        """Trying again would end the same way: the way out is the brush, or another packshot."""
        packshot = self.render.packshot if self.render.failure in DOUBTS else None
        return packshot is not None and packshot.cutout_reason != CORRECTED

    @property
    def can_retry(self) -> bool:
        return self.may_act and self.render.state == State.FAILED and not self.needs_packshot

    @property
    def _kind(self) -> str:
        if self.done:
            return self.render.review
        if self.running:
            return "running"
        if self.undecided:
            return f"failed {UNDECIDED}"
        return "failed" if self.failed else self.render.state


def frames(renders: Iterable[Render], **how: bool) -> list[Frame]:
    """Frames with the SKU as edge print."""
    prices, rows = Prices(), list(renders)
    found = marks.of(rows)
    return [
        Frame(row, row.product.sku, again=prices.of_failed(row), mark=found.get(row.pk), **how)
        for row in rows
    ]
