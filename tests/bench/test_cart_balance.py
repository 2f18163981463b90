"""The check of carts before the offer: a fast cut of ``python -m bench.cart_balance``."""

from math import log, sqrt

import numpy as np
import pytest

from bench.cart_balance import VISITORS, Floats, carts, ends, log_p_values, share_alarmed
from experiments.plan.thresholds import BALANCE_ALARM
from experiments.statistics import Summary, compare_means, confidence_sequence


def test_simulated_p_values_are_those_of_the_public_functions():
    random = np.random.default_rng(3)
    control, treatment = carts(0.0, 2, random), carts(0.05, 2, random)
    logs = log_p_values(control, treatment)
    for reading in (200, 671):
        n = int(ends()[reading])
        comparison = compare_means(summary(control[1, :n]), summary(treatment[1, :n]), "cart", method="welch")
        found = confidence_sequence(comparison, n=2 * n, n_star=VISITORS, alpha=BALANCE_ALARM)
        assert found.p_value is not None
        assert logs[1, reading] == pytest.approx(log(found.p_value), rel=1e-6)


def summary(values: Floats) -> Summary:
    """Add up the carts of an arm."""
    sums, squares = float(values.sum()), float((values**2).sum())
    return Summary.from_sums(len(values), {"cart": sums}, {("cart", "cart"): squares})


@pytest.mark.slow
def test_balance_alarm_of_sound_tests_is_rare_and_of_larger_carts_likely():
    share, _ = share_alarmed(0.0, 200, seed=2026)
    assert share <= 0.001 + 3 * sqrt(0.001 * 0.999 / 200)
    share, visitors = share_alarmed(0.10, 100, seed=2026)
    assert share > 0.8
    assert visitors is not None
