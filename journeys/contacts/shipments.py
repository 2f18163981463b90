"""Parcels of orders: what is said of each, when the others probably arrive, and which are late."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from statistics import median

from django.db import transaction
from django.db.models import QuerySet

from checkout_widgets.customer_news import FrictionNews, ShipmentNews
from experiments.models import Order, Store
from journeys import friction
from journeys.identifying import contact_of
from journeys.models import Contact, Friction, FrictionKind, Shipment

REMEMBERED = timedelta(days=180)  # parcels by which a store's usual time is known: carriers change
FEWEST = 20  # parcels that were reported: with fewer, nobody knows the store's usual time
USUAL_DAYS = 3.0  # where nobody knows it
GRACE = timedelta(days=1)  # after the day that was promised
# Orders at a time, so that none of them is locked for long.
BATCH = 500


def record(order: Order, source: str, shipments: Iterable[ShipmentNews]) -> None:
    """Keep what a source says of an order's parcels. What it doesn't say stays as it is known."""
    for news in shipments:
        # Locked against another delivery about the same parcel: the older of the two must not win by being slower.
        shipment, is_new = Shipment.objects.select_for_update().get_or_create(
            order=order,
            external_id=news.external_id,
            defaults={
                "source": source,
                "shipped_at": news.shipped_at,
                "expected_at": news.expected_at,
                "delivered_at": news.delivered_at,
                "tracking_url": news.tracking_url,
                "updated_at": news.updated_at,
            },
        )
        if not is_new:
            bring_up_to_date(shipment, news)
        if news.delivered_at is not None:
            note_arrival(shipment)


def bring_up_to_date(shipment: Shipment, news: ShipmentNews) -> None:
    """Add what is said now: it left once, the latest promise holds, and it arrived when that was first said."""
    is_newer = news.updated_at >= shipment.updated_at
    if news.shipped_at is not None:
        shipment.shipped_at = min(news.shipped_at, shipment.shipped_at or news.shipped_at)
    if news.expected_at is not None:
        # Of several promises the latest: nobody says which came last, and no parcel is late that may still be in time.
        shipment.expected_at = max(news.expected_at, shipment.expected_at or news.expected_at)
    if news.tracking_url and (is_newer or not shipment.tracking_url):
        shipment.tracking_url = news.tracking_url
    if news.delivered_at is not None:
        take_delivery(shipment, news.delivered_at)
    shipment.updated_at = max(shipment.updated_at, news.updated_at)
    shipment.save()


def take_delivery(shipment: Shipment, at: datetime) -> None:
    """Note that the parcel arrived; what was estimated gives way, and of two statements the earlier counts."""
    if shipment.delivered_at is None or shipment.is_estimated:
        shipment.delivered_at, shipment.is_estimated = at, False
    shipment.delivered_at = min(shipment.delivered_at, at)


def usual_days(store: Store, now: datetime) -> float | None:
    """Return the store's median of days from sent to delivered; None where too few arrivals were reported."""
    reported = Shipment.objects.filter(
        order__store=store, is_estimated=False, shipped_at__gte=now - REMEMBERED, delivered_at__isnull=False
    )
    days = []
    for shipment in reported.iterator(BATCH):
        assert shipment.shipped_at is not None, "as the query asks for"
        assert shipment.delivered_at is not None, "as the query asks for"
        days.append((shipment.delivered_at - shipment.shipped_at) / timedelta(days=1))
    if len(days) < FEWEST:
        return None
    return max(0.0, median(days))


def look_after(store: Store, now: datetime) -> list[int]:
    """Note which parcels are late, and which have probably arrived; return the orders of the latter.

    A parcel that was promised is late once the promise is broken, where the store reports arrivals. Of any other, the
    arrival is estimated: by the promise, else by the store's usual time.
    """
    usual = usual_days(store, now)
    days = USUAL_DAYS if usual is None else usual
    arrived = []
    for shipment in under_way(store, now).iterator(BATCH):
        if shipment.expected_at is not None and usual is not None:
            note_if_late(shipment, shipment.expected_at, now)
        elif estimate(shipment, days, now):
            arrived.append(shipment.order_id)
    return arrived


def estimate(shipment: Shipment, days: float, now: datetime) -> bool:
    """Say that the parcel arrived, once it probably has, and mark that nobody reported it."""
    assert shipment.shipped_at is not None, "only parcels that were sent are looked after"
    at = shipment.expected_at or shipment.shipped_at + timedelta(days=days)
    if at > now:
        return False
    # Not where a report came in since the row was read.
    still_unknown = Shipment.objects.filter(pk=shipment.pk, delivered_at=None)
    return bool(still_unknown.update(delivered_at=at, is_estimated=True))


def note_if_late(shipment: Shipment, promised: datetime, now: datetime) -> None:
    """Make a late parcel a problem of its customer, once."""
    if now < promised + GRACE:
        return
    contact = contact_of(shipment.order)
    if contact is None or late(contact, shipment).exists():
        return
    news = FrictionNews(kind=FrictionKind.LATE, external_id=late_id(shipment), opened_at=promised, updated_at=promised)
    with transaction.atomic():
        # Against other news of this customer, which counts the same open problems.
        locked = Contact.objects.select_for_update().get(pk=contact.pk)
        friction.record(locked, friction.ORDER, [news], shipment.order)


def note_arrival(shipment: Shipment) -> None:
    """Close the problem of a parcel that was late and has arrived."""
    contact = contact_of(shipment.order)
    if contact is None or shipment.delivered_at is None:
        return
    known = late(contact, shipment).filter(closed_at=None).first()
    if known is None:
        return
    known.closed_at = known.updated_at = max(known.opened_at, shipment.delivered_at)
    known.save(update_fields=["closed_at", "updated_at"])
    friction.recompute(contact)


def late_id(shipment: Shipment) -> str:
    """Return what names the problem of a late parcel."""
    return f"parcel:{shipment.pk}"


def late(contact: Contact, shipment: Shipment) -> "QuerySet[Friction]":
    """Query the problem of a late parcel."""
    return Friction.objects.filter(contact=contact, kind=FrictionKind.LATE, external_id=late_id(shipment))


def under_way(store: Store, now: datetime) -> "QuerySet[Shipment]":
    """Query the parcels that were sent lately and of which nobody says that they arrived."""
    sent = Shipment.objects.filter(order__store=store, delivered_at=None, shipped_at__gte=now - REMEMBERED)
    return sent.select_related("order").order_by("shipped_at", "pk")
