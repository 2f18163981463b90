"""Send points count towards the cap on a store's pages: those of today, in treatment and control alike.

Made anew from the send points each time they have changed, so that nothing can count twice or be forgotten: what an
erasure or a merge of contacts takes away is gone with the next minute.
"""

from collections.abc import Iterator
from datetime import datetime

from django.db.models import Count, Max, QuerySet

from checkout_widgets import send_points_today
from checkout_widgets.packed_shoppers import key_of
from experiments.models import Store
from experiments.reading.offer_views import day_span
from journeys.models import COUNTED_VERDICTS, SendPoint
from journeys.shoppers import shoppers_of


def note_send_points(now: datetime) -> None:
    """Tell the edges of all stores with messages which shoppers have had send points today."""
    for store in Store.objects.filter(sender__isnull=False).order_by("pk"):
        note_send_points_of(store, now)


def note_send_points_of(store: Store, now: datetime) -> None:
    """Tell the store's edges, where its send points are others than a minute ago."""
    begins, ends = day_span(store, store.day_of(now))
    points = SendPoint.objects.filter(store=store, at__gte=begins, at__lt=ends, verdict__in=COUNTED_VERDICTS)
    found = points.aggregate(number=Count("pk"), last=Max("pk"))
    source = f"{found['number']} up to {found['last']} before {ends.isoformat()}"
    before = send_points_today.made_from(store.pk)
    if found["number"] and source != before:
        send_points_today.keep(store.pk, ends, keys_of(store.pk, points), source)
    elif before and not found["number"]:
        send_points_today.forget(store.pk)


def keys_of(store_id: int, points: "QuerySet[SendPoint]") -> Iterator[int]:
    """Yield a key for each shopper and send point."""
    number_of = dict(points.values_list("contact").annotate(Count("pk")).order_by())
    for shopper in shoppers_of(store_id, number_of):
        key = key_of(shopper.digest(store_id))
        for _ in range(number_of[shopper.contact_id]):
            yield key
