"""Prepare the score test of a metric from two summaries, with or without a covariate."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial

from experiments.statistics.money.arms import MetricColumns, arm_sums_of, covariate_sums_of, pool
from experiments.statistics.money.cuped import pooled_theta
from experiments.statistics.money.inversion import invert
from experiments.statistics.money.score import ArmSums, ScoreStatistic, mean_statistic, ratio_statistic, varies
from experiments.statistics.money.score_cuped import ArmWithCovariate, adjusted_mean_statistic, adjusted_ratio_statistic
from experiments.statistics.results import Comparison, Reason
from experiments.statistics.summary import Summary


@dataclass(frozen=True, slots=True)
class ScoreTest:
    """A score statistic of ``log(1 + lift)`` and the arms' values; ``theta`` where a covariate adjusts them.

    ``raw`` is then the statistic without the adjustment.
    """

    statistic: Callable[[float], ScoreStatistic]
    control: float
    treatment: float
    raw: Callable[[float], ScoreStatistic] | None = None
    theta: float | None = None

    def compare(self, alpha: float) -> Comparison:
        """The comparison, with the share of variance that the covariate took away."""
        result = invert(self.statistic, self.control, self.treatment, alpha=alpha)
        if self.raw is None or result.p_value is None:
            return result
        estimate = math.log(self.treatment / self.control)
        adjusted, raw = self.statistic(estimate).noise, self.raw(estimate).noise
        reduction = 1 - (adjusted.error_t + adjusted.error_c) / (raw.error_t + raw.error_c)
        return replace(result, theta=self.theta, variance_reduction=reduction)


def score_test(
    control: Summary, treatment: Summary, metric: MetricColumns, covariate: MetricColumns | None
) -> ScoreTest | Reason:
    """The test, or why there is none: missing sums, a value that is not positive, no variation.

    Needs third-order sums of the metric's columns and the covariate's, and for a mean the buyers. A covariate that is
    a ratio itself is left to Welch's test (``missing_sums``).
    """
    if metric.denominator is None and (control.buyers is None or treatment.buyers is None):
        return Reason.MISSING_SUMS
    try:
        arms = arm_sums_of(control, metric), arm_sums_of(treatment, metric)
        if not all(arm.y > 0 and arm.d > 0 for arm in arms):
            return Reason.NOT_POSITIVE
        some_do_not_buy = metric.denominator is None and any(arm.d < arm.n for arm in arms)
        if not (some_do_not_buy or varies(*arms)):
            return Reason.ZERO_VARIANCE
        if covariate is not None:
            return _adjusted_test(control, treatment, arms, metric, covariate)
    except KeyError:
        return Reason.MISSING_SUMS
    statistic = mean_statistic if metric.denominator is None else ratio_statistic
    return ScoreTest(
        partial(statistic, control=arms[0], treatment=arms[1]), metric.value(control), metric.value(treatment)
    )


def _adjusted_test(
    control: Summary, treatment: Summary, arms: tuple[ArmSums, ArmSums], metric: MetricColumns, covariate: MetricColumns
) -> ScoreTest | Reason:
    if covariate.denominator is not None:
        return Reason.MISSING_SUMS
    pooled = pool(control, treatment, metric, covariate)
    theta, centre = pooled_theta(pooled, metric, covariate), pooled.means[covariate.numerator]
    sides = [
        ArmWithCovariate(arm, covariate_sums_of(summary, metric, covariate.numerator, centre))
        for arm, summary in zip(arms, (control, treatment), strict=True)
    ]
    values = [metric.value(arm) - theta * (covariate.value(arm) - centre) for arm in (control, treatment)]
    if min(values) <= 0:
        return Reason.NOT_POSITIVE
    is_mean = metric.denominator is None
    adjusted, raw = (
        (adjusted_mean_statistic, mean_statistic) if is_mean else (adjusted_ratio_statistic, ratio_statistic)
    )
    return ScoreTest(
        partial(adjusted, control=sides[0], treatment=sides[1], theta=theta),
        values[0],
        values[1],
        partial(raw, control=arms[0], treatment=arms[1]),
        theta,
    )
