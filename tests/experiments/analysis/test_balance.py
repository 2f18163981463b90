"""Whether carts were alike before the offer."""

import numpy as np
import pytest

from experiments.analysis.balance import balance_checks
from experiments.reading.aggregation import Aggregate
from tests.experiments.analysis.samples import arm, sample


def carts(visitors: int, factor: float, seed: int) -> Aggregate:
    """An arm whose carts are lognormal with a median of 40.00 times the factor."""
    values = np.rint(4_000 * factor * np.exp(0.5 * np.random.default_rng(seed).standard_normal(visitors)))
    first, second, third = (int((values**power).sum()) for power in (1, 2, 3))
    return arm(visitors, cart_value=first, cart_value_x_cart_value=second, cart_value_x_cart_value_x_cart_value=third)


def test_balance_of_like_carts_is_calm():
    (check,) = balance_checks(sample({"a": carts(5_000, 1.0, 1), "b": carts(5_000, 1.0, 2)}, planned_sample=5_000))
    # the mean of a lognormal: 4,000 exp(0.5^2 / 2)
    assert check.control == pytest.approx(4_533, rel=0.02)
    assert check.treatment == pytest.approx(4_533, rel=0.02)
    assert (check.variant, check.covariate, check.is_alarming) == ("b", "cart_value", False)


def test_balance_of_carts_that_are_larger_before_the_offer_alarms():
    arms = {"a": carts(5_000, 1.0, 1), "b": carts(5_000, 1.0, 2), "c": carts(5_000, 1.1, 3)}
    calm, alarming = balance_checks(sample(arms, planned_sample=5_000))
    assert (calm.is_alarming, alarming.is_alarming) == (False, True)


def test_balance_of_few_visitors_says_nothing():
    (check,) = balance_checks(sample({"a": carts(400, 1.0, 1), "b": carts(400, 2.0, 2)}))
    assert (check.corrected_p_value, check.is_alarming) == (None, False)


def test_balance_without_cart_values_has_no_checks():
    assert balance_checks(sample({"a": arm(5_000), "b": arm(5_000)})) == []
