"""How numbers are written. Expected texts are written by hand from the product's style."""

import math
from types import SimpleNamespace
from typing import Any

import pytest

from dashboard.templatetags import figures
from experiments.report import Ratio

NBSP = "\N{NO-BREAK SPACE}"


@pytest.mark.parametrize(
    ("minor", "currency", "text"),
    [
        (421, "EUR", "€4.21"),
        (1_840_000, "EUR", "€18,400"),
        (-42.1, "USD", "\N{MINUS SIGN}$0.42"),
        (99_999.9, "GBP", "£1,000"),
        (421, "JPY", "¥421"),
        (1234, "KWD", f"KWD{NBSP}1.234"),
        (120, "CHF", f"CHF{NBSP}1.20"),
        (None, "EUR", "\N{EM DASH}"),
        (math.nan, "EUR", "\N{EM DASH}"),
    ],
)
def test_money_amount_is_written_in_the_currency(minor, currency, text):
    assert figures.money(minor, currency) == text


def test_measured_small_amount_keeps_four_decimals():
    assert figures.measured(65.28, "money", "USD") == "$0.6528"
    assert figures.measured(6670.4, "money", "EUR") == "€66.70"
    assert figures.measured(0.0057, "number", "EUR") == "0.0057"
    assert figures.measured(0.0057, "share", "EUR") == "0.57%"


@pytest.mark.parametrize(
    ("control", "treatment", "scale"), [(65.28, 142.26, 65.28), (0.0, 1130.0, 1130.0), (None, 5.0, 5.0)]
)
def test_scale_is_controls_value_where_there_is_one(control, treatment, scale):
    result: Any = SimpleNamespace(control=Ratio(0, 0, control), treatment=Ratio(0, 0, treatment))
    assert figures.scale(result) == scale


def test_measured_figures_of_a_row_are_equally_precise():
    assert [figures.measured(value, "money", "GBP", 1130.0) for value in (0.0, 1130.0)] == ["£0.00", "£11.30"]
    assert [figures.measured(value, "money", "USD", 65.28) for value in (65.28, 142.26)] == ["$0.6528", "$1.4226"]


def test_signed_measured_is_as_precise_as_the_value_it_is_a_difference_of():
    assert figures.signed_measured(-583.0, "money", "GBP", 13_269.0) == "\N{MINUS SIGN}£5.83"
    assert figures.signed_measured(31.4, "money", "EUR", 421.0) == "+€0.31"
    assert figures.signed_measured(76.98, "money", "USD", 65.28) == "+$0.7698"
    assert figures.signed_measured(0.0068, "share", "EUR", 0.01) == "+0.68 pt"
    assert figures.signed_measured(None, "money", "EUR", 421.0) == "\N{EM DASH}"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0743, "+7.4%"),
        (-0.004, "\N{MINUS SIGN}0.4%"),
        (0.0, "0.0%"),
        (-0.0001, "0.0%"),
        (math.inf, "+∞"),
        (-math.inf, "\N{MINUS SIGN}∞"),
        (12.5, "+1,250.0%"),
        (None, "\N{EM DASH}"),
    ],
)
def test_lift_has_a_sign_unless_it_rounds_to_zero(value, text):
    assert figures.lift(value) == text


@pytest.mark.parametrize(("value", "text"), [(0, "<0.001"), (0.0234, "0.023"), (0.552, "0.55"), (None, "\N{EM DASH}")])
def test_p_value_is_never_written_as_zero(value, text):
    assert figures.p_value(value) == text


@pytest.mark.parametrize(("value", "text"), [(1, ">99.9%"), (0, "<0.1%"), (0.998, "99.8%"), (None, "\N{EM DASH}")])
def test_chance_is_never_rounded_to_certainty(value, text):
    assert figures.chance(value) == text


def test_signed_money_difference_has_its_sign():
    assert figures.signed_money(31, "EUR") == "+€0.31"
    assert figures.signed_money(-31, "EUR") == "\N{MINUS SIGN}€0.31"
    assert figures.signed_money(0, "EUR") == "€0.00"


def test_percent_small_share_keeps_two_decimals():
    assert figures.percent(0.06312) == "6.31%"
    assert figures.percent(0.4123) == "41.2%"
    assert figures.count(20026) == "20,026"


@pytest.mark.parametrize(
    ("filtered", "text"),
    [
        (figures.whole_percent(0.745), "74%"),
        (figures.whole_percent(-0.2), "\N{MINUS SIGN}20%"),
        (figures.whole_percent(None), "—"),
        (figures.lift_whole(0.065), "+6%"),
        (figures.lift_whole(-0.12), "\N{MINUS SIGN}12%"),
        (figures.lift_whole(0.0), "0%"),
        (figures.weeks(7), "1 week"),
        (figures.weeks(21), "3 weeks"),
        (figures.weeks(None), "—"),
        (figures.extra(1.066), "+6.6%"),
        (figures.extra(1.0), "none"),
    ],
)
def test_round_figures_say_what_matters(filtered, text):
    assert filtered == text
