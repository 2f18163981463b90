"""Pooled effects against statsmodels' own meta-analysis."""

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


def test_random_effects_same_effects_have_no_spread():
    assert random_effects([0.05, 0.051, 0.049], [0.03, 0.02, 0.04]).tau == 0


def test_random_effects_few_effects_take_the_default_prior():
    pooled = random_effects([0.2], [0.1])
    assert (pooled.tau, pooled.q, pooled.mean.estimate) == (PRIOR_SD, None, 0.0)


@pytest.mark.parametrize(("estimates", "errors"), [([], []), ([0.1], [0.0]), ([0.1], [0.1, 0.2])])
def test_random_effects_without_an_error_is_refused(estimates, errors):
    with pytest.raises(ValueError, match="need effects"):
        random_effects(estimates, errors)
