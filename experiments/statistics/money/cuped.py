"""Adjust estimates by what was known before the offer: the value of the cart at the moment of exposure.

Source: A. Deng, Y. Xu, R. Kohavi, T. Walker, "Improving the sensitivity of online controlled experiments by utilizing
pre-experiment data" (2013); ratios by the linearisation of A. Deng, U. Knoblich, J. Lu, "Applying the delta method in
metric analytics" (2018).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from experiments.statistics.money.arms import MetricColumns, estimate_of, linear_comoment, pool, weighted_estimate
from experiments.statistics.money.welch import ArmEstimate, compare_estimates
from experiments.statistics.results import Comparison
from experiments.statistics.summary import Summary


def compare_adjusted(
    control: Summary, treatment: Summary, metric: MetricColumns, covariate: MetricColumns, *, alpha: float
) -> Comparison:
    """Welch and Fieller on the adjusted values ``value - theta (covariate - covariate of both arms)``.

    ``theta`` is the covariance of metric and covariate over the covariate's variance, over the visitors of both arms
    together. A covariate that does not vary, or is undefined in an arm, adjusts nothing (theta 0).
    """
    pooled = pool(control, treatment, metric, covariate)
    theta = 0.0
    if covariate.is_defined(control) and covariate.is_defined(treatment):
        theta = pooled_theta(pooled, metric, covariate)
    raw_c, raw_t = estimate_of(control, metric), estimate_of(treatment, metric)
    adjusted_c, adjusted_t = raw_c, raw_t
    if theta:
        adjustment = _Adjustment(metric, covariate, theta, covariate.value(pooled))
        adjusted_c, adjusted_t = adjustment.estimate(control), adjustment.estimate(treatment)
    return replace(
        compare_estimates(adjusted_c, adjusted_t, alpha=alpha),
        theta=theta,
        variance_reduction=_variance_reduction(
            raw_c.squared_error + raw_t.squared_error, adjusted_c.squared_error + adjusted_t.squared_error
        ),
    )


def _variance_reduction(raw: float, adjusted: float) -> float | None:
    """Return the share of the raw variance that the adjustment took away; ``None`` without variance."""
    if raw <= 0:
        return None
    return 1 - adjusted / raw


def pooled_theta(pooled: Summary, metric: MetricColumns, covariate: MetricColumns) -> float:
    """Return the covariance of metric and covariate over the covariate's variance; 0 where that does not vary."""
    of_metric, of_covariate = metric.weights(pooled), covariate.weights(pooled)
    variance = linear_comoment(pooled, of_covariate, of_covariate)
    if variance > 0:
        return linear_comoment(pooled, of_metric, of_covariate) / variance
    return 0.0


@dataclass(frozen=True, slots=True)
class _Adjustment:
    """How a metric is adjusted by a covariate.

    - ``theta``: the covariate's coefficient, not 0; ``centre``: the covariate's value in both arms together.
    """

    metric: MetricColumns
    covariate: MetricColumns
    theta: float
    centre: float

    def estimate(self, arm: Summary) -> ArmEstimate:
        """Return one arm's adjusted value and the squared error of that value."""
        weights = dict(self.metric.weights(arm))
        for name, weight in self.covariate.weights(arm).items():
            weights[name] = weights.get(name, 0.0) - self.theta * weight
        shift = self.theta * (self.covariate.value(arm) - self.centre)
        return weighted_estimate(arm, self.metric.value(arm) - shift, weights)
