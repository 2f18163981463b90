from fractions import Fraction
from math import factorial, log

import pytest
from hypothesis import given
from hypothesis import strategies as st

from experiments.statistics.gamma import HALF_LOG_TWO_PI, stirling_error


def by_factorial(n: int) -> float:
    """Stirling's error at n from the exact factorial: its logarithm is split at the nearest power of two."""
    exact = factorial(n - 1)
    bits = exact.bit_length()
    return log(Fraction(exact, 2**bits)) + bits * log(2) - ((n - 0.5) * log(n) - n + HALF_LOG_TWO_PI)


@given(st.integers(1, 120))
def test_stirling_error_equals_the_exact_factorial(n):
    assert stirling_error(n) == pytest.approx(by_factorial(n), abs=3e-13)


def test_stirling_error_is_smooth_where_the_series_takes_over():
    assert stirling_error(16 * (1 - 1e-12)) == pytest.approx(stirling_error(16), abs=5e-14)


@pytest.mark.parametrize("x", [1e5, 1e9, 1e15])
def test_stirling_error_large_argument_is_a_twelfth_of_its_inverse(x):
    assert stirling_error(x) == pytest.approx(1 / (12 * x), rel=1e-9)
