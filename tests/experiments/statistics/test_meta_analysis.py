"""Pooled effects against statsmodels' own meta-analysis, and their shrinkage against simulated truth."""

import numpy as np
import pytest
from statsmodels.stats.meta_analysis import combine_effects

from experiments.statistics.meta_analysis import PRIOR_SD, random_effects

EFFECTS = [0.08, 0.02, -0.03, 0.11, 0.05, 0.19]
ERRORS = [0.03, 0.05, 0.02, 0.06, 0.04, 0.05]


def test_random_effects_equal_statsmodels():
    pooled = random_effects(EFFECTS, ERRORS)
    reference = combine_effects(np.array(EFFECTS), np.array(ERRORS) ** 2, method_re="dl", use_t=False)
    assert pooled.tau**2 == pytest.approx(reference.tau2)
    assert pooled.q == pytest.approx(reference.q)
    assert pooled.mean.estimate == pytest.approx(reference.mean_effect_re)
    assert pooled.standard_error == pytest.approx(reference.sd_eff_w_re)
    assert pooled.p_value == pytest.approx(reference.test_homogeneity().pvalue)


def test_random_effects_same_effects_have_no_spread_and_shrink_to_their_mean():
    pooled = random_effects([0.05, 0.051, 0.049], [0.03, 0.02, 0.04])
    assert pooled.tau == 0
    assert [one.estimate for one in pooled.shrunk] == pytest.approx([pooled.mean.estimate] * 3)


def test_random_effects_few_effects_take_the_default_prior():
    pooled = random_effects([0.2], [0.1])
    assert (pooled.tau, pooled.q, pooled.mean.estimate) == (PRIOR_SD, None, 0.0)
    assert pooled.shrunk[0].estimate == pytest.approx(0.1)
    assert pooled.keeping[0] == pytest.approx(0.5)


def test_random_effects_shrunk_winners_promise_what_they_keep():
    """Of many stores with twelve tests each, those that won at 5%: the raw estimates promise too much."""
    rng = np.random.default_rng(7)
    raw, shrunk, true = [], [], []
    covered = []
    for _ in range(400):
        effects = rng.normal(0.02, 0.04, 12)
        errors = rng.uniform(0.02, 0.06, 12)
        estimates = rng.normal(effects, errors)
        pooled = random_effects(list(estimates), list(errors))
        won = estimates > 1.96 * errors
        raw += list(estimates[won])
        true += list(effects[won])
        shrunk += [one.estimate or 0.0 for one, is_won in zip(pooled.shrunk, won, strict=True) if is_won]
        covered += [one.low <= x <= one.high for one, x in zip(pooled.shrunk, effects, strict=True)]
    assert np.mean(raw) > 1.2 * np.mean(true)
    assert np.mean(shrunk) == pytest.approx(np.mean(true), rel=0.08)
    assert 0.85 < np.mean(covered) < 0.97


@pytest.mark.parametrize(("estimates", "errors"), [([], []), ([0.1], [0.0]), ([0.1], [0.1, 0.2])])
def test_random_effects_without_an_error_is_refused(estimates, errors):
    with pytest.raises(ValueError, match="need effects"):
        random_effects(estimates, errors)
