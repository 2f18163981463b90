"""What merchandisers say of pairs."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from checkout_widgets.admin.files import WithFiles
from checkout_widgets.catalogue_files import export_pairs, import_pairs
from checkout_widgets.catalogue_files.pairs import COLUMNS
from checkout_widgets.models import ChosenPair
from checkout_widgets.recommending import curating
from experiments.admin.tenancy import StoreScopedAdmin


class ChosenPairForm(forms.ModelForm):  # type: ignore[type-arg]
    """A pair that is pinned or banned, of products of one store."""

    def clean(self) -> dict[str, Any] | None:
        """Refuse products of another store, and a product beside itself."""
        cleaned = super().clean()
        product, suggested = self.cleaned_data.get("product"), self.cleaned_data.get("suggested")
        for name in ("product", "suggested"):
            chosen = self.cleaned_data.get(name)
            if chosen is not None and chosen.store_id != self.store_id():
                self.add_error(
                    name, _("This product belongs to a different store. Choose a product of the pair's store.")
                )
        if suggested is not None and suggested == product:
            self.add_error("suggested", _("A product can't be suggested beside itself. Choose another product."))
        return cleaned

    def store_id(self) -> int | None:
        """Return the pair's store; None where none was chosen, which its own field refuses."""
        store = self.cleaned_data.get("store")
        if store is not None:
            return int(store.pk)
        # What was set when the pair was made is no field anymore.
        store_id: int | None = self.instance.store_id
        return store_id

    def _get_validation_exclusions(self) -> set[str]:
        """Check the constraints in full, also those on fields that are only shown."""
        excluded: set[str] = super()._get_validation_exclusions()  # type: ignore[misc]
        return excluded - {"store", "product", "category", "suggested"}


@admin.register(ChosenPair)
class ChosenPairAdmin(WithFiles, StoreScopedAdmin):
    """Pairs that are suggested first, or never. Each change is in the audit trail, as one made in the console."""

    form = ChosenPairForm
    importers = {"pairs": (gettext_lazy("Pinned and banned pairs"), import_pairs)}
    exporter = staticmethod(export_pairs)
    columns = COLUMNS
    frozen = ("store", "product", "category", "suggested")
    list_display = ("suggested", "product", "category", "is_banned", "reason", "store")
    list_filter = ("is_banned", ("store", admin.RelatedOnlyFieldListFilter))
    list_select_related = ("store", "product", "suggested")
    search_fields = ("suggested__sku", "suggested__title", "product__sku", "product__title", "category")
    autocomplete_fields = ("product", "suggested")
    fields = ("store", "product", "category", "suggested", "is_banned", "reason")

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """For whoever may change the pair: a pair that is deleted is left to what is counted."""
        return self.has_change_permission(request, obj)

    def save_model(self, request: HttpRequest, obj: ChosenPair, form: forms.ModelForm[Any], change: bool) -> None:
        """With an entry of the trail."""
        curating.choose(obj, actor=request.user.get_username())

    def delete_model(self, request: HttpRequest, obj: ChosenPair) -> None:
        """With an entry of the trail."""
        curating.forget(obj, actor=request.user.get_username())

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[ChosenPair]) -> None:
        """With an entry of the trail for each."""
        for choice in queryset.select_related("store", "product", "suggested"):
            curating.forget(choice, actor=request.user.get_username())
