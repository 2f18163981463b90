"""The bounds of what the arbiter believes."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from checkout_widgets.edge.arbiter import silence_reason
from checkout_widgets.edge.payloads import History

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
INSTANT = timedelta(microseconds=1)
STORE: Any = SimpleNamespace(max_offers_per_session=2, max_offers_per_day=3, decline_silence=timedelta(hours=24))


@pytest.mark.parametrize(
    ("ago", "reason"),
    [
        (timedelta(hours=24) - INSTANT, "declined_recently"),
        (timedelta(hours=24), ""),
        (-timedelta(minutes=5), "declined_recently"),
        (-timedelta(minutes=5) - INSTANT, ""),
    ],
)
def test_silence_after_a_decline_lasts_as_long_as_the_store_says_and_is_5_minutes_ahead_at_most(ago, reason):
    assert silence_reason(STORE, History(declined_at=NOW - ago), NOW) == reason


@pytest.mark.parametrize(
    ("shown", "reason"),
    [
        ({"shown_session": 1}, ""),
        ({"shown_session": 2}, "capped"),
        ({"shown_today": 2}, ""),
        ({"shown_today": 3}, "capped"),
    ],
)
def test_silence_begins_where_the_cap_is_reached(shown, reason):
    assert silence_reason(STORE, History(**shown), NOW) == reason
