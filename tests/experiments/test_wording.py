"""Numbers in sentences."""

import pytest

from experiments import wording
from experiments.report import Range


@pytest.mark.parametrize(
    ("share", "text"), [(0.025, "2.5%"), (-0.02, "\N{MINUS SIGN}2.0%"), (0.0002, "0.02%"), (0, "0.00%"), (1, "100.0%")]
)
def test_percent_has_a_real_minus_and_digits_that_matter(share, text):
    assert wording.percent(share) == text


def test_lift_range_unbounded_ends_are_said_in_words():
    assert wording.lift_range(Range(0.074, 0.026, 0.124)) == "+7.4% (+2.6% to +12.4%)"
    assert wording.lift_range(Range(-0.1, None, None)) == "\N{MINUS SIGN}10.0% (no lower bound to no upper bound)"


@pytest.mark.parametrize(("value", "text"), [(0.0004, "below 0.001"), (0.0234, "0.023"), (0.55, "0.55")])
def test_p_value_is_short(value, text):
    assert wording.p_value(value) == text
