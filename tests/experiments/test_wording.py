"""Sentences about results."""

import pytest

from experiments import wording
from experiments.report import Range
from tests.experiments.verdict.figures import MINUS, conversion, goal


def test_lift_with_range_has_infinite_ends_where_there_are_none():
    assert wording.lift_with_range(Range(0.074, 0.026, 0.124)) == "+7.4% (+2.6% to +12.4%)"
    assert wording.lift_with_range(Range(-0.1, None, None)) == f"{MINUS}10.0% ({MINUS}∞ to +∞)"


@pytest.mark.parametrize(
    ("names", "text"), [([], ""), (["A"], "A"), (["A", "B"], "A and B"), (["A", "B", "C"], "A, B and C")]
)
def test_listed_names_end_with_and(names, text):
    assert wording.listed(names) == text


@pytest.mark.parametrize(("difference", "text"), [(31, "€0.31 more"), (-31, "€0.31 less"), (0.4, "more")])
def test_effect_names_the_amount_unless_it_rounds_to_nothing(difference, text):
    assert f"B earns {text} per visitor" in wording.effect("B", goal(difference=difference), "EUR")


def test_margin_of_a_share_is_written_as_it_was_chosen():
    assert wording.margin_of(conversion(0.0, 0.1), "EUR") == f"{MINUS}2%"


@pytest.mark.parametrize(
    ("margin", "is_in_points", "text"),
    [(-0.025, False, f"{MINUS}2.5%"), (0.05, False, "+5%"), (0.0, False, "0%"), (0.01, True, "+1 pt")],
)
def test_margin_has_its_sign_and_no_more_digits_than_were_typed(margin, is_in_points, text):
    assert wording.margin(margin, is_in_points=is_in_points) == text
