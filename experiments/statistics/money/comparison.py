"""Which method compares two summaries on a metric, and what to say when none can."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal, TypeAlias

from experiments.statistics.money.arms import MetricColumns, estimate_of
from experiments.statistics.money.cuped import compare_adjusted
from experiments.statistics.money.score_test import ScoreTest, score_test
from experiments.statistics.money.welch import compare_estimates, estimates_only
from experiments.statistics.results import Comparison, Method, Reason
from experiments.statistics.summary import Summary

MethodChoice: TypeAlias = Literal["auto", "score", "welch"]

# In an arm; below, no test that we know holds its level, and there is no result.
FEWEST_BUYERS = 10
# In an arm; below, the score test is an approximation and the permutation test is due.
FEWEST_FOR_SCORE = 30
# Of the score statistic; above, the permutation test is due.
STRONGEST_SKEW = 1.0
# What the score test can't do and Welch's can.
LEFT_TO_WELCH = {Reason.MISSING_SUMS, Reason.NOT_POSITIVE}


def compare(
    control: Summary,
    treatment: Summary,
    metric: MetricColumns,
    covariate: MetricColumns | None,
    *,
    method: MethodChoice,
    alpha: float,
) -> Comparison:
    """Compare by the method asked for, or by the one that the sums allow. Raises ``ValueError`` for another method."""
    if method not in ("auto", "score", "welch"):
        raise ValueError(f"method must be auto, score or welch, not {method!r}")
    if not (metric.is_defined(control) and metric.is_defined(treatment)):
        return _undefined(control, treatment, metric)
    if method == "welch":
        return _compare_by_welch(control, treatment, metric, covariate, alpha=alpha)
    fewest = min(_buyers(control, metric), _buyers(treatment, metric))
    test = score_test(control, treatment, metric, covariate)
    if test is not Reason.MISSING_SUMS and fewest < FEWEST_BUYERS:
        test = Reason.TOO_FEW_ORDERS
    if isinstance(test, ScoreTest):
        result = _within_range(test, alpha)
        is_rough = fewest < FEWEST_FOR_SCORE or abs(result.skewness or 0.0) > STRONGEST_SKEW
        return replace(result, is_permutation_due=is_rough)
    if method == "auto" and test in LEFT_TO_WELCH:
        return _compare_by_welch(control, treatment, metric, covariate, alpha=alpha)
    return estimates_only(metric.value(control), metric.value(treatment), method=Method.SCORE, reason=test)


def _within_range(test: ScoreTest, alpha: float) -> Comparison:
    """Return the score test's result; none for arms so far apart that doubles can't hold the moments of both."""
    try:
        return test.compare(alpha)
    except (ArithmeticError, ValueError, TypeError):  # TypeError: the root of a negative variance is complex
        return estimates_only(test.control, test.treatment, method=Method.SCORE, reason=Reason.OUT_OF_RANGE)


def _undefined(control: Summary, treatment: Summary, metric: MetricColumns) -> Comparison:
    """Return the value of the arm that has one."""
    reason = Reason.NO_UNITS
    if control.n and treatment.n:
        reason = Reason.NO_ORDERS
    return Comparison(
        control=metric.value_or_none(control),
        treatment=metric.value_or_none(treatment),
        method=Method.WELCH,
        unavailable=reason,
    )


def _buyers(arm: Summary, metric: MetricColumns) -> float:
    """Return an arm's buyers; where nobody counted them, the denominator's total (a mean's own)."""
    if arm.buyers is not None:
        return arm.buyers
    return arm.n * arm.means[metric.denominator or metric.numerator]


def _compare_by_welch(
    control: Summary, treatment: Summary, metric: MetricColumns, covariate: MetricColumns | None, *, alpha: float
) -> Comparison:
    if covariate is not None:
        return compare_adjusted(control, treatment, metric, covariate, alpha=alpha)
    return compare_estimates(estimate_of(control, metric), estimate_of(treatment, metric), alpha=alpha)
