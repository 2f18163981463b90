"""The engine's answers to the cases of confidence sequences."""

from typing import Any

from experiments.statistics import confidence_sequence
from experiments.statistics.sequential import log_mixture_ratio
from tests.experiments.statistics.reference.fixed_horizon import Answers, Case, compare_by_mean, compare_by_ratio


def sequential(case: Case) -> Answers:
    given = case["input"]
    comparison = compare_by_mean(case) if "sum" in given["arms"][0] else compare_by_ratio(case)
    n, alpha = sum(arm["n"] for arm in given["arms"]), given.get("alpha", 0.05)
    n_star = given.get("n_star", n)
    result = confidence_sequence(comparison, n=n, n_star=n_star, alpha=alpha, tau=given.get("tau"))
    exact = confidence_sequence(comparison, n=n, n_star=n_star, alpha=alpha, is_exact=True)
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
