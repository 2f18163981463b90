"""Makes the kept counts of a store's days those of its events, acceptances and orders.

Views are added up when events have come, sales when an acceptance or its order has changed, which triggers note. Both
are done day by day, each in a transaction of its own, and by the worker alone.
"""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from django.db import connection, transaction
from django.utils import timezone

from checkout_widgets.models import NextWidget, Offer, SaleChange, ShownDay, ShownUntil, SoldDay, Widget
from experiments.models import Store
from experiments.reading import offer_views
from experiments.reading.offer_views import day_span
from experiments.sql_files import read_sql

# Held while a day is added up, against a second worker, which would write the counts of another instant.
LOCK = 0x0FF8
# How long after its receipt an event may be committed: what is received within it is asked for again next time.
OVERLAP = timedelta(minutes=2)
# Of receipts added up at once: a long past is added up piece by piece, so that one that is interrupted goes on there.
PIECE = timedelta(days=1)
CHANGES = 10_000  # bounds a transaction
SOLD = read_sql(__file__, "sold")


class Sales(NamedTuple):
    """What came of a variant's offer, by one value of a dimension; ``""`` is everybody. As ``SoldDay`` has it."""

    variant_id: int
    step: str
    offer_id: int
    dimension: str
    value: str
    taken: int
    bought: int
    revenue_minor: int
    refunded_minor: int
    cost_minor: int
    unknown_costs: int


def refresh_all(now: datetime) -> None:
    """Add up what has come in since the last time, of every store."""
    for store in Store.objects.order_by("pk"):
        refresh_views(store, now)
    refresh_sales()


def refresh_views(store: Store, now: datetime) -> None:
    """Add up the days of which events have come since the last time."""
    counted = ShownUntil.objects.filter(store=store).values_list("at", flat=True).first()
    since = counted or offer_views.first_received_at(store)
    if since is None:
        return
    while since < now:
        until = min(since + PIECE, now)
        for day in offer_views.days_received(store, since - OVERLAP, until):
            refresh_views_of(store, day)
        ShownUntil.objects.update_or_create(store=store, defaults={"at": until})
        since = until


def counted_until(now: datetime) -> datetime:
    """Return up to when what was received is counted, of all stores."""
    earliest = now
    for store in Store.objects.order_by("pk"):
        counted = ShownUntil.objects.filter(store=store).values_list("at", flat=True).first()
        earliest = min(earliest, counted or offer_views.first_received_at(store) or now)
    return earliest


def refresh_sales() -> None:
    """Add up the days of which an acceptance or an order of it has changed."""
    changes = CHANGES
    while changes == CHANGES:
        changes = refresh_changed(CHANGES)


def refresh_changed(limit: int) -> int:
    """Add up the days of the oldest changes, at most ``limit``, and return how many changes there were."""
    with transaction.atomic():
        lock()
        # Taken out first: what is noted here is committed, and so read by the statements after it; what is noted later
        # stays. The other way round, an order that comes between the two would be in no count.
        oldest = list(SaleChange.objects.order_by("pk").values_list("pk", "store_id", "accepted_at")[:limit])
        SaleChange.objects.filter(pk__in=[pk for pk, _, _ in oldest]).delete()
        stores = Store.objects.in_bulk({store_id for _, store_id, _ in oldest})
        days = set()
        for _, store_id, accepted_at in oldest:
            if store_id in stores:
                days.add((store_id, stores[store_id].day_of(accepted_at)))
        for store_id, day in sorted(days):
            write_sales(stores[store_id], day)
    return len(oldest)


def refresh_views_of(store: Store, day: date) -> None:
    """Make the kept views of a day those of its events.

    A day whose events are deleted for their age, or have gone on to ClickHouse, stays as it is.
    """
    begins, _ = day_span(store, day)
    is_too_old = begins < timezone.now() - timedelta(days=store.retention_days)
    if is_too_old or not offer_views.has_all_events(store, day):
        return
    with transaction.atomic():
        lock()
        rows = []
        views = offer_views.views_of_day(store, day)
        offers = shown_offers(store, {found.variant_id for found in views})
        for found in views:
            offer_id = offers.get((found.variant_id, found.step))
            if offer_id is not None:
                rows.append(ShownDay(store=store, day=day, offer_id=offer_id, **found._asdict()))
        replace_day(ShownDay, store, day, rows)


def write_sales(store: Store, day: date) -> None:
    """Make the kept sales of a day those of its acceptances. The caller holds the lock."""
    begins, ends = day_span(store, day)
    with connection.cursor() as cursor:
        cursor.execute(SOLD, {"store_id": store.pk, "begins": begins, "ends": ends})
        sold = [Sales(*row) for row in cursor.fetchall()]
    replace_day(SoldDay, store, day, [SoldDay(store=store, day=day, **sales._asdict()) for sales in sold])


def shown_offers(store: Store, variants: Iterable[int]) -> dict[tuple[int, str], int]:
    """Find which offer each of these variants shows, by variant and step of a sequence.

    A variant of another store, or without a widget, shows none.
    """
    own = {
        "variant__in": variants,
        "variant__experiment__store": store,
        "offer__in": Offer.objects.filter(store=store),
    }
    found = {}
    for variant_id, offer_id in Widget.objects.filter(**own).values_list("variant_id", "offer_id"):
        found[variant_id, ""] = offer_id
    second = NextWidget.objects.filter(**own).values_list("variant_id", "after", "offer_id")
    for variant_id, step, offer_id in second:
        found[variant_id, step] = offer_id
    return found


def replace_day(kept: type[ShownDay] | type[SoldDay], store: Store, day: date, rows: list[Any]) -> None:
    """Put the rows in place of those of the day."""
    kept.objects.filter(store=store, day=day).delete()
    kept.objects.bulk_create(rows)


def lock() -> None:
    """Let one transaction at a time write kept days; released at its end."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
