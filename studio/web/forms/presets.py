"""What an admin says about a scene."""

from typing import Any

from django import forms

from studio.models import Brand, Product, Scene

PREVIEW_RATIOS = ("5:4", "16:9", "1:1", "9:16")


def _words(label: str, help_text: str) -> forms.CharField:
    area = forms.Textarea(attrs={"rows": 2})
    return forms.CharField(label=label, help_text=help_text, max_length=600, required=False, widget=area)


class WordsForm(forms.Form):
    """A draft may have gaps; publishing it may not."""

    name = forms.CharField(max_length=80)
    surface = _words("Surface", "What the product stands on.")
    light = _words("Light", "Where it comes from and how hard it is.")
    mood = _words("Mood", "Place, mood and style.")
    keep = _words("Keep the product", "What must stay as it is.")
    note = forms.CharField(
        max_length=200, required=False, help_text="What changed, for the list of versions."
    )


class NewSceneForm(forms.Form):
    name = forms.CharField(max_length=80)
    like = forms.ModelChoiceField(
        Scene.objects.none(), required=False, label="Start from", empty_label="An empty scene"
    )
    shared = forms.BooleanField(required=False, label="Shared by all brands", help_text="Staff change it.")

    def __init__(self, brand: Brand, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        like = self.fields["like"]
        assert isinstance(like, forms.ModelChoiceField)
        like.queryset = Scene.objects.open_to(brand).published()


class PreviewForm(forms.Form):
    """Whose packshot to draw, and in which shape."""

    product = forms.ModelChoiceField(
        Product.objects.none(),
        label="Product",
        empty_label=None,
        widget=forms.Select(attrs={"form": "publish"}),  # the picture that a published scene is chosen by
    )
    ratio = forms.ChoiceField(choices=[(ratio, ratio) for ratio in PREVIEW_RATIOS])

    def __init__(self, brand: Brand, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        product = self.fields["product"]
        assert isinstance(product, forms.ModelChoiceField)
        product.queryset = brand.products.filter(packshots__isnull=False).distinct().order_by("pk")
