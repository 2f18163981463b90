"""Adjust estimates by what was known before the offer: the value of the cart at the moment of exposure.

Source: A. Deng, Y. Xu, R. Kohavi, T. Walker, "Improving the sensitivity of online controlled experiments by utilizing
pre-experiment data" (2013); ratios by the linearisation of A. Deng, U. Knoblich, J. Lu, "Applying the delta method in
metric analytics" (2018).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TypeAlias

from experiments.statistics.results import Comparison
from experiments.statistics.summary import Summary
from experiments.statistics.welch import Estimate, compare_estimates

Weights: TypeAlias = Mapping[str, float]

ROUNDING = 1e-13  # a variance below this share of its terms is what floating point left of zero


def linear_comoment(summary: Summary, left: Weights, right: Weights) -> float:
    """Sum over visitors of the product of two linear combinations of columns, each about its mean."""
    terms = [
        weight_a * weight_b * summary.comoment(a, b) for a, weight_a in left.items() for b, weight_b in right.items()
    ]
    total = sum(terms)
    return total if abs(total) > ROUNDING * sum(map(abs, terms)) else 0.0


def ratio_weights(numerator: str, denominator: str | None, numerator_mean: float, denominator_mean: float) -> Weights:
    """The linear combination of columns whose variance is n times that of the ratio of means (or of the mean)."""
    if denominator is None:
        return {numerator: 1.0}
    return {numerator: 1 / denominator_mean, denominator: -numerator_mean / denominator_mean**2}


def weights_of(summary: Summary, numerator: str, denominator: str | None) -> Weights:
    """`ratio_weights` at the summary's own means."""
    return ratio_weights(
        numerator, denominator, summary.means[numerator], summary.means[denominator] if denominator else 1.0
    )


def value_of(summary: Summary, numerator: str, denominator: str | None) -> float:
    """The metric's value: a mean, or a ratio of two means."""
    return summary.means[numerator] / (summary.means[denominator] if denominator else 1.0)


def estimate_of(summary: Summary, numerator: str, denominator: str | None) -> Estimate:
    """Value and squared standard error (delta method for a ratio; n - 1 in the variance); 0 below two visitors."""
    weights = weights_of(summary, numerator, denominator)
    squares = linear_comoment(summary, weights, weights)
    squared_error = max(squares, 0.0) / max(summary.n - 1, 1) / summary.n
    return Estimate(value_of(summary, numerator, denominator), squared_error, summary.n)


def compare_adjusted(
    control: Summary,
    treatment: Summary,
    metric: tuple[str, str | None],
    covariate: tuple[str, str | None],
    *,
    alpha: float,
) -> Comparison:
    """Welch and Fieller on the adjusted values ``value - theta (covariate - covariate of both arms)``.

    ``theta`` is the covariance of metric and covariate over the covariate's variance, over the visitors of both arms
    together. A covariate that does not vary adjusts nothing (theta 0).
    """
    pooled = control + treatment
    theta = pooled_theta(pooled, metric, covariate)
    centre = value_of(pooled, *covariate)
    arms = [_adjust(arm, metric, covariate, theta, centre) for arm in (control, treatment)]
    raw = estimate_of(control, *metric).squared_error + estimate_of(treatment, *metric).squared_error
    adjusted = arms[0].squared_error + arms[1].squared_error
    return replace(
        compare_estimates(arms[0], arms[1], alpha=alpha),
        theta=theta,
        variance_reduction=1 - adjusted / raw if raw > 0 else None,
    )


def pooled_theta(pooled: Summary, metric: tuple[str, str | None], covariate: tuple[str, str | None]) -> float:
    """Covariance of metric and covariate over the covariate's variance; 0 for a covariate that does not vary."""
    of_metric, of_covariate = weights_of(pooled, *metric), weights_of(pooled, *covariate)
    variance = linear_comoment(pooled, of_covariate, of_covariate)
    return linear_comoment(pooled, of_metric, of_covariate) / variance if variance > 0 else 0.0


def _adjust(
    arm: Summary, metric: tuple[str, str | None], covariate: tuple[str, str | None], theta: float, centre: float
) -> Estimate:
    """One arm's adjusted value and the squared error of that value."""
    residual = dict(weights_of(arm, *metric))
    for name, weight in weights_of(arm, *covariate).items():
        residual[name] = residual.get(name, 0.0) - theta * weight
    squares = max(linear_comoment(arm, residual, residual), 0.0)
    value = value_of(arm, *metric) - theta * (value_of(arm, *covariate) - centre)
    return Estimate(value, squares / max(arm.n - 1, 1) / arm.n, arm.n)
