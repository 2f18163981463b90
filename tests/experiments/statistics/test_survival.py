"""The product-limit estimate, against statsmodels and a case by hand."""

import numpy as np
import pytest
from statsmodels.duration.survfunc import SurvfuncRight

from experiments.statistics.survival import survival_curve


def drawn(seed: int, *, units: int = 400) -> tuple[np.ndarray, np.ndarray]:
    """Whole days until a reorder, and whether it was seen before nobody looked any longer: many days are equal."""
    rng = np.random.default_rng(seed)
    waits, looks = np.ceil(rng.exponential(40, units)), np.ceil(rng.uniform(1, 120, units))
    return np.minimum(waits, looks), waits <= looks


@pytest.mark.parametrize("seed", range(5))
def test_survival_curve_is_that_of_statsmodels(seed):
    durations, has_event = drawn(seed)
    ours, theirs = survival_curve(durations, has_event), SurvfuncRight(durations, has_event.astype(int))
    assert ours.times.tolist() == theirs.surv_times.tolist()
    np.testing.assert_allclose(ours.survival, theirs.surv_prob, rtol=1e-12)
    np.testing.assert_allclose(ours.standard_error, theirs.surv_prob_se, rtol=1e-9)
    np.testing.assert_array_equal(ours.at_risk, theirs.n_risk)
    np.testing.assert_array_equal(ours.events, theirs.n_events)
    for share in (0.25, 0.5, 0.75):
        assert ours.quantile(share) == pytest.approx(theirs.quantile(share))
        low, high = ours.quantile_interval(share)
        assert (low, np.inf if high is None else high) == theirs.quantile_ci(share)


def test_survival_curve_of_counted_entries_is_that_of_single_ones():
    durations, has_event = drawn(9)
    entries, counts = np.unique(np.column_stack((durations, has_event)), axis=0, return_counts=True)
    counted = survival_curve(entries[:, 0], entries[:, 1] > 0, counts.astype(float))
    single = survival_curve(durations, has_event)
    np.testing.assert_allclose(counted.survival, single.survival, rtol=1e-12)
    np.testing.assert_allclose(counted.standard_error, single.standard_error, rtol=1e-12)


def test_survival_curve_counts_who_is_still_waiting():
    # Of 4, one comes back on day 10; one is seen for 15 days alone; of the 2 left one comes back on day 20.
    curve = survival_curve(np.array([10.0, 15.0, 20.0, 90.0]), np.array([True, False, True, False]))
    assert curve.survival.tolist() == pytest.approx([3 / 4, 3 / 8])
    assert curve.quantile(0.5) == 20.0
    assert curve.quantile(0.7) is None  # more than 3 of 8 were never seen again


def test_median_of_who_came_back_alone_is_too_short():
    durations, has_event = drawn(3, units=20_000)
    true_median = 40 * np.log(2)
    assert survival_curve(durations, has_event).quantile(0.5) == pytest.approx(true_median, abs=2)
    assert np.median(durations[has_event]) < 0.8 * true_median


def test_interval_of_the_median_covers_it_about_as_often_as_it_says():
    covered = 0
    for seed in range(400):
        rng = np.random.default_rng(seed)
        waits, looks = rng.exponential(40, 80), rng.uniform(1, 160, 80)
        low, high = survival_curve(np.minimum(waits, looks), waits <= looks).quantile_interval(0.5)
        is_above = low is not None and low <= 40 * np.log(2)
        covered += is_above and (high is None or 40 * np.log(2) <= high)
    assert 0.92 * 400 <= covered <= 0.98 * 400


def test_survival_curve_of_nobody_says_nothing():
    curve = survival_curve(np.array([]), np.array([], dtype=bool))
    assert curve.quantile(0.5) is None
    assert curve.quantile_interval(0.5) == (None, None)
