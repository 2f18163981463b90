"""The bands of cart values."""

import pytest

from experiments.reading.cart_bands import BOUNDS, band_ends, lower_bounds


def test_there_are_no_more_bands_than_a_report_shows():
    assert len(BOUNDS) == 12


@pytest.mark.parametrize(
    ("currency", "third"), [("EUR", 2_000), ("JPY", 2_000), ("KWD", 20_000), ("SEK", 20_000), ("IDR", 40_000_000)]
)
def test_bands_are_in_minor_units_of_usual_amounts(currency, third):
    assert lower_bounds(currency)[2] == third


def test_band_ends_where_the_next_begins():
    assert band_ends(2_000, "EUR") == (2_000, 5_000)
    assert band_ends(500_000, "EUR") == (500_000, None)
