"""How many acceptance tokens in orders don't count, lately and before: counted by the worker for the setup page."""

from datetime import datetime, timedelta

from django.db.models import Count, Q, QuerySet

from checkout_widgets.models import RefusedTokens
from experiments.models import OrderLine, Store
from experiments.reading.arrivals import HISTORY

RECENT_DAYS, BEFORE_DAYS = 7, 21
# A token that counts makes the line an upsell; one that doesn't leaves its code.
HAS_TOKEN = Q(is_upsell=True) | ~Q(refused_code="")


def count_all(now: datetime) -> None:
    """Count again for every store, one after the other: a statement over all would hold its snapshot for minutes."""
    for store in Store.objects.order_by("pk"):
        count(store, now)


def count(store: Store, now: datetime) -> RefusedTokens:
    """Count the tokens in the store's orders of the last four weeks again, and keep the numbers."""
    is_recent = Q(order__placed_at__gte=begin_of_recent(now))
    rows = (
        lines_with_token(store, now)
        .values_list("refused_code")
        .annotate(recent=Count("pk", filter=is_recent), before=Count("pk", filter=~is_recent))
        .order_by("-recent", "refused_code")
    )
    numbers = {"recent": 0, "recent_refused": 0, "before": 0, "before_refused": 0}
    most_common = ""
    for code, recent, before in rows:  # an empty code: tokens that count
        numbers["recent"] += recent
        numbers["before"] += before
        if code:
            numbers["recent_refused"] += recent
            numbers["before_refused"] += before
            most_common = most_common or code
    values = numbers | {"most_common": most_common, "counted_at": now}
    kept, _is_new = RefusedTokens.objects.update_or_create(store=store, defaults=values)
    return kept


def lines_with_token(store: Store, now: datetime) -> QuerySet[OrderLine]:
    """Return the lines with a token in the orders of the last four weeks; imported past orders have none of ours."""
    first = begin_of_before(now)
    lines = OrderLine.objects.filter(order__store=store, order__placed_at__gte=first, order__placed_at__lte=now)
    return lines.filter(HAS_TOKEN).exclude(order__source=HISTORY)


def begin_of_recent(now: datetime) -> datetime:
    """Return when the last week begins: at midnight, UTC, as refusals are counted by day."""
    return now.replace(hour=0, minute=0, second=0, microsecond=0) - timedelta(days=RECENT_DAYS - 1)


def begin_of_before(now: datetime) -> datetime:
    """Return when the three weeks before it begin."""
    return begin_of_recent(now) - timedelta(days=BEFORE_DAYS)
