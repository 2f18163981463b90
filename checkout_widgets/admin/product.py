"""The catalogue."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from checkout_widgets.admin.files import WithFiles
from checkout_widgets.admin.switching import Switchable
from checkout_widgets.catalogue_files import export_products, import_products, read_feed
from checkout_widgets.catalogue_files.products import COLUMNS
from checkout_widgets.edge.content import LOW_STOCK
from checkout_widgets.models import Product
from experiments import money
from experiments.admin.money_form import MoneyForm
from experiments.admin.tenancy import StoreScopedAdmin


class ProductForm(MoneyForm):
    """A product; prices are typed in the store's currency."""

    money_fields = ("price_minor", "cost_minor")

    class Meta:
        help_texts = {
            "sku": "As orders and the cart name it.",
            "category": "What targeting can ask for.",
            "image_url": "An address that starts with https://; square pictures look best.",
            "price_minor": "In the catalogue, for one.",
            "cost_minor": "What one costs the shop: reports of the margin need it.",
            "stock": "How many there are; empty where nobody counts. Widgets say ten and fewer.",
            "is_active": "Off: every offer with it is sold out.",
        }


class StockFilter(admin.SimpleListFilter):
    """Sold out, low, enough, not counted."""

    title = "stock"
    parameter_name = "stock_level"
    LEVELS: ClassVar[dict[str, tuple[str, dict[str, Any]]]] = {
        "out": ("Sold out", {"stock": 0}),
        "low": ("Low", {"stock__gt": 0, "stock__lte": LOW_STOCK}),
        "enough": ("Enough", {"stock__gt": LOW_STOCK}),
        "uncounted": ("Not counted", {"stock": None}),
    }

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """The levels."""
        return [(value, label) for value, (label, _) in self.LEVELS.items()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """The products of the chosen level."""
        return queryset.filter(**self.LEVELS[self.value() or ""][1]) if self.value() in self.LEVELS else queryset


@admin.register(Product)
class ProductAdmin(WithFiles, Switchable, StoreScopedAdmin):
    """What can be offered."""

    form = ProductForm
    importers = {"Products": import_products, "Feed: price and stock of known products, CSV or JSON": read_feed}
    exporter = staticmethod(export_products)
    columns = COLUMNS
    frozen = ("store", "sku")
    list_display = ("title", "sku", "store", "category", "price", "stock", "is_active")
    list_filter = ("is_active", StockFilter, ("store", admin.RelatedOnlyFieldListFilter))
    list_select_related = ("store",)
    search_fields = ("title", "sku", "category", "external_id")
    fieldsets = (
        (None, {"fields": ("store", "sku", "external_id", "title", "description", "category", "image_url")}),
        ("Price and stock", {"fields": ("price_minor", "cost_minor", "stock", "is_active")}),
    )

    @admin.display(ordering="price_minor")
    def price(self, product: Product) -> str:
        """In the product's currency."""
        return money.text(product.price_minor, product.currency)

    def save_model(self, request: HttpRequest, obj: Product, form: forms.ModelForm[Any], change: bool) -> None:
        """A new product is priced in its store's currency."""
        if not change:
            obj.currency = obj.store.currency
        super().save_model(request, obj, form, change)
