import numpy as np
import pytest

from bench import statistics
from experiments.statistics import Method, compare_means, compare_ratios

SUBJECTS = statistics.subjects()


@pytest.mark.parametrize("subject", [name for name in SUBJECTS if name != "floor"])
def test_results_of_a_metric_take_well_below_2_milliseconds(subject, monkeypatch):
    """The requirement is 0.5 ms on an idle machine; four times that is granted to a busy one."""
    monkeypatch.setattr(statistics, "ROUNDS", 8)
    assert statistics.fastest(SUBJECTS[subject]) < 4 * statistics.REQUIRED


def test_timed_arms_are_compared_by_the_score_test():
    random = np.random.default_rng(1)
    control, treatment = statistics.arm(random, 0.03), statistics.arm(random, 0.033)
    adjusted = compare_means(control, treatment, "revenue", covariate="cart_value")
    assert adjusted.method == Method.SCORE
    assert adjusted.variance_reduction is not None
    assert compare_ratios(control, treatment, "revenue", "orders").method == Method.SCORE
