"""What a person has chosen for a shoot. Rows that are gone meanwhile are passed over, never an error."""

from collections.abc import Collection
from copy import copy
from typing import Any

from django import forms
from django.db.models import Model, QuerySet

from studio.flow.engines import offered
from studio.flow.shoot import engine_and_model, models
from studio.flow.start import lacking, startable
from studio.models import RESOLUTIONS, Brand, Placement, Product, Scene, Shoot
from studio.web import shapes
from studio.web.ids import ids

TAKES = (1, 2, 3, 4)


class Rows(forms.Field):
    """Ids in a form, as the rows of `queryset` that have them."""

    widget = forms.SelectMultiple

    def __init__(self, queryset: QuerySet[Any]) -> None:
        super().__init__(required=False)
        self.queryset = queryset

    def to_python(self, value: list[str] | None) -> list[Model]:
        wanted = ids(value or [])
        return list(self.queryset.filter(pk__in=wanted)) if wanted else []


class Shapes(forms.Field):
    widget = forms.SelectMultiple

    def to_python(self, value: list[str] | None) -> list[str]:
        return [ratio for ratio in value or [] if ratio in shapes.WORDS]


class PlanForm(forms.Form):
    """`shown` are the products on the page: one without its tick is let go, the others stay as they were.

    `every` is about all products of the brand, on the page or not. A product that lacks what a picture needs
    is not taken; `passed_over` are those that were ticked all the same.
    """

    passed_over: Collection[Product] = ()

    name = forms.CharField(max_length=120, required=False)
    resolution = forms.ChoiceField(choices=[(size, size) for size in RESOLUTIONS])
    takes = forms.TypedChoiceField(choices=[(take, take) for take in TAKES], coerce=int)
    ratio = Shapes(required=False)
    engine = forms.CharField(required=False)
    model = forms.CharField(required=False)
    every = forms.ChoiceField(choices=[("all", "Choose all"), ("none", "Let go of all")], required=False)

    def __init__(self, data: Any, brand: Brand) -> None:
        super().__init__(data)
        self.brand = brand
        self.fields["product"] = Rows(Product.objects.filter(brand=brand))
        self.fields["shown"] = Rows(Product.objects.filter(brand=brand))
        self.fields["scene"] = Rows(Scene.objects.open_to(brand).published())
        self.fields["placement"] = Rows(Placement.objects.offered_to(brand))

    def choice(self, shoot: Shoot) -> dict[str, Any]:
        """What flow's `choose` takes. A field that is wrong keeps what the draft has."""
        wanted = self.cleaned_data
        return {
            "products": self._products(_planned(shoot, wanted["engine"], wanted["model"])),
            "scenes": wanted["scene"],
            "placements": wanted["placement"],
            "ratios": wanted["ratio"],
            "resolution": wanted.get("resolution", shoot.resolution),
            "takes": wanted.get("takes", shoot.takes),
            "name": wanted.get("name", shoot.name),
            "engine": wanted["engine"],
            "model": wanted["model"],
        }

    def clean_engine(self) -> str:
        """One that is not offered leaves the draft's own."""
        engine: str = self.cleaned_data["engine"]
        return engine if engine in offered() else ""

    def clean_model(self) -> str:
        """A model of another engine is passed over: the page of before had it."""
        engine, model = self.cleaned_data["engine"], self.cleaned_data["model"]
        known = engine and any(one.key == model for one in models(engine))
        return model if known else ""

    def _products(self, shoot: Shoot) -> list[Product]:
        if every := self.cleaned_data.get("every"):
            return startable(shoot, Product.objects.filter(brand=self.brand)) if every == "all" else []
        ticked, shown = self.cleaned_data["product"], set(self.cleaned_data["shown"])
        before = dict.fromkeys(shoot.products.all())  # in their order, quick to ask
        bare = lacking(shoot, [product for product in ticked if product not in before])
        self.passed_over = [product for product in ticked if product.pk in bare]
        kept = [product for product in ticked if product not in self.passed_over]
        unseen = [product for product in before if product not in shown]
        return list(dict.fromkeys([*unseen, *kept]))


def _planned(shoot: Shoot, engine: str, model: str) -> Shoot:
    """The draft with the engine and model that are chosen along with its products."""
    planned = copy(shoot)
    planned.engine, planned.model = engine_and_model(shoot, engine, model)
    return planned
