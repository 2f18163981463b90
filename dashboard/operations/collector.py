"""Metrics for Prometheus, read from the database when they are asked for: the same from whichever process."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from django.db.models import Count, Max, Min, Q, Sum
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from checkout_widgets.models import Delivery
from config.version import version
from experiments.models import DecisionDay, Experiment, Order, Rejection, Snapshot, Source
from experiments.reading.exposures import count_touched_days

HOUR = timedelta(hours=1)


class Offerlift(Collector):
    """How much happens, what waits, and how old it is. Few rows are read: sums of days, and what is open."""

    def collect(self) -> Iterator[Metric]:
        """All metrics."""
        now = timezone.now()
        yield from (build(), experiments(), decisions(), rejections(), orders(), jobs(), deliveries())
        yield age("offerlift_oldest_job_seconds", "Age of the oldest job that waits", oldest_job(), now)
        yield age("offerlift_last_look_seconds", "Since the last look at a test", last_look(), now)
        touched = count_touched_days()
        yield GaugeMetricFamily("offerlift_days_to_add_up", "Days of tests that wait for their sums", value=touched)


def build() -> Metric:
    """Which version runs."""
    return labelled(GaugeMetricFamily("offerlift_info", "The version", labels=["version"]), [((version(),), 1)])


def experiments() -> Metric:
    """Tests by store and status."""
    family = GaugeMetricFamily("offerlift_tests", "Tests", labels=["store", "status"])
    live = Experiment.objects.filter(source=Source.LIVE).order_by()
    rows = live.values_list("store__slug", "status").annotate(Count("pk"))
    return labelled(family, (((store, status), number) for store, status, number in rows))


def decisions() -> Metric:
    """Decisions of the edge by store, moment and reason, since they are counted."""
    family = CounterMetricFamily("offerlift_decisions", "Decisions", labels=["store", "moment", "reason"])
    rows = DecisionDay.objects.order_by().values_list("store__slug", "moment", "reason").annotate(Sum("count"))
    return labelled(family, (((store, moment, reason), number) for store, moment, reason, number in rows))


def rejections() -> Metric:
    """What was refused, by store, source and code."""
    family = CounterMetricFamily("offerlift_rejections", "Refusals", labels=["store", "source", "code"])
    rows = Rejection.objects.order_by().values_list("store__slug", "source", "code").annotate(Sum("count"))
    return labelled(family, (((store, source, code), number) for store, source, code, number in rows))


def orders() -> Metric:
    """Orders placed within an hour, by store."""
    family = GaugeMetricFamily("offerlift_orders_last_hour", "Orders placed within an hour", labels=["store"])
    recent = Order.objects.filter(placed_at__gte=timezone.now() - HOUR).order_by()
    rows = recent.values_list("store__slug").annotate(Count("pk"))
    return labelled(family, (((store,), number) for store, number in rows))


def jobs() -> Metric:
    """Jobs that wait, run or have failed."""
    family = GaugeMetricFamily("offerlift_jobs", "Jobs of the worker", labels=["status"])
    counts = {status: Count("pk", filter=Q(status=status)) for status in ("todo", "doing", "failed")}
    return labelled(
        family, (((status,), number) for status, number in ProcrastinateJob.objects.aggregate(**counts).items())
    )


def deliveries() -> Metric:
    """What shop systems delivered and is not done with."""
    family = GaugeMetricFamily("offerlift_deliveries", "Webhook deliveries not done with", labels=["store", "status"])
    open_ones = Delivery.objects.filter(status__in=("pending", "failed", "dead")).order_by()
    rows = open_ones.values_list("connection__store__slug", "status").annotate(Count("pk"))
    return labelled(family, (((store, status), number) for store, status, number in rows))


def oldest_job() -> datetime | None:
    """Since when the oldest job that is due waits."""
    waiting = ProcrastinateJob.objects.filter(status="todo")
    found: datetime | None = waiting.aggregate(at=Min("scheduled_at", filter=Q(scheduled_at__lte=timezone.now())))["at"]
    return found


def last_look() -> datetime | None:
    """When a test was last looked at."""
    found: datetime | None = Snapshot.objects.filter(is_look=True).aggregate(at=Max("taken_at"))["at"]
    return found


def age(name: str, text: str, at: datetime | None, now: datetime) -> Metric:
    """Seconds since ``at``; 0 where there is nothing."""
    return GaugeMetricFamily(name, text, value=max(0.0, (now - at).total_seconds()) if at else 0.0)


def labelled(family: GaugeMetricFamily | CounterMetricFamily, rows: Iterable[tuple[tuple[str, ...], float]]) -> Metric:
    """The family with its rows."""
    for labels, value in rows:
        family.add_metric(list(labels), value)
    return family
