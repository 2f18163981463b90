"""What has arrived from a store's pages and servers so far: one query each, whatever the store's size."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from django.db.models import Count, Exists, Max, OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce, NullIf

from experiments.models import (
    EventType,
    Experiment,
    FunnelChange,
    FunnelDay,
    Order,
    Source,
    Status,
    Store,
    WidgetEvent,
)
from experiments.models.decision_day import DecisionDay, Seen
from experiments.reading.exposures import exposures_of_outer_experiment, exposures_with_outcome
from experiments.reading.reconciliation import Fate, fate_of

RECENT = timedelta(hours=24)  # what the installation check calls now: a store with few visitors has some in a day
NEWEST = 20  # orders: enough that one by telephone doesn't hide that the others count
HISTORY = "history"  # orders from before, imported: nothing that arrives


class Shown(NamedTuple):
    """Widgets that came on screen in the last day: how many, and the last of them."""

    number: int
    last_at: datetime


@dataclass(frozen=True)
class Arrivals:
    """Everything that the installation check looks at.

    ``newest_orders`` are the last ``NEWEST`` that arrived, the newest first. ``last_fate`` is what became of the
    newest.
    """

    store: Store
    now: datetime
    asked: dict[str, Seen]
    tests: list[Experiment]
    shown: dict[str, Shown]
    newest_orders: list[Order]
    last_fate: Fate | None

    @property
    def last_order(self) -> Order | None:
        """The order placed last of those that arrived."""
        return next(iter(self.newest_orders), None)

    @property
    def has_counted(self) -> bool:
        """Whether the visitor of any of the newest orders has an order that counts for a test."""
        return any(order.is_visitor_counted for order in self.newest_orders)  # type: ignore[attr-defined]

    @property
    def running(self) -> list[Experiment]:
        """The tests that run now."""
        return [test for test in self.tests if test.status == Status.RUNNING]

    @property
    def was_ever_shown(self) -> bool:
        """Whether an offer of any test has come on screen, however long ago."""
        return any(test.was_shown for test in self.tests)  # type: ignore[attr-defined]

    def requested(self) -> Seen | None:
        """Return the first and the last request for offers, at any moment; None where there is none."""
        return span(self.asked.values())

    def exposed(self, moment: str | None = None) -> Seen | None:
        """Return the first and the last exposure, at one moment or at any; None where there is none."""
        exposures = []
        for test in self.tests:
            first, last = test.first_exposed_at, test.last_exposed_at  # type: ignore[attr-defined]
            if moment in {None, test.moment} and first and last:
                exposures.append(Seen(first, last))
        return span(exposures)

    def all_shown(self) -> Shown | None:
        """Return the widgets that came on screen at any moment in the last day; None where there is none."""
        if not self.shown:
            return None
        numbers, times = zip(*self.shown.values(), strict=True)
        return Shown(sum(numbers), max(times))


def span(times: Collection[Seen]) -> Seen | None:
    """Return the time from the earliest beginning to the latest end; None without any."""
    if not times:
        return None
    firsts, lasts = zip(*times, strict=True)
    return Seen(min(firsts), max(lasts))


def arrivals_of(store: Store, now: datetime) -> Arrivals:
    """Read what has arrived."""
    tests = list(with_exposures(store))
    orders = newest_orders(store)
    return Arrivals(
        store,
        now,
        asked=DecisionDay.objects.filter(store=store).seen(),
        tests=tests,
        shown=shown_widgets(store, now),
        newest_orders=orders,
        last_fate=fate_of_first(store, orders),
    )


def with_exposures(store: Store) -> QuerySet[Experiment]:
    """Query the store's tests that are served, with their first and last exposure and whether they were ever shown."""
    exposures = exposures_of_outer_experiment()
    # From the counts: they stay when the events are deleted for their age, or have gone on to ClickHouse.
    of_test = {"experiment": OuterRef("pk")}
    counted = FunnelDay.objects.filter(**of_test, type=EventType.IMPRESSION)
    just_noted = FunnelChange.objects.filter(**of_test, impression__gt=0)
    return (
        Experiment.objects.filter(store=store, source=Source.LIVE)
        .annotate(
            first_exposed_at=Subquery(exposures.order_by("exposed_at").values("exposed_at")[:1]),
            last_exposed_at=Subquery(exposures.order_by("-exposed_at").values("exposed_at")[:1]),
            was_shown=Exists(counted) | Exists(just_noted),
        )
        .order_by("moment", "-priority", "pk")
    )


def shown_widgets(store: Store, now: datetime) -> dict[str, Shown]:
    """Count by moment the widgets that came on screen in the last day."""
    # All rows, not their keys: those the index doesn't have.
    rows = recent_impressions(store, now).values_list("moment").annotate(number=Count("*"), last_at=Max("occurred_at"))
    shown = {}
    for moment, count, last_at in rows.order_by("moment"):
        shown[moment] = Shown(count, last_at)
    return shown


def recent_impressions(store: Store, now: datetime) -> QuerySet[WidgetEvent]:
    """Query the store's impressions of the last day.

    By the time of receipt as well, which has an index, and by month, so that no other part of the table is opened.
    """
    begin = now - RECENT
    return WidgetEvent.objects.filter(
        store=store,
        type=EventType.IMPRESSION,
        received_at__gte=begin,
        month__gte=begin.astimezone(UTC).date().replace(day=1),
        occurred_at__gte=begin,
    )


def newest_orders(store: Store) -> list[Order]:
    """List the orders placed last of those that arrived, the newest first, with whether their visitors count."""
    whose = Coalesce(NullIf(OuterRef("visitor_id"), Value("")), OuterRef("linked_visitor_id"))
    arrived = Order.objects.filter(store=store).exclude(source=HISTORY)
    with_outcomes = arrived.annotate(is_visitor_counted=Exists(exposures_with_outcome(store, whose)))
    return list(with_outcomes.order_by("-placed_at")[:NEWEST])


def fate_of_first(store: Store, orders: list[Order]) -> Fate | None:
    """Read what became of the first of these orders; None without one."""
    for order in orders[:1]:
        return fate_of(store, order.external_id, order.placed_at)
    return None
