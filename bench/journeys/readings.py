"""What the report says of a simulated test at the end of its plan: the verdict, the interval and the split."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Count

from bench.journeys.stores import SimulatedStore, day_of
from experiments.models import Experiment, Exposure, Metric, Snapshot
from experiments.report import Report
from experiments.running.looks import take_look

# Verdicts that call a difference real.
DECIDED = frozenset({"ship", "stop_harm"})
ALPHA = 0.05


@dataclass(frozen=True, kw_only=True)
class SingleReading:
    """A test, read to its end.

    ``is_decided``: the verdict calls a difference real. ``p_value`` and the interval are of revenue per customer, as a
    single reading has them; None where the report has none.
    """

    is_decided: bool
    p_value: float | None
    low: float | None
    high: float | None
    estimate: float | None
    is_split_alarming: bool
    units: int

    @property
    def is_significant(self) -> bool:
        """Whether the single reading calls a difference real."""
        return self.p_value is not None and self.p_value < ALPHA

    def covers(self, lift: float) -> bool | None:
        """Whether the interval holds a lift; None without an interval. An end that is missing is endless."""
        if self.estimate is None:
            return None
        return (self.low is None or self.low <= lift) and (self.high is None or lift <= self.high)


def read_test(simulated: SimulatedStore, experiment: Experiment) -> SingleReading:
    """Take the look at the end of a test's plan, once the last window is over.

    The plan is what came: so the split's test of the planned end is read, and all of the error is spent.
    """
    experiment.refresh_from_db()
    arms = Exposure.objects.filter(experiment=experiment).values("variant").annotate(units=Count("visitor_id"))
    experiment.planned_sample = min(arms.values_list("units", flat=True))
    experiment.save()
    if not take_look(experiment, day_of(simulated.case.shop.last_day)):
        raise RuntimeError("The look failed: see the log.")
    return reading_of(Report.from_json(Snapshot.objects.filter(experiment=experiment).latest("taken_at").report))


def reading_of(report: Report) -> SingleReading:
    """Return what a report says of revenue per customer, or visitor."""
    (result,) = [result for result in report.metrics if result.metric == Metric.RPV]
    lift = result.main.lift
    low = high = estimate = None
    if lift is not None:
        low, high, estimate = lift.low, lift.high, lift.estimate
    return SingleReading(
        is_decided=report.verdict.code in DECIDED,
        p_value=result.main.p_value,
        low=low,
        high=high,
        estimate=estimate,
        is_split_alarming=report.health.sample_ratio.is_alarming,
        units=report.visitors,
    )
