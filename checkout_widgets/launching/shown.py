"""What a test's variants show, as an approval covers it: words, layout, and the offer with its price and products.

Stock and the products' own prices aren't part of it: they come from the shop, and change by themselves.
"""

from typing import Any

from checkout_widgets.models import NextWidget, Offer, Widget
from experiments import audit
from experiments.models import Experiment

LEFT_OUT = frozenset({"id", "updated_at", "recent_orders", "owners", "owners_with", "untrue_claims", "variant"})
# So that approvals of before there were such columns go on covering the test: left out where they are empty.
NEWER = (
    *("share_of", "quote_text", "quote_name", "quote_source", "quote_date"),
    *("pairing", "pair_source", "pair_discount"),
)


def shown_by(experiment: Experiment) -> list[dict[str, Any]]:
    """Return each treatment's widget and second offers, each with its offer, as JSON can."""
    shown = []
    for model in (Widget, NextWidget):
        widgets = model.objects.filter(variant__experiment=experiment).select_related("variant", "offer").order_by("pk")
        for widget in widgets.prefetch_related("offer__items__product", "offer__tiers"):
            values = {"variant": widget.variant.key, **audit.values(widget, fields_of(model))}
            if not widget.phone_copy:
                del values["phone_copy"]  # so that approvals of before there were such words go on covering the test
            shown.append({**values, "offer": offer_values(widget.offer)})
    return shown


def offer_values(offer: Offer) -> dict[str, Any]:
    """Return what is sold, and for how much."""
    values = audit.values(offer, fields_of(Offer))
    for name in NEWER:
        if not values[name]:
            del values[name]
    return {
        **values,
        "items": [[item.product.sku, item.quantity] for item in offer.items.all()],
        "tiers": [[tier.quantity, tier.price_minor] for tier in offer.tiers.all()],
    }


def fields_of(model: type[Offer] | type[Widget] | type[NextWidget]) -> list[str]:
    """Return the names of what people set."""
    return [field.name for field in model._meta.concrete_fields if field.name not in LEFT_OUT]
