"""The catalogue."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from checkout_widgets.admin.files import WithFiles
from checkout_widgets.admin.switching import Switchable
from checkout_widgets.catalogue_files import export_products, import_products, read_feed
from checkout_widgets.catalogue_files.products import COLUMNS
from checkout_widgets.edge.content import LOW_STOCK
from checkout_widgets.models import Product
from experiments import formatting
from experiments.admin.money_form import MoneyForm
from experiments.admin.tenancy import StoreScopedAdmin

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


class ProductForm(MoneyForm):
    """A product; prices are typed in the store's currency."""

    money_fields = ("price_minor", "cost_minor")

    class Meta:
        help_texts = {
            "sku": _("The SKU that orders and the cart use."),
            "category": _("Tests can target shoppers by the categories in their carts."),
            "kind": _("Only goods are recommended with other products."),
            "image_url": _("An address that starts with https://. Square pictures look best."),
            "price_minor": _("What one item costs in the catalog."),
            "cost_minor": _("What one item costs you. Reports need it to compute the margin."),
            "stock": _(
                "How many are left. Leave it empty if you don't track stock. "
                "Widgets show the number when ten or fewer are left."
            ),
            "is_active": _("If off, every offer with this product is out of stock."),
        }


class StockFilter(admin.SimpleListFilter):
    """Sold out, low, enough, not counted."""

    title = _("stock")
    parameter_name = "stock_level"
    LEVELS: ClassVar[dict[str, tuple[StrOrPromise, dict[str, Any]]]] = {
        "out": (_("Out of stock"), {"stock": 0}),
        "low": (_("Low"), {"stock__gt": 0, "stock__lte": LOW_STOCK}),
        "enough": (_("Enough"), {"stock__gt": LOW_STOCK}),
        "uncounted": (_("Not tracked"), {"stock": None}),
    }

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """The levels."""
        return [(value, str(label)) for value, (label, _conditions) in self.LEVELS.items()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """The products of the chosen level; all for a value that somebody typed into the address."""
        chosen = self.value() or ""
        if chosen not in self.LEVELS:
            return queryset
        _label, conditions = self.LEVELS[chosen]
        return queryset.filter(**conditions)


@admin.register(Product)
class ProductAdmin(WithFiles, Switchable, StoreScopedAdmin):
    """What can be offered."""

    form = ProductForm
    importers = {
        "products": (_("Products"), import_products),
        "feed": (_("Feed: price and stock of known products, CSV or JSON"), read_feed),
    }
    exporter = staticmethod(export_products)
    columns = COLUMNS
    frozen = ("store", "sku")
    list_display = ("title", "sku", "store", "category", "price", "stock", "is_active")
    list_filter = ("is_active", StockFilter, ("store", admin.RelatedOnlyFieldListFilter))
    list_select_related = ("store",)
    search_fields = ("title", "sku", "category", "external_id")
    fieldsets = (
        (None, {"fields": ("store", "sku", "external_id", "title", "description", "category", "kind", "image_url")}),
        (_("Price and stock"), {"fields": ("price_minor", "cost_minor", "stock", "is_active")}),
    )

    @admin.display(ordering="price_minor", description=_("Price"))
    def price(self, product: Product) -> str:
        """In the product's currency."""
        return formatting.price(product.price_minor, product.currency)

    def save_model(self, request: HttpRequest, obj: Product, form: forms.ModelForm[Any], change: bool) -> None:
        """A new product is priced in its store's currency."""
        if not change:
            obj.currency = obj.store.currency
        super().save_model(request, obj, form, change)
