"""Offers with their items and tiers."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ObjectDoesNotExist, ValidationError
from django.db.models import QuerySet
from django.forms import BaseInlineFormSet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from checkout_widgets.admin.files import WithFiles
from checkout_widgets.admin.switching import Switchable
from checkout_widgets.catalogue_files import export_offers, import_offers
from checkout_widgets.catalogue_files.offers import COLUMNS
from checkout_widgets.models import Offer, OfferItem, OfferKind, OfferTier, Product
from checkout_widgets.offer_changes import of_offer, selling
from checkout_widgets.pair_offers import price_words
from checkout_widgets.recommending.owner_shares import count_owners_of
from experiments import audit
from experiments.admin.money_form import MoneyForm
from experiments.admin.tenancy import StoreScopedAdmin, StoreScopedInline
from experiments.admin.trail import note_changes, stored_values
from experiments.models import AuditAction


class OfferItemFormSet(BaseInlineFormSet):  # type: ignore[type-arg]
    """The items of an offer."""

    def clean(self) -> None:
        """Products of the offer's store, at least one of them; raises ``ValidationError``."""
        super().clean()
        products = self.kept_products()
        if self.instance.pairing:
            if products:
                raise ValidationError(
                    _("An offer of pairs has no products of its own. Remove them, or choose fixed products.")
                )
            return
        foreign = [str(product) for product in products if product.store_id != self.instance.store_id]
        if foreign:
            raise ValidationError(
                _("These products belong to another store: {products}. Choose products of this store.").format(
                    products=", ".join(foreign)
                )
            )
        if not any(self.errors) and not products:
            raise ValidationError(_("The offer has no product. Add at least one."))

    def kept_products(self) -> list[Product]:
        """Return the products of the rows that are filled in and not marked for deletion."""
        products = []
        for form in self.forms:
            if not form.is_valid() or form.cleaned_data.get("DELETE"):
                continue
            if form.cleaned_data.get("product"):
                products.append(form.cleaned_data["product"])
        return products


class OfferItemInline(StoreScopedInline):
    """What the offer sells."""

    model = OfferItem
    formset = OfferItemFormSet
    verbose_name = gettext_lazy("product")
    verbose_name_plural = gettext_lazy("Products")
    fields = ("product", "quantity", "position")
    autocomplete_fields = ("product",)

    def get_extra(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> int:
        """An empty row on a new offer's page."""
        return 0 if obj else 1

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """For whoever may change the offer."""
        return self.has_change_permission(request, obj)


class OfferTierForm(MoneyForm):
    """A tier, priced in the currency of its offer's store."""

    money_fields = ("price_minor",)

    def currency_of_row(self) -> str:
        """The currency of the offer's store; empty while the offer has none."""
        try:
            return str(self.instance.offer.store.currency)
        except ObjectDoesNotExist:
            return ""


class OfferTierFormSet(BaseInlineFormSet):  # type: ignore[type-arg]
    """The tiers of an offer."""

    def _construct_form(self, i: int, **kwargs: Any) -> Any:
        """With the offer, also one that isn't saved yet: it says the currency."""
        form = super()._construct_form(i, **kwargs)  # type: ignore[misc]
        form.instance.offer = self.instance
        return form

    def clean(self) -> None:
        """A quantity break has tiers, none of which costs more than as many single ones; raises ``ValidationError``."""
        super().clean()
        if any(self.errors):
            return
        tiers = self.kept_tiers()
        if self.instance.kind == OfferKind.QUANTITY_BREAK and not tiers:
            raise ValidationError(_("A quantity break needs a tier. Add one, such as a price for 2."))
        if self.instance.pairing and tiers:
            raise ValidationError(_("An offer of pairs has no tiers. Remove them, or choose fixed products."))
        price_of_one = self.instance.price_minor
        if price_of_one is None:
            return  # the offer's own form says that it is missing
        for quantity, price_minor in tiers.items():
            if price_minor > quantity * price_of_one:
                raise ValidationError(
                    _("The tier of %(quantity)s costs more than %(quantity)s single items. Lower its price.")
                    % {"quantity": quantity}
                )

    def kept_tiers(self) -> dict[int, int]:
        """Return quantity and price of the rows that are filled in and not marked for deletion."""
        tiers = {}
        for form in self.forms:
            data = form.cleaned_data
            if data.get("quantity") and not data.get("DELETE"):
                tiers[data["quantity"]] = data["price_minor"]
        return tiers


class OfferTierInline(StoreScopedInline):
    """Several at once for less."""

    model = OfferTier
    form = OfferTierForm
    formset = OfferTierFormSet
    fields = ("quantity", "price_minor")
    verbose_name_plural = gettext_lazy("Tiers: a price for several items together")

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """For whoever may change the offer."""
        return self.has_change_permission(request, obj)


class OfferForm(MoneyForm):
    """An offer; prices are typed in the store's currency."""

    money_fields = ("price_minor", "compare_at_minor")

    class Meta:
        help_texts = {
            "kind": gettext_lazy("A cross-sell isn't shown to shoppers who have the product in their cart."),
            "compare_at_minor": gettext_lazy(
                "What the items cost without the offer. Shown only if it is higher than the price. If you leave it "
                "empty, bundles, discounts and quantity breaks compare with the catalog's prices, others with nothing."
            ),
            "starts_at": gettext_lazy("The offer isn't shown before this time. Leave it empty to start immediately."),
            "ends_at": gettext_lazy(
                "The offer isn't shown after this time, and widgets show it as the deadline. "
                "Leave it empty if there is no end."
            ),
            "is_active": gettext_lazy(
                "If off, every test that sells the offer shows nothing, in treatment and control alike."
            ),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "price_minor" in self.fields:
            self.fields["price_minor"].required = False  # of fixed products alone: see ``clean``

    def clean(self) -> dict[str, Any] | None:
        """An end that comes after the start; an upgrade from a product of the same store; a price where it has one."""
        cleaned = super().clean()
        data = self.cleaned_data
        if data.get("price_minor") is None and "price_minor" not in self.errors and "price_minor" in self.fields:
            self.check_price()
        starts_at, ends_at = data.get("starts_at"), data.get("ends_at")
        if starts_at and ends_at and starts_at >= ends_at:
            self.add_error("ends_at", _("The end must come after the start."))
        if data.get("replaces"):
            self.check_replaces(data["replaces"])
        if data.get("billing_period") and data.get("kind") != OfferKind.SUBSCRIPTION:
            self.add_error(
                "billing_period",
                _("Only a subscription is billed again. Choose Once, or change the kind to Subscription."),
            )
        return cleaned

    def check_price(self) -> None:
        """Give an offer of pairs the price that stands for none; say beside the field that any other needs one."""
        if self.cleaned_data.get("pairing", self.instance.pairing):
            self.cleaned_data["price_minor"] = 0
        else:
            self.add_error("price_minor", _("Enter the price of all products together."))

    def check_replaces(self, replaces: Product) -> None:
        """Say beside the field why the product can't be the one that the offer replaces."""
        store = self.store_of_row()
        if store and replaces.store_id != store.pk:
            self.add_error(
                "replaces", _("This product belongs to a different store. Choose a product of the offer's store.")
            )
        if self.cleaned_data.get("kind") != OfferKind.UPGRADE:
            self.add_error(
                "replaces",
                _("Only an upgrade replaces a product. Clear this field, or change the kind to Upgrade."),
            )


@admin.register(Offer)
class OfferAdmin(WithFiles, Switchable, StoreScopedAdmin):
    """What is sold, at which price, how long. A change reaches shoppers within two seconds."""

    importers = {"offers": (gettext_lazy("Offers"), import_offers)}
    exporter = staticmethod(export_offers)
    columns = COLUMNS
    form = OfferForm
    inlines = (OfferItemInline, OfferTierInline)
    frozen = ("store", "key", "pairing")
    list_display = ("name", "store", "kind", "price", "is_active", "starts_at", "ends_at")
    list_filter = (
        "kind",
        "is_active",
        ("store", admin.RelatedOnlyFieldListFilter),
        ("ends_at", admin.EmptyFieldListFilter),
    )
    list_select_related = ("store",)
    search_fields = ("name", "key", "items__product__title", "items__product__sku")
    autocomplete_fields = ("replaces", "share_of")
    prepopulated_fields = {"key": ("name",)}
    fieldsets = (
        (None, {"fields": ("store", "name", "key", "kind", "is_active")}),
        (gettext_lazy("Products"), {"fields": ("pairing", "pair_source", "pair_discount")}),
        (gettext_lazy("Price"), {"fields": ("price_minor", "compare_at_minor", "billing_period", "terms", "replaces")}),
        (gettext_lazy("Limits"), {"fields": ("stock_limit", "starts_at", "ends_at")}),
        (
            gettext_lazy("Claims"),
            {"fields": ("share_of", "quote_text", "quote_name", "quote_source", "quote_date")},
        ),
    )

    def get_prepopulated_fields(self, request: HttpRequest, obj: Any = None) -> dict[str, Any]:
        """The key follows the name while the offer is being made."""
        if obj:
            return {}
        return dict(self.prepopulated_fields)

    @admin.display(ordering="price_minor", description=gettext_lazy("Price"))
    def price(self, offer: Offer) -> str:
        """For all items together."""
        return price_words(offer)

    def save_model(self, request: HttpRequest, obj: Offer, form: forms.ModelForm[Any], change: bool) -> None:
        """A new offer is priced in its store's currency; a changed one leaves a trace in every test that sells it."""
        before: dict[str, Any] = {}
        if change:
            before = stored_values(obj, form.changed_data)
        else:
            obj.currency = obj.store.currency
        super().save_model(request, obj, form, change)
        note_changes(request, obj, before, selling(obj), of=of_offer(obj))
        if "share_of" in form.changed_data:
            count_owners_of.defer(offer_id=obj.pk)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """With a trace of changed products and tiers, too."""
        before = sold(form.instance)
        super().save_related(request, form, formsets, change)
        changed = audit.changes(before, sold(form.instance))
        if not changed:
            return
        for experiment in selling(form.instance):
            audit.record(
                store=experiment.store,
                experiment=experiment,
                action=AuditAction.CHANGED,
                actor=request.user.get_username(),
                reason=of_offer(form.instance),
                detail=changed,
            )

    def switch(self, request: HttpRequest, queryset: QuerySet[Any], *, is_active: bool) -> list[Any]:
        """With a trace in every test that sells them."""
        offers = super().switch(request, queryset, is_active=is_active)
        for offer in offers:
            offer.is_active = is_active
            note_changes(request, offer, {"is_active": not is_active}, selling(offer), of=of_offer(offer))
        return offers


def sold(offer: Offer) -> dict[str, dict[str, int]]:
    """What an offer sells: how many of each product, and the price of each tier."""
    items = dict(OfferItem.objects.filter(offer=offer).values_list("product__sku", "quantity"))
    tiers = {}
    for tier in OfferTier.objects.filter(offer=offer):
        tiers[str(tier.quantity)] = tier.price_minor  # as text, as JSON has it: else a stored entry would differ
    return {"items": items, "tiers": tiers}
