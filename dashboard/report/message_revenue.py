"""What a message brought, and beside it what mail tools would attribute to it."""

from dataclasses import dataclass
from functools import partial

from experiments.models import Experiment, Metric, Moment
from experiments.reading.replica import read_late
from experiments.report import MetricResult, Range, Report
from experiments.report.selection import first_of_variant, money_withheld, of_variant
from journeys.life.attribution import AttributedRevenue, attributed_revenue


@dataclass(frozen=True, slots=True)
class MessageRevenue:
    """``incremental`` is what the message brought of all ``customers`` who were to get it, in minor units; None while
    the test isn't decided, as all amounts. ``attributed`` is what followed its clicks."""

    customers: int
    incremental: Range | None
    attributed: AttributedRevenue


def message_revenue(experiment: Experiment, report: Report, variant_key: str) -> MessageRevenue | None:
    """Return what a variant's message brought by the report; None where the test isn't one of a message."""
    if not experiment.is_of_customers or experiment.moment != Moment.FOLLOW_UP:
        return None
    if report.awaited_orders is not None:  # nothing is shown that could be chosen by
        return None
    variant = experiment.variants.filter(key=variant_key).first()
    if variant is None:
        return None
    counted = 0
    for counts in report.variants:
        if counts.key == variant_key:
            counted = counts.visitors
    attributed = read_late(partial(attributed_revenue, experiment, variant, report.taken_at))
    return MessageRevenue(counted, incremental_of(report, variant_key, counted), attributed)


def incremental_of(report: Report, variant_key: str, customers: int) -> Range | None:
    """Return the difference of revenue per customer, for all customers of the variant; None where it isn't shown."""
    if money_withheld(report, variant_key) is not None:
        return None
    results = [result for result in of_variant(report.metrics, variant_key) if result.metric == Metric.RPV]
    result: MetricResult | None = first_of_variant(results, variant_key)
    if result is None or result.shown.difference is None:
        return None
    difference = result.shown.difference
    return Range(difference.estimate * customers, times(difference.low, customers), times(difference.high, customers))


def times(end: float | None, customers: int) -> float | None:
    """Return an end of an interval for so many customers; none stays none."""
    if end is None:
        return None
    return end * customers
