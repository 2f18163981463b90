"""How numbers are written. Expected texts are written by hand from the product's style."""

import math
from decimal import Decimal

import pytest
from babel.numbers import format_currency, get_currency_symbol

from experiments import formatting

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
    assert formatting.money(minor, currency) == text


def test_measured_small_amount_keeps_four_decimals():
    assert formatting.measured(65.28, "money", "USD") == "$0.6528"
    assert formatting.measured(6670.4, "money", "EUR") == "€66.70"
    assert formatting.measured(0.0057, "number", "EUR") == "0.0057"
    assert formatting.measured(0.0057, "share", "EUR") == "0.57%"


def test_measured_figures_of_a_row_are_equally_precise():
    assert [formatting.measured(value, "money", "GBP", 1130.0) for value in (0.0, 1130.0)] == ["£0.00", "£11.30"]
    assert [formatting.measured(value, "money", "USD", 65.28) for value in (65.28, 142.26)] == ["$0.6528", "$1.4226"]


def test_signed_measured_is_as_precise_as_the_value_it_is_a_difference_of():
    assert formatting.signed_measured(-583.0, "money", "GBP", 13_269.0) == "\N{MINUS SIGN}£5.83"
    assert formatting.signed_measured(31.4, "money", "EUR", 421.0) == "+€0.31"
    assert formatting.signed_measured(76.98, "money", "USD", 65.28) == "+$0.7698"
    assert formatting.signed_measured(0.0068, "share", "EUR", 0.01) == "+0.68 pt"
    assert formatting.signed_measured(None, "money", "EUR", 421.0) == "\N{EM DASH}"


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
    assert formatting.lift(value) == text


@pytest.mark.parametrize(("value", "text"), [(0, "<0.001"), (0.0234, "0.023"), (0.552, "0.55"), (None, "\N{EM DASH}")])
def test_p_value_is_never_written_as_zero(value, text):
    assert formatting.p_value(value) == text


@pytest.mark.parametrize(("value", "text"), [(1, ">99.9%"), (0, "<0.1%"), (0.998, "99.8%"), (None, "\N{EM DASH}")])
def test_chance_is_never_rounded_to_certainty(value, text):
    assert formatting.chance(value) == text


def test_signed_money_difference_has_its_sign():
    assert formatting.signed_money(31, "EUR") == "+€0.31"
    assert formatting.signed_money(-31, "EUR") == "\N{MINUS SIGN}€0.31"
    assert formatting.signed_money(0, "EUR") == "€0.00"


def test_percent_small_share_keeps_two_decimals():
    assert formatting.percent(0.06312) == "6.31%"
    assert formatting.percent(0.4123) == "41.2%"
    assert formatting.count(20026) == "20,026"


@pytest.mark.parametrize(
    ("filtered", "text"),
    [
        (formatting.whole_percent(0.745), "74%"),
        (formatting.whole_percent(-0.2), "\N{MINUS SIGN}20%"),
        (formatting.whole_percent(None), "—"),
        (formatting.lift_whole(0.065), "+6%"),
        (formatting.lift_whole(-0.12), "\N{MINUS SIGN}12%"),
        (formatting.lift_whole(0.0), "0%"),
        (formatting.weeks(7), "1 week"),
        (formatting.weeks(21), "3 weeks"),
        (formatting.weeks(None), "—"),
        (formatting.extra(1.066), "+6.6%"),
        (formatting.extra(1.0), "none"),
    ],
)
def test_round_figures_say_what_matters(filtered, text):
    assert filtered == text


@pytest.mark.parametrize("currency", ["EUR", "JPY", "CHF", "KWD", "XXX"])
@pytest.mark.parametrize("amount", ["0", "-0.5", "0.125", "0.135", "2.5", "-1234567.895", "999.99999"])
@pytest.mark.parametrize("digits", [0, 2, 4])
def test_written_is_what_babel_writes(currency, amount, digits):
    space = "\N{NO-BREAK SPACE}" if get_currency_symbol(currency, locale="en").isalpha() else ""
    pattern = f"¤{space}#,##0" + ("." + "0" * digits if digits else "")
    expected = format_currency(abs(Decimal(amount)), currency, pattern, locale="en", currency_digits=False)
    assert formatting.written(Decimal(amount), currency, digits).removeprefix(formatting.MINUS) == expected
