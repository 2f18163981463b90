"""Amounts keep every minor unit."""

import re
from decimal import Decimal

import pytest
from django.conf import settings

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
        (4500, "RSD", "en", "RSD\xa045"),
        (4550, "RSD", "en", "RSD\xa045.50"),
        (499000, "HUF", "hu", "4\xa0990\xa0Ft"),
        (499050, "HUF", "hu", "4\xa0990,50\xa0Ft"),
        (9900000, "IDR", "id", "Rp\xa099.000"),
        (-1000000, "COP", "es_CO", "-$10.000"),
        (49900, "SEK", "sv", "499\xa0kr"),
        (49900, "INR", "en_IN", "₹499"),
        (29900, "DKK", "da", "299,00\xa0kr."),
        (10000, "EUR", "en", "€100.00"),
        (5000, "KWD", "en", "KWD\xa05.000"),
        (0, "HUF", "en", "HUF\xa00"),
        (990, "EUR", "de", "9,90\xa0€"),
    ],
)
def test_text_is_written_as_in_the_locale(minor, currency, locale, text):
    assert money.text(minor, currency, locale=locale) == text


def test_the_adapters_know_the_same_decimals():
    source = (settings.BASE_DIR / "static/src/adapters/parts/decimals.js").read_text()
    none, three = re.findall(r"'([A-Z]+)'\.match", source)
    assert set(re.findall("...", none)) == money.NO_DECIMALS
    assert set(re.findall("...", three)) == money.THREE_DECIMALS
    assert set(re.findall(r"DECIMALS\.([A-Z]{3})", source)) == money.FOUR_DECIMALS
