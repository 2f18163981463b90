"""Adjust estimates by what was known before the offer: the value of the cart at the moment of exposure.

Source: A. Deng, Y. Xu, R. Kohavi, T. Walker, "Improving the sensitivity of online controlled experiments by utilizing
pre-experiment data" (2013); ratios by the linearisation of A. Deng, U. Knoblich, J. Lu, "Applying the delta method in
metric analytics" (2018).
"""

from __future__ import annotations

from dataclasses import replace

from experiments.statistics.money.arms import MetricColumns, linear_comoment, pool, weighted_estimate
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
    is_known = covariate.is_defined(control) and covariate.is_defined(treatment)
    theta = pooled_theta(pooled, metric, covariate) if is_known else 0.0
    arms = [_adjust(arm, pooled, metric, covariate, theta) for arm in (control, treatment)]
    raw = [_adjust(arm, pooled, metric, covariate, 0.0) for arm in (control, treatment)]
    adjusted_error, raw_error = (pair[0].squared_error + pair[1].squared_error for pair in (arms, raw))
    return replace(
        compare_estimates(arms[0], arms[1], alpha=alpha),
        theta=theta,
        variance_reduction=1 - adjusted_error / raw_error if raw_error > 0 else None,
    )


def pooled_theta(pooled: Summary, metric: MetricColumns, covariate: MetricColumns) -> float:
    """Covariance of metric and covariate over the covariate's variance; 0 for a covariate that does not vary."""
    of_metric, of_covariate = metric.weights(pooled), covariate.weights(pooled)
    variance = linear_comoment(pooled, of_covariate, of_covariate)
    return linear_comoment(pooled, of_metric, of_covariate) / variance if variance > 0 else 0.0


def _adjust(
    arm: Summary, pooled: Summary, metric: MetricColumns, covariate: MetricColumns, theta: float
) -> ArmEstimate:
    """One arm's adjusted value and the squared error of that value."""
    weights = dict(metric.weights(arm))
    if not theta:
        return weighted_estimate(arm, metric.value(arm), weights)
    for name, weight in covariate.weights(arm).items():
        weights[name] = weights.get(name, 0.0) - theta * weight
    shift = theta * (covariate.value(arm) - covariate.value(pooled))
    return weighted_estimate(arm, metric.value(arm) - shift, weights)
