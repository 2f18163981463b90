"""How many orders lately had an offer's products: what the social proof of a widget may say."""

from datetime import datetime, timedelta

from django.db.models import Count, F, IntegerField, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from checkout_widgets.claim_uses import offers_claiming
from checkout_widgets.claims import OfferClaim
from checkout_widgets.models import Offer, OfferItem
from experiments.models import COUNTED_STATUSES, OrderLine

RECENT = timedelta(days=30)  # as the placeholder says


def offers_that_show_recent_orders() -> QuerySet[Offer]:
    """Return the offers of widgets and messages that say the number, in any language: others needn't be counted."""
    return Offer.objects.filter(pk__in=offers_claiming(OfferClaim.COUNT))


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
