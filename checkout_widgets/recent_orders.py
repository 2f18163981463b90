"""How many orders lately had an offer's products: what the social proof of a widget may say."""

from datetime import datetime, timedelta

from django.db.models import CharField, Count, F, IntegerField, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Cast, Coalesce

from checkout_widgets.models import NextWidget, Offer, OfferItem, Widget
from experiments.models import COUNTED_STATUSES, OrderLine

RECENT = timedelta(days=30)  # as the placeholder says
PLACEHOLDER = "{orders_30d}"


def offers_that_show_recent_orders() -> QuerySet[Offer]:
    """Return the offers of widgets whose copy, in any language, says the number: others needn't be counted."""
    is_said = Q()
    for model in (Widget, NextWidget):
        # As text: the placeholder may stand in any language and any of its texts.
        texts = model.objects.annotate(
            translated=Cast("translations", CharField()), on_phones=Cast("phone_copy", CharField())
        )
        says = Q(social_proof__contains=PLACEHOLDER)
        for column in ("translated", "on_phones"):
            says |= Q(**{f"{column}__contains": PLACEHOLDER})
        is_said |= Q(pk__in=texts.filter(says).values("offer"))
    return Offer.objects.filter(is_said)


def count(*, offers: QuerySet[Offer], now: datetime) -> int:
    """Count again the orders of the last 30 days with one of each offer's products, unpaid and cancelled ones left out.

    One statement; returns how many offers' numbers changed.
    """
    skus = OfferItem.objects.filter(offer=OuterRef(OuterRef("pk"))).values("product__sku")
    lines = OrderLine.objects.filter(
        order__store=OuterRef("store"),
        order__placed_at__gt=now - RECENT,
        order__placed_at__lte=now,
        sku__in=skus,
        order__status__in=COUNTED_STATUSES,
    )
    # An order with several of the products is one order.
    orders = lines.order_by().values("order__store").annotate(orders=Count("order", distinct=True)).values("orders")
    counted = Coalesce(Subquery(orders, output_field=IntegerField()), 0)
    # Only what differs is written: each write of an offer makes every edge process load its store again.
    changed = offers.annotate(counted=counted).exclude(recent_orders=F("counted"))
    return changed.update(recent_orders=F("counted"))
