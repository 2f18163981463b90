"""Compare two proportions: conversion, take rate.

Sources: the pooled score z test; R. D. Boschloo, "Raised conditional level of significance for the 2x2-table when
testing the equality of two probabilities" (1970) for small counts. The intervals are in ``intervals.py``.
"""

from __future__ import annotations

import math

from scipy.special import ndtr

from experiments.statistics.proportions.boschloo import boschloo_p_value, fisher_p_value
from experiments.statistics.proportions.intervals import miettinen_nurminen, newcombe
from experiments.statistics.results import Comparison, Method, Proportion, Reason

# Below this expected count the normal approximation gives way to an exact test: W. G. Cochran's rule (1954).
SMALL_COUNT = 5
# Visitors of both arms from which the exact test is Fisher's, which stays fast.
LARGE_TABLE = 10_000


def compare_proportions(control: Proportion, treatment: Proportion, *, alpha: float = 0.05) -> Comparison:
    """Compare treatment's rate with control's.

    The p-value is the pooled score z test's; where an expected count is below 5 it is Boschloo's, or beyond 10,000
    visitors Fisher's, which Boschloo's approaches there. The difference has
    Newcombe's interval, the lift Miettinen and Nurminen's, which is defined with zero successes in either arm (its
    estimate is not, without successes in control). The standard error is unpooled, ``sqrt(sum p (1 - p) / n)``.

    Not available: everything without units (``no_units``); the p-value where nobody or everybody succeeded in both
    arms (``zero_variance``); the lift where nobody did (``control_is_zero``).
    """
    rate_c, rate_t = control.rate, treatment.rate
    if rate_c is None or rate_t is None:
        return Comparison(control=rate_c, treatment=rate_t, method=Method.SCORE_Z, unavailable=Reason.NO_UNITS)
    method = proportion_method(control, treatment)
    p_value = P_VALUES[method](control, treatment)
    error_c, error_t = rate_c * (1 - rate_c) / control.n, rate_t * (1 - rate_t) / treatment.n
    lift_error = None
    if rate_c:
        lift_error = math.sqrt(error_t + (rate_t / rate_c) ** 2 * error_c) / rate_c
    return Comparison(
        control=rate_c,
        treatment=rate_t,
        difference=newcombe(control, treatment, alpha=alpha),
        lift=miettinen_nurminen(control, treatment, alpha=alpha),
        standard_error=math.sqrt(error_c + error_t),
        lift_standard_error=lift_error,
        control_error=math.sqrt(error_c),
        treatment_error=math.sqrt(error_t),
        p_value=p_value,
        method=method,
        unavailable=_reason(control, p_value),
    )


def proportion_method(control: Proportion, treatment: Proportion) -> Method:
    """Return the test for these counts, by the smallest expected count of an arm at one common rate.

    Counted are successes or failures, whichever are rarer. With none at all there is nothing to test exactly; the score
    test says so.
    """
    n = control.n + treatment.n
    successes = control.successes + treatment.successes
    rarer = min(successes, n - successes)
    if not rarer or min(control.n, treatment.n) * (rarer / n) >= SMALL_COUNT:
        return Method.SCORE_Z
    if n > LARGE_TABLE:
        return Method.FISHER
    return Method.BOSCHLOO


def score_p_value(control: Proportion, treatment: Proportion) -> float | None:
    """Return the two-sided p of ``z = (p_t - p_c) / sqrt(p (1 - p) (1/n_c + 1/n_t))``, p the pooled rate.

    ``None`` where p is 0 or 1.
    """
    n, successes = control.n + treatment.n, control.successes + treatment.successes
    if not 0 < successes < n:
        return None
    cross = treatment.successes * control.n - control.successes * treatment.n
    spread = math.sqrt(successes / n * ((n - successes) / n) * (1 / control.n + 1 / treatment.n))
    return 2 * float(ndtr(-abs(cross / control.n / treatment.n) / spread))


P_VALUES = {Method.SCORE_Z: score_p_value, Method.BOSCHLOO: boschloo_p_value, Method.FISHER: fisher_p_value}


def _reason(control: Proportion, p_value: float | None) -> str | None:
    if p_value is None:
        return Reason.ZERO_VARIANCE
    if control.successes == 0:
        return Reason.CONTROL_IS_ZERO
    return None
