"""Days of a simulated test on which nothing can be decided, told without reading everything: most of its days.

No verdict changes by it, which tests/bench/verdicts/test_shortcuts.py holds: whatever lies near anything that could
decide is read in full.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from math import sqrt

from experiments.analysis.looks.bounds import look_plan
from experiments.analysis.sample import Sample
from experiments.models import Metric
from experiments.plan.group_sequential import next_look
from experiments.plan.scheduled_looks import ScheduledLook, SeenData
from experiments.plan.thresholds import ROPE
from experiments.reading.aggregation import Aggregate
from experiments.statistics.money.arms import MetricColumns
from experiments.statistics.money.comparison import FEWEST_FOR_SCORE, STRONGEST_SKEW
from experiments.statistics.money.score_test import ScoreTest, score_test

# No look of a test at 5% has a bound as near as this: the last one of a single look is 1.96.
BELOW_ALL_BOUNDS = 1.9
# The narrowest always-valid interval at 5% reaches farther to both sides: sqrt(-2 log 0.05) is 2.45.
WITHIN_ALL_INTERVALS = 2.4
PER_VISITOR = MetricColumns("revenue")


def uneventful_look(sample: Sample, earlier: Sequence[ScheduledLook], now: datetime) -> ScheduledLook | None:
    """Return the look of a day that decides nothing; ``None`` where the day has to be read in full."""
    z = z_of_uneventful_day(sample)
    if z is None:
        return None
    seen = SeenData(
        taken_at=now, visitors=sample.fewest_visitors, buyers=sample.fewest_buyers, z=dict(z), days=sample.days
    )
    look = next_look(earlier, seen, plan=look_plan(sample.experiment))
    # Wins, and that nothing differs, are read once a week by a weekly plan, and at the end.
    if look.is_weekly or look.information_fraction >= 1:
        return None
    return look


def z_of_uneventful_day(sample: Sample) -> dict[str, float] | None:
    """Return the goal's z by treatment where none is near a bound, and no guardrail near harm; else ``None``."""
    # What isn't known of refunds to come makes z smaller, and decides nothing before the last look.
    if sample.has_covariate or sample.control is None:
        return None
    if sample.goal.metric != Metric.RPV or sample.fewest_buyers < FEWEST_FOR_SCORE:
        return None
    control = sample.compared[sample.control.key]
    found = {}
    for key in sample.treatment_keys:
        z = z_within(control, sample.compared[key])
        if z is None:
            return None
        found[key] = z
    return found


def z_within(control: Aggregate, treatment: Aggregate) -> float | None:
    """Return the z of revenue per visitor where neither it nor a guardrail could cross anything; else ``None``."""
    test = score_test(control.summary, treatment.summary, PER_VISITOR, None)
    if not isinstance(test, ScoreTest):
        return None
    score = test.statistic(0.0)
    if abs(score.normal) >= BELOW_ALL_BOUNDS or abs(score.skewness) > STRONGEST_SKEW:
        return None
    error = sqrt(score.noise.error_t + score.noise.error_c)
    # An interval within the region of no material difference is less than twice as wide as that on each side.
    if error <= ROPE * test.control:
        return None
    visitors = control.visitors, treatment.visitors
    if abs(difference_z(control.sums["converted"], treatment.sums["converted"], *visitors)) >= WITHIN_ALL_INTERVALS:
        return None
    buyers = control.sums["converted"], treatment.sums["converted"]
    if abs(difference_z(control.sums["refunding"], treatment.sums["refunding"], *buyers)) >= WITHIN_ALL_INTERVALS:
        return None
    return score.normal


def difference_z(of_control: int, of_treatment: int, control: int, treatment: int) -> float:
    """Return the z of a difference of two shares with each arm's own error; 0 where nothing varies."""
    rate_c, rate_t = of_control / control, of_treatment / treatment
    variance = rate_c * (1 - rate_c) / control + rate_t * (1 - rate_t) / treatment
    if variance <= 0:
        return 0.0
    return (rate_t - rate_c) / sqrt(variance)
