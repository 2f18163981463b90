"""The engine's answers to the cases of proportions, means, ratios and CUPED."""

from itertools import combinations
from typing import Any, TypeAlias

from scipy.special import ndtr, ndtri

from experiments.statistics import (
    Comparison,
    Interval,
    Proportion,
    Summary,
    compare_means,
    compare_proportions,
    compare_ratios,
)
from experiments.statistics.proportions.boschloo import boschloo_p_value
from experiments.statistics.proportions.comparison import score_p_value

Case: TypeAlias = dict[str, Any]
Answers: TypeAlias = tuple[dict[str, Any], str | None]
Ends: TypeAlias = list[float | None]


def proportion(case: Case) -> Answers:
    control, treatment = (Proportion(arm["sum"], arm["n"]) for arm in case["input"]["arms"])
    result = compare_proportions(control, treatment, alpha=case["input"].get("alpha", 0.05))
    answers = {
        "diff": estimate(result.difference),
        "lift": estimate(result.lift),
        "p_z_pooled": score_p_value(control, treatment),
        "ci_diff_newcombe": ends(result.difference),
        "ci_lift_score": ends(result.lift),
    }
    if "p_boschloo" in case["expected"]:
        answers["p_boschloo"] = boschloo_p_value(control, treatment)
    return answers, result.unavailable


def mean(case: Case) -> Answers:
    result = compare_by_mean(case)
    return welch_answers(result), result.unavailable


def compare_by_mean(case: Case) -> Comparison:
    control, treatment = (
        Summary.from_sums(arm["n"], {"value": arm["sum"]}, {("value", "value"): arm["sum_sq"]})
        for arm in case["input"]["arms"]
    )
    return compare_means(control, treatment, "value", method="welch", alpha=case["input"].get("alpha", 0.05))


def ratio(case: Case) -> Answers:
    result = compare_by_ratio(case)
    return welch_answers(result), result.unavailable


def compare_by_ratio(case: Case) -> Comparison:
    control, treatment = (
        Summary.from_sums(
            arm["n"],
            {"num": arm["sum_num"], "den": arm["sum_den"]},
            {("num", "num"): arm["sum_num_sq"], ("den", "den"): arm["sum_den_sq"], ("num", "den"): arm["sum_num_den"]},
        )
        for arm in case["input"]["arms"]
    )
    return compare_ratios(control, treatment, "num", "den", method="welch", alpha=case["input"].get("alpha", 0.05))


def cuped(case: Case) -> Answers:
    """A mean or a ratio, adjusted by a mean or a ratio: by what the arms have sums of."""
    control, treatment = (summary_of(arm) for arm in case["input"]["arms"])
    alpha = case["input"].get("alpha", 0.05)
    if "value" in control.columns:
        result = compare_means(control, treatment, "value", covariate="cov", method="welch", alpha=alpha)
    else:
        covariate = covariate_of(control)
        result = compare_ratios(control, treatment, "num", "den", covariate=covariate, method="welch", alpha=alpha)
    answers = welch_answers(result)
    answers |= {
        "p": answers["p_welch_diff"],
        "ci_diff": answers["ci_diff_welch"],
        "lift_tea": answers["lift"],
        "theta": result.theta,
        "variance_reduction": result.variance_reduction,
    }
    return answers | normal_readings(case, result, alpha), result.unavailable


def summary_of(arm: dict[str, Any]) -> Summary:
    """Every column that has a sum of squares, ``sum_x`` and ``sum_x_sq``, with each ``sum_x_y`` of two; ``sum`` alone
    is that of ``value``."""
    sums, cross_sums = {}, {}
    for key in arm:
        if key.endswith("_sq"):
            name = key.removeprefix("sum").removesuffix("_sq").removeprefix("_") or "value"
            sums[name] = arm[key.removesuffix("_sq")]
            cross_sums[name, name] = arm[key]
    for one, other in combinations(sums, 2):
        for key in (f"sum_{one}_{other}", f"sum_{other}_{one}", f"sum_{one}_{other}".replace("value", "val")):
            if key in arm:
                cross_sums[one, other] = arm[key]
    return Summary.from_sums(arm["n"], sums, cross_sums)


def covariate_of(summary: Summary) -> str | tuple[str, str]:
    """What isn't the ratio itself: one column, or two of which the one with ``den`` in its name is divided by."""
    names = sorted(set(summary.columns) - {"num", "den"}, key=lambda name: "den" in name)
    if len(names) == 1:
        return names[0]
    numerator, denominator = names
    return numerator, denominator


def normal_readings(case: Case, result: Comparison, alpha: float) -> dict[str, Any]:
    """The peer "spotify" reads the same difference and standard error by the normal instead of the t distribution."""
    if result.df is None or result.standard_error is None or result.difference is None:
        return {}
    difference, half = result.difference.estimate or 0.0, -ndtri(alpha / 2) * result.standard_error
    readings = {
        "p": 2 * ndtr(-abs(difference) / result.standard_error),
        "ci_diff": [difference - half, difference + half],
    }
    return {name: value for name, value in readings.items() if case["expected"].get(name, {}).get("from") == "spotify"}


def welch_answers(result: Comparison) -> dict[str, Any]:
    return {
        "diff": estimate(result.difference),
        "lift": estimate(result.lift),
        "se_diff": result.standard_error,
        "df_welch": result.df,
        "ci_diff_welch": ends(result.difference),
        "p_welch_diff": result.p_value,
        "ci_lift_fieller": ends(result.lift),
    }


def estimate(interval: Interval | None) -> float | None:
    return interval.estimate if interval else None


def ends(interval: Interval | None) -> Ends:
    return [interval.low, interval.high] if interval else [None, None]
