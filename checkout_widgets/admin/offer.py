"""Offers with their items."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.forms import BaseInlineFormSet
from django.http import HttpRequest

from checkout_widgets.models import Offer, OfferItem
from experiments import money
from experiments.admin.money_form import MoneyForm
from experiments.admin.tenancy import StoreScopedAdmin, StoreScopedInline
from experiments.admin.trail import note_changes, stored_values
from experiments.models import Experiment
from experiments.models.experiment import OVER


class OfferItemFormSet(BaseInlineFormSet):  # type: ignore[type-arg]
    """The items of an offer."""

    def clean(self) -> None:
        """Products of the offer's store, at least one of them; raises ``ValidationError``."""
        super().clean()
        kept = [form for form in self.forms if form.is_valid() and form.cleaned_data.get("product")]
        products = [form.cleaned_data["product"] for form in kept if not form.cleaned_data.get("DELETE")]
        foreign = [str(product) for product in products if product.store_id != self.instance.store_id]
        if foreign:
            raise ValidationError(f"Not a product of this store: {', '.join(foreign)}.")
        if not any(self.errors) and not products:
            raise ValidationError("An offer needs at least one product.")


class OfferItemInline(StoreScopedInline):
    """What the offer sells."""

    model = OfferItem
    formset = OfferItemFormSet
    fields = ("product", "quantity", "position")
    autocomplete_fields = ("product",)

    def get_extra(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> int:
        """An empty row on a new offer's page."""
        return 0 if obj else 1

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """For whoever may change the offer."""
        return self.has_change_permission(request, obj)


class OfferForm(MoneyForm):
    """An offer; prices are typed in the store's currency."""

    money_fields = ("price_minor", "compare_at_minor")

    def clean(self) -> dict[str, Any] | None:
        """An end that comes after the start."""
        cleaned = super().clean()
        starts_at, ends_at = self.cleaned_data.get("starts_at"), self.cleaned_data.get("ends_at")
        if starts_at and ends_at and starts_at >= ends_at:
            self.add_error("ends_at", "The end has to come after the start.")
        return cleaned


@admin.register(Offer)
class OfferAdmin(StoreScopedAdmin):
    """What is sold, at which price, how long. A change reaches shoppers within two seconds."""

    form = OfferForm
    inlines = (OfferItemInline,)
    frozen = ("store", "key")
    list_display = ("name", "store", "kind", "price", "is_active", "starts_at", "ends_at")
    list_filter = ("kind", "is_active")
    list_select_related = ("store",)
    search_fields = ("name", "key")
    prepopulated_fields = {"key": ("name",)}
    fields = (
        "store",
        "name",
        "key",
        "kind",
        "price_minor",
        "compare_at_minor",
        "stock_limit",
        "starts_at",
        "ends_at",
        "is_active",
    )

    def get_prepopulated_fields(self, request: HttpRequest, obj: Any = None) -> dict[str, Any]:
        """The key follows the name while the offer is being made."""
        return {} if obj else dict(self.prepopulated_fields)

    @admin.display(ordering="price_minor")
    def price(self, offer: Offer) -> str:
        """For all items together."""
        return money.text(offer.price_minor, offer.currency)

    def save_model(self, request: HttpRequest, obj: Offer, form: forms.ModelForm[Any], change: bool) -> None:
        """A new offer is priced in its store's currency; a changed one leaves a trace in every test that sells it."""
        before = stored_values(obj, form.changed_data) if change else {}
        if not change:
            obj.currency = obj.store.currency
        super().save_model(request, obj, form, change)
        note_changes(request, obj, before, selling(obj), of=f"Offer {obj}")


def selling(offer: Offer) -> QuerySet[Experiment]:
    """The tests that sell an offer and aren't over."""
    live = Experiment.objects.filter(variants__widget__offer=offer).exclude(status__in=OVER)
    return live.select_related("store").distinct()
