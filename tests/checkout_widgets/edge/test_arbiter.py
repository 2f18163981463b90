"""The bounds of what the arbiter believes."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from checkout_widgets.edge.arbiter import Shopper, offers_left, silence_reason
from checkout_widgets.edge.payloads import DecideBody, History
from checkout_widgets.edge.robots import Robot
from checkout_widgets.edge.targeting_context import AskedContext

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
INSTANT = timedelta(microseconds=1)
STORE: Any = SimpleNamespace(
    id=1,
    silenced={},
    send_points=None,
    stages=None,
    answers=None,
    max_offers_per_session=2,
    max_offers_per_day=3,
    decline_silence=timedelta(hours=24),
)


def shopper(history: History) -> Shopper:
    body = DecideBody(["cart"], history=history)
    return Shopper(
        store=STORE,
        body=body,
        visitor_id="v_1",
        robot=Robot(False, False),
        is_server=False,
        context=AskedContext(body, NOW, UTC),
        now=NOW,
        offers_left=offers_left(STORE, history),
    )


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
    assert silence_reason(shopper(History(declined_at=NOW - ago))) == reason


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
    assert silence_reason(shopper(History(**shown))) == reason
