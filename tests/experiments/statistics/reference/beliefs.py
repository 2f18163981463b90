"""The engine's answers to the Bayesian cases."""

from math import copysign, inf, sqrt
from typing import Any

from experiments.statistics import Interval, Proportion, beta_binomial, normal_posterior
from tests.experiments.statistics.reference.fixed_horizon import (
    Answers,
    Case,
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
        "ci_diff_95": difference,
        "ci_lift_95": ends(result.lift),
        "ci_rate": ends(result.treatment_rate),
    }
    return answers, result.unavailable


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
