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
    """A score test that is ready to be made.

    - ``statistic``: the score of a hypothesised ``log(1 + lift)``; ``control``, ``treatment``: the arms' values.
    - ``theta``: the coefficient of the covariate that adjusts them; ``raw``: the statistic without the adjustment. Both
      ``None`` without a covariate.
    """

    statistic: Callable[[float], ScoreStatistic]
    control: float
    treatment: float
    raw: Callable[[float], ScoreStatistic] | None = None
    theta: float | None = None

    def compare(self, alpha: float) -> Comparison:
        """Return the comparison, with the share of variance that the covariate took away."""
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
    """Return the test, or why there is none: missing sums, a value that is not positive, no variation.

    Needs third-order sums of the metric's columns and the covariate's, and for a mean the buyers. A covariate that is
    a ratio itself is left to Welch's test (``missing_sums``).
    """
    if metric.is_mean and (control.buyers is None or treatment.buyers is None):
        return Reason.MISSING_SUMS
    try:
        arms = arm_sums_of(control, metric), arm_sums_of(treatment, metric)
        if obstacle := _obstacle(metric, *arms):
            return obstacle
        if covariate is not None:
            return _adjusted_test(control, treatment, arms, metric=metric, covariate=covariate)
    except KeyError:  # a column, or a product of columns, was not summed
        return Reason.MISSING_SUMS
    statistic = ratio_statistic
    if metric.is_mean:
        statistic = mean_statistic
    return ScoreTest(
        statistic=partial(statistic, control=arms[0], treatment=arms[1]),
        control=metric.value(control),
        treatment=metric.value(treatment),
    )


def _obstacle(metric: MetricColumns, control: ArmSums, treatment: ArmSums) -> Reason | None:
    """Return why arms can't be tested; ``None`` where they can."""
    if not min(control.y, control.d, treatment.y, treatment.d) > 0:
        return Reason.NOT_POSITIVE
    if metric.is_mean and (control.d < control.n or treatment.d < treatment.n):
        # Some visitors don't buy: that alone is variation, whatever the buyers spend.
        return None
    if not varies(control, treatment):
        return Reason.ZERO_VARIANCE
    return None


def _adjusted_test(
    control: Summary,
    treatment: Summary,
    arms: tuple[ArmSums, ArmSums],
    *,
    metric: MetricColumns,
    covariate: MetricColumns,
) -> ScoreTest | Reason:
    if covariate.denominator is not None:
        return Reason.MISSING_SUMS
    pooled = pool(control, treatment, metric, covariate)
    theta, centre = pooled_theta(pooled, metric, covariate), pooled.means[covariate.numerator]
    side_c = ArmWithCovariate(arms[0], covariate_sums_of(control, metric, covariate.numerator, centre))
    side_t = ArmWithCovariate(arms[1], covariate_sums_of(treatment, metric, covariate.numerator, centre))
    value_c = metric.value(control) - theta * (covariate.value(control) - centre)
    value_t = metric.value(treatment) - theta * (covariate.value(treatment) - centre)
    if min(value_c, value_t) <= 0:
        return Reason.NOT_POSITIVE
    adjusted, raw = adjusted_ratio_statistic, ratio_statistic
    if metric.is_mean:
        adjusted, raw = adjusted_mean_statistic, mean_statistic
    return ScoreTest(
        statistic=partial(adjusted, control=side_c, treatment=side_t, theta=theta),
        control=value_c,
        treatment=value_t,
        raw=partial(raw, control=arms[0], treatment=arms[1]),
        theta=theta,
    )
