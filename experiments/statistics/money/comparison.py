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

FEWEST_BUYERS = 10  # in an arm; below, there is no result
FEWEST_FOR_SCORE = 30  # in an arm; below, the permutation test is due
STRONGEST_SKEW = 1.0  # of the score statistic; above, the permutation test is due
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
    """Compare by the method asked for, or by the one that the sums allow."""
    if method not in ("auto", "score", "welch"):
        raise ValueError(f"method must be auto, score or welch, not {method!r}")
    if not (metric.is_defined(control) and metric.is_defined(treatment)):
        return _undefined(control, treatment, metric)
    if method == "welch":
        return _compare_by_welch(control, treatment, metric, covariate, alpha)
    fewest = _fewest_buyers(control, treatment, metric)
    test = score_test(control, treatment, metric, covariate)
    if test is not Reason.MISSING_SUMS and fewest < FEWEST_BUYERS:
        test = Reason.TOO_FEW_ORDERS
    if isinstance(test, ScoreTest):
        result = _within_range(test, alpha)
        is_rough = fewest < FEWEST_FOR_SCORE or abs(result.skewness or 0.0) > STRONGEST_SKEW
        return replace(result, is_permutation_due=is_rough)
    if method == "auto" and test in LEFT_TO_WELCH:
        return _compare_by_welch(control, treatment, metric, covariate, alpha)
    return estimates_only(metric.value(control), metric.value(treatment), None, Method.SCORE, test)


def _within_range(test: ScoreTest, alpha: float) -> Comparison:
    """The score test's result; none for arms so far apart that doubles can't hold the moments of both."""
    try:
        return test.compare(alpha)
    except (ArithmeticError, ValueError, TypeError):  # TypeError: the root of a negative variance is complex
        return estimates_only(test.control, test.treatment, None, Method.SCORE, Reason.OUT_OF_RANGE)


def _undefined(control: Summary, treatment: Summary, metric: MetricColumns) -> Comparison:
    """The value of the arm that has one."""
    values = [metric.value(arm) if metric.is_defined(arm) else None for arm in (control, treatment)]
    reason = Reason.NO_ORDERS if control.n and treatment.n else Reason.NO_UNITS
    return Comparison(control=values[0], treatment=values[1], method=Method.WELCH, unavailable=reason)


def _fewest_buyers(control: Summary, treatment: Summary, metric: MetricColumns) -> float:
    """Buyers in the arm with fewer; the denominator's total where buyers were not counted."""
    return min(
        arm.n * arm.means[metric.denominator or metric.numerator] if arm.buyers is None else arm.buyers
        for arm in (control, treatment)
    )


def _compare_by_welch(
    control: Summary, treatment: Summary, metric: MetricColumns, covariate: MetricColumns | None, alpha: float
) -> Comparison:
    if covariate is not None:
        return compare_adjusted(control, treatment, metric, covariate, alpha=alpha)
    return compare_estimates(estimate_of(control, metric), estimate_of(treatment, metric), alpha=alpha)
