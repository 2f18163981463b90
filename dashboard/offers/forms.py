"""The form of an offer: its own columns, and picture and stock of its products."""

from collections.abc import Collection
from typing import Any, ClassVar

from django import forms
from django.forms import BoundField
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from checkout_widgets.models import Offer, Product
from experiments.admin.money_form import MoneyForm

CONTROL = {"class": "form-control"}
PRODUCT_COLUMNS = ("image_url", "stock")


class OfferEditForm(MoneyForm):
    """What may be changed of an offer. Columns that are ``fixed``, as a started test needs them, are shown and stay."""

    money_fields: ClassVar[tuple[str, ...]] = ("price_minor", "compare_at_minor")

    class Meta:
        model = Offer
        fields = ("name", "price_minor", "compare_at_minor", "stock_limit", "is_active")
        help_texts = {
            "name": gettext_lazy("For your team. Shoppers see the products' titles and the widget's text."),
            "compare_at_minor": gettext_lazy(
                "What the items cost without the offer. It must be a price that you really charged. Shown only if it "
                "is higher than the price."
            ),
            "stock_limit": gettext_lazy("How many can be sold in all. Leave it empty for no limit."),
            "is_active": gettext_lazy(
                "If off, every test that sells the offer shows nothing, in treatment and control alike."
            ),
        }
        widgets = {
            "name": forms.TextInput(attrs=CONTROL),
            "stock_limit": forms.NumberInput(attrs=CONTROL | {"min": 0}),
            "is_active": forms.CheckboxInput(attrs={"class": "form-check-input"}),
        }

    def __init__(self, *args: Any, products: list[Product], fixed: Collection[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.products = products
        for product in products:
            self.add_product(product)
        for name, field in self.fields.items():
            column = name.partition("-")[0]
            # Django leaves what is sent for a disabled field aside.
            field.disabled = column in fixed

    def amount_field(self, field: forms.Field) -> forms.DecimalField:
        """Return the field for an amount, drawn as the console draws one."""
        amount = super().amount_field(field)
        amount.widget = forms.NumberInput(attrs=CONTROL | {"step": "any", "min": 0})
        return amount

    def add_product(self, product: Product) -> None:
        """Add fields for a product's picture and stock."""
        self.fields[f"image_url-{product.pk}"] = forms.URLField(
            label=_("Picture (address)"),
            required=False,
            max_length=500,
            initial=product.image_url,
            assume_scheme="https",
            widget=forms.URLInput(attrs=CONTROL),
        )
        self.fields[f"stock-{product.pk}"] = forms.IntegerField(
            label=_("In stock"),
            required=False,
            min_value=0,
            max_value=2**31 - 1,
            initial=product.stock,
            help_text=_("Leave it empty if you don't track stock. A product feed overwrites it."),
            widget=forms.NumberInput(attrs=CONTROL | {"min": 0}),
        )

    def product_fields(self) -> list[tuple[Product, list[BoundField]]]:
        """Return each product with its fields."""
        rows = []
        for product in self.products:
            rows.append((product, [self[f"{column}-{product.pk}"] for column in PRODUCT_COLUMNS]))
        return rows

    def clean(self) -> dict[str, Any] | None:
        """Refuse a compare-at price that isn't above the price: it would never be shown."""
        cleaned = super().clean()
        price, compare_at = self.cleaned_data.get("price_minor"), self.cleaned_data.get("compare_at_minor")
        if price is not None and compare_at is not None and compare_at <= price:
            said = _("The compare-at price must be higher than the price. Raise it, or leave it empty.")
            self.add_error("compare_at_minor", said)
        return cleaned

    def changed_columns(self) -> list[str]:
        """Name the offer's own columns that differ."""
        return [name for name in self.changed_data if name in self.Meta.fields]

    def changed_products(self) -> dict[Product, list[str]]:
        """Return the products that differ, with the values typed, and which of their columns."""
        changed: dict[Product, list[str]] = {}
        for product in self.products:
            for column in PRODUCT_COLUMNS:
                name = f"{column}-{product.pk}"
                if name in self.changed_data:
                    setattr(product, column, self.cleaned_data[name])
                    changed.setdefault(product, []).append(column)
        return changed
