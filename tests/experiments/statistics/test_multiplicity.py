from collections.abc import Sequence
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import false_discovery_control

from experiments.statistics import benjamini_hochberg, holm

P_VALUES = st.lists(st.floats(0, 1), min_size=1, max_size=7)


def closed_testing_bonferroni(p_values: Sequence[float]) -> list[float]:
    """Holm is the closure of Bonferroni: each hypothesis' worst Bonferroni p over all families that hold it."""
    indices = range(len(p_values))
    families = [family for size in indices for family in combinations(indices, size + 1)]
    return [
        min(1.0, max(len(family) * min(p_values[i] for i in family) for family in families if index in family))
        for index in indices
    ]


@settings(deadline=None)
@given(P_VALUES)
def test_holm_equals_the_closure_of_bonferroni(p_values):
    assert holm(p_values) == pytest.approx(closed_testing_bonferroni(p_values))


@settings(deadline=None)
@given(P_VALUES)
def test_benjamini_hochberg_equals_scipy(p_values):
    assert benjamini_hochberg(p_values) == pytest.approx(list(false_discovery_control(p_values)))


@pytest.mark.parametrize("adjust", [holm, benjamini_hochberg])
@settings(deadline=None)
@given(p_values=P_VALUES)
def test_adjustment_missing_values_stay_missing_and_outside_the_family(adjust, p_values):
    with_gaps = [entry for p_value in p_values for entry in (None, p_value)]
    assert adjust(with_gaps)[1::2] == adjust(p_values)
    assert adjust(with_gaps)[::2] == [None] * len(p_values)


@pytest.mark.parametrize("adjust", [holm, benjamini_hochberg])
def test_adjustment_empty_family_stays_empty(adjust):
    assert adjust([]) == []


@pytest.mark.parametrize("adjust", [holm, benjamini_hochberg])
@pytest.mark.parametrize("p_value", [-0.1, 1.1, float("nan")])
def test_adjustment_impossible_p_value_is_refused(adjust, p_value):
    with pytest.raises(ValueError, match="between 0 and 1"):
        adjust([0.5, p_value])
