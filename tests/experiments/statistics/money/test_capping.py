from math import inf

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_array_equal

from experiments.statistics import cap_values


def test_cap_values_ignores_visitors_who_did_not_buy():
    values = [0] * 1000 + list(range(1, 102))
    cap, capped = cap_values(values, 0.99)
    assert cap == 100
    assert capped.sum() == sum(range(1, 102)) - 1


def test_cap_values_interpolates_between_neighbours():
    assert cap_values([10, 20], 0.75)[0] == 17.5


def test_cap_values_refunds_are_capped_at_minus_the_cap():
    cap, capped = cap_values([*range(1, 101), -5000], 0.9)
    assert capped.min() == -cap


@pytest.mark.parametrize("values", [[], [0, 0], [-3, -2, -1]])
def test_cap_values_without_positive_percentile_caps_nothing(values):
    cap, capped = cap_values(values, 0.99)
    assert cap == inf
    assert_array_equal(capped, values)


@settings(deadline=None)
@given(st.lists(st.integers(0, 10**6), min_size=1), st.floats(0, 1))
def test_cap_values_never_raises_a_value_and_bounds_all(values, percentile):
    cap, capped = cap_values(values, percentile)
    assert np.all(capped <= np.array(values))
    assert np.all(capped <= cap)


@pytest.mark.parametrize("percentile", [-0.1, 1.01, 99])
def test_cap_values_percentile_outside_0_to_1_is_refused(percentile):
    with pytest.raises(ValueError, match="fraction"):
        cap_values([1.0], percentile)
