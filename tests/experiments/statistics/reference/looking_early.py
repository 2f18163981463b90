"""The engine's answers to the cases of confidence sequences."""

from math import sqrt
from typing import Any

from experiments.statistics import confidence_sequence
from experiments.statistics.sequential.confidence_sequence import log_mixture_ratio, mixture_rho
from tests.experiments.statistics.reference.fixed_horizon import Answers, Case, compare_by_mean, compare_by_ratio


def sequential(case: Case) -> Answers:
    given = case["input"]
    comparison = compare_by_mean(case) if "sum" in given["arms"][0] else compare_by_ratio(case)
    n, alpha = sum(arm["n"] for arm in given["arms"]), given.get("alpha", 0.05)
    n_star = given.get("n_star", n)
    rho = None
    if "tau" in given and comparison.standard_error:
        rho = given["tau"] / comparison.standard_error / sqrt(n)
    result = confidence_sequence(comparison, n=n, n_star=n_star, alpha=alpha, rho=rho)
    exact_rho = mixture_rho(n_star, alpha, is_exact=True)
    exact = confidence_sequence(comparison, n=n, n_star=n_star, alpha=alpha, rho=exact_rho)
    answers: dict[str, Any] = {
        "rho": result.rho,
        "ci_diff": [result.low, result.high],
        "p_diff": result.p_value,
        "p_always_valid": result.p_value,
        "ci_diff_exact_rho": [exact.low, exact.high],
        "p_diff_exact_rho": exact.p_value,
        "log_lambda": None,
    }
    if result.rho is not None and comparison.difference and comparison.standard_error:
        z = (comparison.difference.estimate or 0.0) / comparison.standard_error
        answers["log_lambda"] = log_mixture_ratio(z, n * result.rho**2)
    return answers, result.unavailable
