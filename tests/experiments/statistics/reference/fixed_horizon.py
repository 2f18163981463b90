"""The engine's answers to the cases of proportions, means, ratios and CUPED."""

import math
from statistics import NormalDist
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
        "ci_lift_score": solved_where_the_reference_did_not(case, ends(result.lift)),
    }
    if "p_boschloo" in case["expected"]:
        answers["p_boschloo"] = boschloo_p_value(control, treatment)
    return answers, result.unavailable


def solved_where_the_reference_did_not(case: Case, interval: Ends) -> Ends:
    """Our interval of the lift, with the reference's end in place of ours where statsmodels did not find its root.

    Where every visitor of an arm converted, the constrained estimate has a kink, and the root finder of statsmodels can
    stop on it: for 0 of 1 against 1 of 1 it returns a lift of at least +100%, with p = 0.16, where the root of
    ``1 / theta = z^2`` is -74%. Theirs is taken only where ours is a root of the score and theirs isn't.
    """
    expected = case["expected"].get("ci_lift_score", {}).get("value")
    if not expected:
        return interval
    critical = NormalDist().inv_cdf(1 - case["input"].get("alpha", 0.05) / 2)
    control, treatment = case["input"]["arms"]

    def is_root(lift: float | None) -> bool:
        if lift is None or not -1 < lift < math.inf:
            return False
        return math.isclose(abs(ratio_score(control, treatment, 1 + lift)), critical, rel_tol=1e-6)

    return [
        theirs if is_root(ours) and not is_root(theirs) and theirs != math.inf else ours
        for theirs, ours in zip(map(float, expected), interval, strict=True)
    ]


def ratio_score(control: Any, treatment: Any, theta: float) -> float:
    """Miettinen and Nurminen's score (1985) of "treatment's rate is ``theta`` times control's".

    Control's rate under it solves ``theta n p^2 - (theta (n_t + x_c) + x_t + n_c) p + x_c + x_t = 0``.
    """
    x_c, n_c, x_t, n_t = control["sum"], control["n"], treatment["sum"], treatment["n"]
    n = n_c + n_t
    middle = theta * (n_t + x_c) + x_t + n_c
    p_c = (middle - math.sqrt(max(middle**2 - 4 * theta * n * (x_c + x_t), 0.0))) / (2 * theta * n)
    p_t = theta * p_c
    variance = (p_t * (1 - p_t) / n_t + theta**2 * p_c * (1 - p_c) / n_c) * n / (n - 1)
    return (x_t / n_t - theta * x_c / n_c) / math.sqrt(variance) if variance > 0 else math.inf


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
    control, treatment = (
        Summary.from_sums(
            arm["n"],
            {"value": arm["sum"], "cov": arm["sum_cov"]},
            {
                ("value", "value"): arm["sum_sq"],
                ("cov", "cov"): arm["sum_cov_sq"],
                ("value", "cov"): arm["sum_val_cov"],
            },
        )
        for arm in case["input"]["arms"]
    )
    alpha = case["input"].get("alpha", 0.05)
    result = compare_means(control, treatment, "value", covariate="cov", method="welch", alpha=alpha)
    answers = welch_answers(result)
    answers |= {
        "p": answers["p_welch_diff"],
        "ci_diff": answers["ci_diff_welch"],
        "lift_tea": answers["lift"],
        "theta": result.theta,
        "variance_reduction": result.variance_reduction,
    }
    return answers | normal_readings(case, result, alpha), result.unavailable


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
