"""Compare the mean per visitor of one column: revenue, margin, items."""

from __future__ import annotations

from typing import Literal, TypeAlias

from experiments.statistics.cuped import compare_adjusted, estimate_of
from experiments.statistics.results import Comparison, Method, Reason
from experiments.statistics.summary import Summary
from experiments.statistics.welch import compare_estimates

Choice: TypeAlias = Literal["auto", "score", "welch"]


def compare_means(
    control: Summary,
    treatment: Summary,
    column: str,
    *,
    covariate: str | None = None,
    method: Choice = "auto",
    alpha: float = 0.05,
) -> Comparison:
    """Treatment's mean per visitor against control's: Welch's test (1947) with Fieller's interval of the lift (1954).

    With a ``covariate`` column both means are adjusted for it first (CUPED), its coefficient found over both arms.
    Not available: everything without visitors (``no_units``), the test with one (``one_unit``) or without any
    variation (``zero_variance``), the lift over a control of 0 (``control_is_zero``).
    """
    if not control.n or not treatment.n:
        return Comparison(
            control=control.mean(column),
            treatment=treatment.mean(column),
            method=Method.WELCH,
            unavailable=Reason.NO_UNITS,
        )
    if covariate is not None:
        return compare_adjusted(control, treatment, (column, None), (covariate, None), alpha=alpha)
    return compare_estimates(estimate_of(control, column, None), estimate_of(treatment, column, None), alpha=alpha)
