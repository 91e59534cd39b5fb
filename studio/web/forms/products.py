"""What comes with a packshot, and what a person says about a product."""

from django import forms

from studio.models import Brand, Product


class UploadForm(forms.Form):
    """One file, and the product it belongs to when its name should not decide."""

    file = forms.FileField(allow_empty_file=True)
    product = forms.ModelChoiceField(Product.objects.none(), required=False)

    def __init__(self, brand: Brand, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        field = self.fields["product"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = brand.products.all()


class ProductForm(forms.Form):
    name = forms.CharField(max_length=120)
    sku = forms.CharField(label="SKU", max_length=80, help_text="Files for shops are named by it.")
    description = forms.CharField(
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Sent word for word in every prompt, such as “Speckled stoneware mug, cream glaze”.",
    )
