"""Which method compares two summaries on a metric, and what to say when none can."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Literal, TypeAlias

from experiments.statistics.arms import Metric, arms_of, estimate_of
from experiments.statistics.cuped import compare_adjusted
from experiments.statistics.inversion import invert
from experiments.statistics.results import Comparison, Method, Reason
from experiments.statistics.score import Arm, mean_statistic, ratio_statistic, varies
from experiments.statistics.summary import Summary
from experiments.statistics.welch import compare_estimates, estimates_only

Choice: TypeAlias = Literal["auto", "score", "welch"]

FEWEST_BUYERS = 10  # in an arm; below, there is no result
FEWEST_FOR_SCORE = 30  # in an arm; below, the permutation test is due
STRONGEST_SKEW = 1.0  # of the score statistic; above, the permutation test is due
LEFT_TO_WELCH = {Reason.MISSING_SUMS, Reason.NOT_POSITIVE}


def compare(
    control: Summary, treatment: Summary, metric: Metric, covariate: Metric | None, *, method: Choice, alpha: float
) -> Comparison:
    """Compare by the method asked for, or by the one that the sums allow."""
    if method not in ("auto", "score", "welch"):
        raise ValueError(f"method must be auto, score or welch, not {method!r}")
    if not (metric.is_defined(control) and metric.is_defined(treatment)):
        return _undefined(control, treatment, metric)
    if method == "welch":
        return _compare_by_welch(control, treatment, metric, covariate, alpha)
    arms = arms_of(control, treatment, metric)
    fewest = _fewest_buyers(control, treatment, metric)
    obstacle = _obstacle(arms, metric, fewest if method == "auto" else FEWEST_BUYERS)
    if arms is not None and obstacle is None:
        return _compare_by_score(arms, metric, fewest, alpha)
    if method == "auto" and obstacle in LEFT_TO_WELCH:
        return _compare_by_welch(control, treatment, metric, covariate, alpha)
    return estimates_only(metric.value(control), metric.value(treatment), None, Method.SCORE, obstacle)


def _undefined(control: Summary, treatment: Summary, metric: Metric) -> Comparison:
    """The value of the arm that has one."""
    values = [metric.value(arm) if metric.is_defined(arm) else None for arm in (control, treatment)]
    reason = Reason.NO_ORDERS if control.n and treatment.n else Reason.NO_UNITS
    return Comparison(control=values[0], treatment=values[1], method=Method.WELCH, unavailable=reason)


def _obstacle(arms: tuple[Arm, Arm] | None, metric: Metric, buyers: float) -> Reason | None:
    """Why the score test has no answer."""
    if arms is None:
        return Reason.MISSING_SUMS
    if buyers < FEWEST_BUYERS:
        return Reason.TOO_FEW_ORDERS
    if min(arms[0].y, arms[1].y, arms[0].d, arms[1].d) <= 0:
        return Reason.NOT_POSITIVE
    some_do_not_buy = metric.denominator is None and any(arm.d < arm.n for arm in arms)
    return None if some_do_not_buy or varies(*arms) else Reason.ZERO_VARIANCE


def _fewest_buyers(control: Summary, treatment: Summary, metric: Metric) -> float:
    """Buyers in the arm with fewer; orders where buyers were not counted."""
    return min(
        arm.n * arm.means[metric.denominator or metric.numerator] if arm.buyers is None else arm.buyers
        for arm in (control, treatment)
    )


def _compare_by_welch(
    control: Summary, treatment: Summary, metric: Metric, covariate: Metric | None, alpha: float
) -> Comparison:
    if covariate is not None:
        return compare_adjusted(control, treatment, metric, covariate, alpha=alpha)
    return compare_estimates(estimate_of(control, metric), estimate_of(treatment, metric), alpha=alpha)


def _compare_by_score(arms: tuple[Arm, Arm], metric: Metric, fewest_buyers: float, alpha: float) -> Comparison:
    control, treatment = arms
    per_count = metric.denominator is not None
    statistic = partial(ratio_statistic if per_count else mean_statistic, control=control, treatment=treatment)
    values = [arm.y / (arm.d if per_count else arm.n) for arm in arms]
    result = invert(statistic, values[0], values[1], alpha=alpha)
    is_rough = fewest_buyers < FEWEST_FOR_SCORE or abs(result.skewness or 0.0) > STRONGEST_SKEW
    return replace(result, is_permutation_due=is_rough)
