"""Metrics for Prometheus, read from the database when they are asked for: the same from whichever process."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db.models import Count, Max, Min, Q, Sum
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from checkout_widgets.models import Delivery
from config.version import version
from experiments.models import DecisionDay, EventBatch, EventErasure, Experiment, Order, Rejection, Snapshot, Source
from experiments.reading import replica
from experiments.reading.exposures import count_touched_days

HOUR = timedelta(hours=1)


class Offerlift(Collector):
    """How much happens, what waits, and how old it is. Few rows are read: sums of days, and what is open."""

    def collect(self) -> Iterator[Metric]:
        """All metrics."""
        now = timezone.now()
        yield from (build(), experiments(), decisions(), rejections(), orders(now), jobs(), deliveries())
        yield age("offerlift_oldest_job_seconds", "Age of the oldest job that waits", oldest_job(now), now)
        yield age("offerlift_last_look_seconds", "Since the last look at a test", last_look(), now)
        touched = count_touched_days()
        yield GaugeMetricFamily("offerlift_days_to_add_up", "Days of tests that wait for their sums", value=touched)
        if replica.has_replica():
            yield from replica_metrics(now)
        if settings.ANALYTICS_SHARDS:
            yield from event_metrics(now)


def replica_metrics(now: datetime) -> Iterator[Metric]:
    """Whether reports can be read from the replica, and how far it is behind; no lag while it is away."""
    complete_to = replica.complete_up_to()
    is_up = complete_to is not None
    yield GaugeMetricFamily("offerlift_reports_replica_up", "Whether the replica answers", value=int(is_up))
    if is_up:
        yield age("offerlift_reports_replica_lag_seconds", "How far the replica is behind", complete_to, now)


def event_metrics(now: datetime) -> Iterator[Metric]:
    """What went on to ClickHouse, and how long anything waits for that."""
    # From the batches, which name their rows: the servers may be away.
    moved = EventBatch.objects.filter(state=EventBatch.BatchState.MOVED).aggregate(rows=Sum("rows"))["rows"]
    text = "Events that were moved to ClickHouse"
    yield GaugeMetricFamily("offerlift_moved_events", text, value=moved or 0)
    text = "Age of the oldest event that waits to be copied to ClickHouse"
    yield age("offerlift_events_waiting_seconds", text, oldest_waiting_event(), now)
    asked_at = EventErasure.objects.aggregate(at=Min("requested_at"))["at"]
    text = "Age of the oldest erasure that isn't finished on ClickHouse"
    yield age("offerlift_event_erasure_seconds", text, asked_at, now)


def oldest_waiting_event() -> datetime | None:
    """When the oldest events were received of a part that is over and isn't copied to ClickHouse."""
    copying = EventBatch.objects.filter(state=EventBatch.BatchState.COPYING)
    oldest: datetime | None = copying.aggregate(at=Min("last_received_at"))["at"]
    return oldest


def build() -> Metric:
    """Which version runs."""
    return labelled(GaugeMetricFamily("offerlift_info", "The version", labels=["version"]), [(version(), 1)])


def experiments() -> Metric:
    """Tests by store and status."""
    family = GaugeMetricFamily("offerlift_tests", "Tests", labels=["store", "status"])
    live = Experiment.objects.filter(source=Source.LIVE).order_by()
    return labelled(family, live.values_list("store__slug", "status").annotate(Count("pk")))


def decisions() -> Metric:
    """Decisions of the edge by store, moment and reason, since they are counted."""
    family = CounterMetricFamily("offerlift_decisions", "Decisions", labels=["store", "moment", "reason"])
    days = DecisionDay.objects.order_by()
    return labelled(family, days.values_list("store__slug", "moment", "reason").annotate(Sum("count")))


def rejections() -> Metric:
    """What was refused, by store, source and code."""
    family = CounterMetricFamily("offerlift_rejections", "Refusals", labels=["store", "source", "code"])
    days = Rejection.objects.order_by()
    return labelled(family, days.values_list("store__slug", "source", "code").annotate(Sum("count")))


def orders(now: datetime) -> Metric:
    """Orders placed within an hour, by store."""
    family = GaugeMetricFamily("offerlift_orders_last_hour", "Orders placed within an hour", labels=["store"])
    recent = Order.objects.filter(placed_at__gte=now - HOUR).order_by()
    return labelled(family, recent.values_list("store__slug").annotate(Count("pk")))


def jobs() -> Metric:
    """Jobs that wait, run or have failed; a zero where there are none, so that an alert can tell it from no data."""
    family = GaugeMetricFamily("offerlift_jobs", "Jobs of the worker", labels=["status"])
    counts = {status: Count("pk", filter=Q(status=status)) for status in ("todo", "doing", "failed")}
    return labelled(family, ProcrastinateJob.objects.aggregate(**counts).items())


def deliveries() -> Metric:
    """What shop systems delivered and is not done with."""
    family = GaugeMetricFamily("offerlift_deliveries", "Webhook deliveries not done with", labels=["store", "status"])
    # what is done with is nearly every row, and grows for ever
    unfinished = Delivery.objects.filter(status__in=("pending", "failed", "dead")).order_by()
    return labelled(family, unfinished.values_list("connection__store__slug", "status").annotate(Count("pk")))


def oldest_job(now: datetime) -> datetime | None:
    """Since when the oldest job that is due waits; jobs that are for later don't count as waiting."""
    due = ProcrastinateJob.objects.filter(status="todo", scheduled_at__lte=now)
    oldest: datetime | None = due.aggregate(at=Min("scheduled_at"))["at"]
    return oldest


def last_look() -> datetime | None:
    """When a test was last looked at."""
    newest: datetime | None = Snapshot.objects.filter(is_look=True).aggregate(at=Max("taken_at"))["at"]
    return newest


def age(name: str, text: str, at: datetime | None, now: datetime) -> Metric:
    """Seconds since ``at``; 0 where there is nothing."""
    if at is None:
        return GaugeMetricFamily(name, text, value=0.0)
    # a clock of the database that is ahead of ours mustn't make an age below zero
    return GaugeMetricFamily(name, text, value=max(0.0, (now - at).total_seconds()))


def labelled(family: GaugeMetricFamily | CounterMetricFamily, rows: Iterable[tuple[Any, ...]]) -> Metric:
    """The family with its rows, each of which has the labels and then the number."""
    for *labels, number in rows:
        family.add_metric(labels, number)
    return family
