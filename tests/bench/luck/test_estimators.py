"""The corrections that were compared with, against what is known of them."""

import numpy as np
import pytest

from bench.luck.estimators import DRIFTS, chance_of_late_win, conditional, measured, median_unbiased
from bench.luck.programmes import FinishedTests, plan_bounds, run
from experiments.statistics.sequential.error_spending import chance_to_cross


def winners(lift: float) -> FinishedTests:
    tests = run(np.full(1_000, lift), np.random.default_rng(1))
    return tests.chosen(tests.is_shipped)


def test_conditional_estimates_show_a_true_30_percent_as_half_of_it_after_a_week():
    won = winners(0.30)
    assert conditional(won)[won.is_first].mean() == pytest.approx(0.145, abs=0.02)
    assert measured(won)[won.is_first].mean() == pytest.approx(0.43, abs=0.02)


@pytest.mark.slow
def test_median_unbiased_estimates_change_nothing_at_the_first_look():
    won = winners(0.30)
    assert median_unbiased(won)[won.is_first] == pytest.approx(measured(won)[won.is_first])
    assert (median_unbiased(won)[~won.is_first] < measured(won)[~won.is_first]).all()


def test_chance_of_a_late_win_is_that_of_the_looks():
    """By the engine's recursive integration: the chance of both looks less the first one's."""
    win = plan_bounds().win
    both = chance_to_cross([0.5, 1.0], [win[6], win[13]], 3.0)
    first = chance_to_cross([0.5], [win[6]], 3.0)
    found = float(np.interp(3.0, DRIFTS, chance_of_late_win(float(win[13]), DRIFTS)))
    assert found == pytest.approx(both - first, abs=1e-4)
