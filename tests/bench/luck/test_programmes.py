"""The simulated looks are the product's: their bounds spend what they should."""

import numpy as np
import pytest

from bench.luck.programmes import DAYS, ERROR, PROGRAMMES, plan_bounds, run


def test_winners_without_an_effect_are_half_of_alpha():
    random = np.random.default_rng(1)
    assert run(np.zeros(40_000), random).is_shipped.mean() == pytest.approx(0.025, abs=0.0025)


def test_wins_are_read_once_a_week_and_the_first_one_is_hard():
    bounds = plan_bounds()
    assert [day + 1 for day in np.flatnonzero(np.isfinite(bounds.win))] == [7, 14]
    # Half of the information spends an eighth of 0.025 (Kim and DeMets 1987).
    assert bounds.win[6] == pytest.approx(2.734, abs=1e-3)
    assert len(bounds.harm) == DAYS


def test_measured_effects_have_the_error_that_they_say():
    """Of tests that reach their end, by drawing: unselected, the estimate is unbiased and as noisy as stated."""
    found = run(np.full(20_000, 0.0), np.random.default_rng(2))
    ended = found.chosen((found.day == DAYS) & ~found.is_shipped)
    assert ended.error == pytest.approx(np.full(len(ended.error), ERROR))
    everybody = run(np.full(20_000, 0.02), np.random.default_rng(3))
    assert (everybody.measured * (1 / everybody.error**2)).sum() / (1 / everybody.error**2).sum() == pytest.approx(
        np.log1p(0.02), abs=0.002
    )


def test_programmes_draw_what_they_are_called():
    by_key = {programme.key: programme for programme in PROGRAMMES}
    random = np.random.default_rng(4)
    assert by_key["b"].lifts(40_000, random).std() == pytest.approx(0.10, rel=0.03)
    mixture = by_key["a"].lifts(40_000, random)
    assert mixture.std() == pytest.approx((0.8 * 0.03**2 + 0.2 * 0.3**2) ** 0.5, rel=0.05)
    assert set(by_key["+30%"].lifts(10, random)) == {0.3}
    assert not by_key["e"].has_effects
