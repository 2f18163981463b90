"""What a store's offers may say of earlier and personal prices: set by its admins, with what breaks it now."""

from datetime import datetime
from typing import TYPE_CHECKING

from django import forms
from django.db import transaction
from django.utils.translation import gettext as _

from checkout_widgets.launching.price_points import fix_of, untrue
from checkout_widgets.models import Offer
from checkout_widgets.price_history.claims import ClaimState, claims_of
from experiments import audit
from experiments.models import AuditAction, Store
from experiments.written_words import in_each_language

FIELDS = ("compare_at_rule", "is_personal_price_marked")

if TYPE_CHECKING:
    StoreForm = forms.ModelForm[Store]
else:
    StoreForm = forms.ModelForm


class PriceRulesForm(StoreForm):
    """The store's rules of prices."""

    class Meta:
        model = Store
        fields = FIELDS
        widgets = {"compare_at_rule": forms.RadioSelect}


def save_rules(form: PriceRulesForm, actor: str) -> None:
    """Save a valid form with an entry of the store's trail."""
    with transaction.atomic():
        # locked, so that of two admins at once the trail has what each of them changed
        before = audit.values(Store.objects.select_for_update(no_key=True).get(pk=form.instance.pk), FIELDS)
        form.instance.save(update_fields=[*FIELDS, "updated_at"])
        detail = audit.changes(before, audit.values(form.instance, FIELDS))
        if detail:
            store, reason = form.instance, in_each_language(lambda: _("Price rules"))
            audit.record(
                store=store,
                action=AuditAction.CHANGED,
                actor=actor,
                reason=reason,
                detail=detail,
            )


def broken_by(store: Store, now: datetime) -> list[tuple[Offer, str, str]]:
    """Return the offers whose compare-at price the store's rule doesn't allow, each with what is wrong and the fix."""
    compared = Offer.objects.filter(store=store, is_active=True, compare_at_minor__isnull=False).select_related("store")
    found = []
    for claim in claims_of(list(compared.order_by("name")), now):
        if claim.state == ClaimState.FALSE:
            found.append((claim.offer, untrue(claim), fix_of(claim)))
    return found
