"""Times as pages write them."""

from datetime import timedelta

import pytest

from dashboard.templatetags import times
from tests.factories import NOON


@pytest.mark.parametrize(
    ("ago", "text"),
    [
        (timedelta(seconds=20), "just now"),
        (timedelta(seconds=-20), "just now"),
        (timedelta(seconds=61), "1 minute ago"),
        (timedelta(minutes=59), "59 minutes ago"),
        (timedelta(hours=25), "1 day ago"),
        (timedelta(hours=-49), "in 2 days"),
        (timedelta(days=4_000), "4,000 days ago"),
    ],
)
def test_relative_time_uses_the_largest_whole_unit(ago, text):
    assert times.relative(NOON - ago, NOON) == text


def test_time_shows_the_stores_clock_on_hover():
    written = times.ago(NOON, "Europe/Berlin")
    assert 'datetime="2026-11-02T12:00:00+00:00"' in written
    assert 'title="2 November 2026, 13:00 CET"' in written


def test_missing_time_is_a_dash():
    assert times.ago(None) == "—"
