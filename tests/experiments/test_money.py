"""Amounts keep every minor unit."""

from decimal import Decimal

import pytest

from experiments import money


@pytest.mark.parametrize(
    ("currency", "major", "minor"),
    [
        ("EUR", "12.34", 1234),
        ("EUR", "-0.01", -1),
        ("USD", "12.345", 1234),
        ("USD", "12.355", 1236),
        ("JPY", "1200", 1200),
        ("KWD", "1.234", 1234),
        ("CLF", "1.2345", 12345),
        ("RSD", "1.50", 150),
        ("USD", "90071992547409.93", 9007199254740993),
    ],
)
def test_to_minor_currency_sets_the_decimals(currency, major, minor):
    assert money.to_minor(Decimal(major), currency) == minor


@pytest.mark.parametrize(
    ("currency", "minor", "major"), [("EUR", 1234, "12.34"), ("JPY", 1234, "1234"), ("KWD", -5, "-0.005")]
)
def test_to_major_is_exact(currency, minor, major):
    assert money.to_major(minor, currency) == Decimal(major)


@pytest.mark.parametrize(
    ("minor", "currency", "locale", "text"),
    [
        (451.6, "EUR", "en", "€4.52"),
        (-123450, "GBP", "en", "-£1,234.50"),
        (4500, "JPY", "en", "¥4,500"),
        (4500, "KWD", "en", "KWD\xa04.500"),
        (4500, "RSD", "en", "RSD\xa045.00"),
        (990, "EUR", "de", "9,90\xa0€"),
    ],
)
def test_text_is_written_as_in_the_locale(minor, currency, locale, text):
    assert money.text(minor, currency, locale=locale) == text
