"""The risk of rolling out whatever is ahead, against drawn tests."""

import numpy as np
import pytest

from experiments.statistics.priors.risk import leader_risk
from experiments.statistics.priors.scale_mixture import EffectPrior, normal_prior


@pytest.mark.parametrize("error", [0.02, 0.1, 0.4])
def test_risk_is_that_of_drawn_tests(error):
    random, number = np.random.default_rng(1), 400_000
    scales = np.where(random.random(number) < 0.8, 0.03, 0.3)
    effects = scales * random.standard_normal(number)
    is_ahead = effects + error * random.standard_normal(number) > 0
    rolled_out = effects[is_ahead]
    found = leader_risk(EffectPrior((0.8, 0.2), (0.03, 0.3)), error)
    assert found.chance_worse == pytest.approx((rolled_out < 0).mean(), abs=0.003)
    assert found.average_loss == pytest.approx(-np.minimum(rolled_out, 0).mean(), abs=2e-4)


def test_risk_without_knowing_anything_is_a_coin():
    assert leader_risk(normal_prior(0.05), 1e6).chance_worse == pytest.approx(0.5, abs=1e-6)


@pytest.mark.parametrize("error", [0.0, -1.0, float("nan")])
def test_risk_without_an_error_is_refused(error):
    with pytest.raises(ValueError, match="standard error"):
        leader_risk(normal_prior(0.05), error)
