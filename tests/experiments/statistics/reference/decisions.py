"""The engine's answers to the cases of sample ratios, many p-values, planning and capping."""

from fractions import Fraction
from typing import Any

import numpy as np

from experiments.statistics import (
    PlanSettings,
    Summary,
    benjamini_hochberg,
    cap_values,
    compare_means,
    holm,
    minimum_detectable_effect,
    sample_ratio_mismatch,
    sample_size_for_mean,
    sample_size_for_proportion,
)
from tests.experiments.statistics.reference.fixed_horizon import Answers, Case


def sample_ratio(case: Case) -> Answers:
    result = sample_ratio_mismatch(case["input"]["observed"], case["input"]["weights"])
    return {"p": result.p_value, "p_sequential_k100": result.always_valid_p_value}, result.unavailable


def many_p_values(case: Case) -> Answers:
    p_values = case["input"]["p"]
    return {"holm": holm(p_values), "fdr_bh": benjamini_hochberg(p_values)}, None


def sample_size(case: Case) -> Answers:
    given = case["input"]
    mde = given["relative_mde"]
    settings = PlanSettings(alpha=given["alpha"], power=given["power"], ratio=given["ratio_treatment_to_control"])
    if "baseline" in given:
        return {"n_control_pooled": sample_size_for_proportion(given["baseline"], mde, settings).control}, None
    mean, sd = given["mean"], given["sd"]
    detectable = minimum_detectable_effect(mean, 20_000, settings, sd=sd)
    answers = {
        "n_control_z": sample_size_for_mean(mean, sd, mde, settings, is_t=False).control,
        "n_control_t": sample_size_for_mean(mean, sd, mde, settings).control,
        "abs_mde_at_n20000": detectable.absolute,
        "relative_mde_at_n20000": detectable.relative,
    }
    return answers, None


def capping(case: Case) -> Answers:
    control, treatment = (np.array(case["input"][arm]) for arm in ("control", "treatment"))
    cap, capped = cap_values(np.concatenate([control, treatment]), case["input"]["percentile"])
    arms = capped[: len(control)], capped[len(control) :]
    welch = compare_means(summary(arms[0]), summary(arms[1]), "value", method="welch")
    answers: dict[str, Any] = {
        "cap_nonzero_only": cap,
        "capped_sums_nonzero_only": [arm.sum() for arm in arms],
        "p_welch_nonzero_only": welch.p_value,
    }
    return answers, welch.unavailable


def summary(values: Any) -> Summary:
    """Exact sums: floating point would find a variance where all values are equal."""
    exact = [Fraction(float(value)) for value in values]
    squares = sum((value * value for value in exact), Fraction(0))
    return Summary.from_sums(len(exact), {"value": sum(exact, Fraction(0))}, {("value", "value"): squares})
