"""What has arrived from a store's pages and servers so far: one query each, whatever the store's size."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Exists, Max, OuterRef, QuerySet, Subquery

from experiments.models import (
    EventType,
    Experiment,
    Order,
    Source,
    Status,
    Store,
    WidgetEvent,
)
from experiments.models.decision_day import DecisionDay, Seen
from experiments.reading.exposures import exposures_of_outer_experiment

RECENT = timedelta(hours=24)
HISTORY = "history"  # orders from before, imported: nothing that arrives


@dataclass(frozen=True)
class Shown:
    """Widgets that came on screen in the last day: how many, and the last of them."""

    number: int
    last_at: datetime


@dataclass(frozen=True)
class Arrivals:
    """Everything that the installation check looks at."""

    store: Store
    now: datetime
    asked: dict[str, Seen]
    tests: list[Experiment]
    shown: dict[str, Shown]
    last_order: Order | None

    @property
    def running(self) -> list[Experiment]:
        """The tests that run now."""
        return [test for test in self.tests if test.status == Status.RUNNING]

    def exposed(self, moment: str | None = None) -> Seen | None:
        """The first and the last exposure, at one moment or at any; None where there is none."""
        return span(
            (test.first_exposed_at, test.last_exposed_at)  # type: ignore[attr-defined]
            for test in self.tests
            if moment in {None, test.moment}
        )


def span(spans: Iterable[tuple[datetime | None, datetime | None]]) -> Seen | None:
    """From the earliest beginning to the latest end."""
    known = [(first, last) for first, last in spans if first and last]
    return Seen(min(first for first, _ in known), max(last for _, last in known)) if known else None


def arrivals_of(store: Store, now: datetime) -> Arrivals:
    """Read what has arrived."""
    tests = list(with_exposures(store))
    return Arrivals(
        store,
        now,
        asked=DecisionDay.objects.filter(store=store).seen(),
        tests=tests,
        shown=shown_widgets(store, now),
        last_order=last_order(store),
    )


def with_exposures(store: Store) -> QuerySet[Experiment]:
    """The store's tests that are served, each with its first and last exposure and whether it was ever on screen."""
    exposures = exposures_of_outer_experiment()
    impressions = WidgetEvent.objects.filter(experiment=OuterRef("pk"), type=EventType.IMPRESSION)
    return (
        Experiment.objects.filter(store=store, source=Source.LIVE)
        .annotate(
            first_exposed_at=Subquery(exposures.order_by("exposed_at").values("exposed_at")[:1]),
            last_exposed_at=Subquery(exposures.order_by("-exposed_at").values("exposed_at")[:1]),
            was_shown=Exists(impressions),
        )
        .order_by("moment", "-priority", "pk")
    )


def shown_widgets(store: Store, now: datetime) -> dict[str, Shown]:
    """By moment, the widgets that came on screen in the last day."""
    begin = now - RECENT
    recent = WidgetEvent.objects.filter(store=store, type=EventType.IMPRESSION, received_at__gte=begin)
    rows = (
        recent.filter(occurred_at__gte=begin)
        .values_list("moment")
        .annotate(Count("pk"), Max("occurred_at"))
        .order_by("moment")
    )
    return {moment: Shown(count, last) for moment, count, last in rows}


def last_order(store: Store) -> Order | None:
    """The order placed last of those that arrived."""
    return Order.objects.filter(store=store).exclude(source=HISTORY).order_by("-placed_at").first()
