"""Delays from cohorts of which some are young, against statsmodels' survival functions in reversed time."""

import numpy as np
import pytest
from statsmodels.duration.survfunc import SurvfuncRight, survdiff

from experiments.statistics.delays import Cohorts, arrival_curve, delay_difference

STEPS = 8


def drawn(mean: float, seed: int, *, cohorts: int = 20, orders: int = 60) -> tuple[Cohorts, Cohorts, np.ndarray]:
    """Cohorts of which the last began yesterday: order values, numbers of orders, and one row an order that was seen:
    its delay, how long its cohort was observed, its value."""
    random = np.random.default_rng(seed)
    observed = np.minimum(STEPS, np.arange(cohorts)[::-1] + 1)
    values, numbers, rows = np.zeros((cohorts, STEPS)), np.zeros((cohorts, STEPS)), []
    for cohort in range(cohorts):
        delays = random.exponential(mean, orders).astype(int)
        for delay in delays[delays < observed[cohort]]:
            value = int(random.integers(1, 20))
            values[cohort, delay] += value
            numbers[cohort, delay] += 1
            rows.append((delay, observed[cohort], value))
    return Cohorts(values, observed), Cohorts(numbers, observed), np.array(rows)


def test_arrival_curve_is_that_of_statsmodels_with_late_entry_and_weights():
    values, _, rows = drawn(2.5, 1)
    delay, observed, value = rows.T
    # P(reversed time > s) is P(delay < STEPS - s): late entry, because a cohort tells of no longer delay than its age
    theirs = SurvfuncRight(STEPS - delay, np.ones(len(rows)), entry=STEPS - observed, freq_weights=value)
    by_step = {STEPS - time - 1: chance for time, chance in zip(theirs.surv_times, theirs.surv_prob, strict=True)}
    ours = arrival_curve(values)
    assert ours[-1] == 1.0
    for step in range(STEPS - 1):
        assert ours[step] == pytest.approx(by_step[step], abs=1e-12)


@pytest.mark.slow
def test_arrival_curve_of_many_orders_is_the_truth():
    _, numbers, _ = drawn(2.0, 2, orders=20_000)
    truth = (1 - np.exp(-np.arange(1, STEPS + 1) / 2.0)) / (1 - np.exp(-STEPS / 2.0))
    assert arrival_curve(numbers) == pytest.approx(truth, abs=0.01)


def test_arrival_curve_leaves_out_what_came_later_than_a_cohort_was_observed():
    amounts = np.array([[6.0, 2.0, 2.0], [6.0, 99.0, 0.0]])
    # of the first cohort 10 of 10 by the last step, 8 by the second; the second tells of its first step alone
    assert arrival_curve(Cohorts(amounts, np.array([3, 1]))) == pytest.approx([0.6, 0.8, 1.0])


def test_arrival_curve_without_anything_says_that_all_is_there():
    assert arrival_curve(Cohorts(np.zeros((2, 3)), np.array([3, 3]))).tolist() == [1.0, 1.0, 1.0]


def test_delay_difference_is_the_log_rank_test_of_statsmodels_in_reversed_time():
    (_, one, first), (_, other, second) = drawn(2.5, 3), drawn(2.0, 4)
    rows = np.concatenate([first, second])
    group = np.repeat([0, 1], [len(first), len(second)])
    chi_square, p_value = survdiff(STEPS - rows[:, 0], np.ones(len(rows)), group, entry=STEPS - rows[:, 1])
    assert chi_square > 1
    assert delay_difference([one, other]) == pytest.approx(p_value, rel=1e-6)


@pytest.mark.slow
def test_delay_difference_of_equal_delays_is_uniform():
    p_values = [delay_difference([drawn(2.5, 2 * seed)[1], drawn(2.5, 2 * seed + 1)[1]]) for seed in range(300)]
    found = [p_value for p_value in p_values if p_value is not None]
    assert len(found) == 300
    # three standard errors of a share of 5% among 300
    assert np.mean([p_value < 0.05 for p_value in found]) == pytest.approx(0.05, abs=0.038)


def test_delay_difference_without_orders_is_not_available():
    nobody = Cohorts(np.zeros((2, STEPS)), np.array([3, 3]))
    assert delay_difference([nobody, nobody]) is None
    assert delay_difference([drawn(2.5, 5)[1], nobody]) is None
