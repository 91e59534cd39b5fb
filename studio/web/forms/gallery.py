"""What the gallery is narrowed to. A value that makes no sense narrows nothing."""

from typing import Any, Final
from urllib.parse import urlencode

from django import forms
from django.db.models import Exists, F, OuterRef, Q, QuerySet

from studio.models import Cut, Render, State, Verdict
from studio.models.render import UNDECIDED
from studio.web.ids import DIGITS

STATES: Final = [
    ("", "Finished"), ("coming", "Under way"), ("failed", "Failed"), ("undecided", "Needs a decision"),
    ("cancelled", "Cancelled"), ("all", "Any state"),
]  # fmt: skip
REVIEWS: Final = [
    ("", "Any review"),
    ("none", "Not reviewed"),
    ("approved", "Approved"),
    ("rejected", "Rejected"),
]
CHECKS: Final = [
    ("", "Any check"),
    ("failure", "Fails its channel"),
    ("warning", "Has a warning"),
    ("pass", "Passes"),
]
_COMING: Final = (State.QUEUED, State.SUBMITTING, State.RUNNING, State.COLLECTING)
_IN_STATE: Final = {
    "": Q(state=State.DONE),
    "coming": Q(state__in=_COMING) | Q(state=State.UNSURE, look_again_at__isnull=False),
    "failed": Q(state=State.FAILED),
    "undecided": UNDECIDED,
    "cancelled": Q(state=State.CANCELLED),
    "all": Q(),
}  # fmt: skip
_IN_REVIEW: Final = {
    "": Q(),
    "none": Q(review=""),
    "approved": Q(review="approved"),
    "rejected": Q(review="rejected"),
}


class _Id(forms.IntegerField):
    def __init__(self) -> None:
        super().__init__(required=False, min_value=1, max_value=10**DIGITS)


class FilterForm(forms.Form):
    q = forms.CharField(required=False, max_length=120)
    product = _Id()
    scene = _Id()
    placement = _Id()
    shoot = _Id()
    state = forms.ChoiceField(choices=STATES, required=False)
    review = forms.ChoiceField(choices=REVIEWS, required=False)
    check = forms.ChoiceField(choices=CHECKS, required=False)

    def __init__(self, data: Any) -> None:
        super().__init__(data)
        self.full_clean()

    @property
    def wanted(self) -> dict[str, Any]:
        """What was asked for, without what was not."""
        return {name: value for name, value in self.cleaned_data.items() if value not in ("", None)}

    @property
    def query(self) -> str:
        return urlencode(self.wanted)

    @property
    def query_of_any_shoot(self) -> str:
        return urlencode({name: value for name, value in self.wanted.items() if name != "shoot"})

    def narrow(self, renders: QuerySet[Render]) -> QuerySet[Render]:
        """A placement's pictures are those of its ratio, from shoots that asked for the placement.

        The check is of any file of a picture, or of that for the placement.
        """
        wanted = self.cleaned_data.get
        where = (
            _IN_STATE[wanted("state") or ""] & _IN_REVIEW[wanted("review") or ""] & _about(wanted("q") or "")
        )
        for field, path in (("product", "product"), ("shoot", "shoot"), ("scene", "scene_version__scene")):
            if wanted(field):
                where &= Q(**{path: wanted(field)})
        if place := wanted("placement"):
            where &= Q(shoot__placements=place, shoot__placements__ratio=F("ratio"))
        return renders.filter(where & _checked(wanted("check") or "", wanted("placement")))


def _checked(verdict: str, placement: int | None) -> Q:
    """Some file has this verdict; to pass, all have it."""
    if not verdict:
        return Q()
    cuts = Cut.objects.filter(render=OuterRef("pk"))
    cuts = cuts.filter(placement=placement) if placement else cuts
    some = Q(Exists(cuts.filter(verdict=verdict)))
    return some & ~Q(Exists(cuts.exclude(verdict=verdict))) if verdict == Verdict.GOOD else some


def _about(words: str) -> Q:
    """Each word somewhere in SKU, product, scene or shoot."""
    where = Q()
    for word in words.split():
        where &= (
            Q(product__sku__icontains=word)
            | Q(product__name__icontains=word)
            | Q(scene_version__scene__name__icontains=word)
            | Q(shoot__name__icontains=word)
        )
    return where
