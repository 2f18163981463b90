"""What silenced shoppers and send points cost a decision stays a small part of it, and send points stay small."""

import pytest

from bench import silenced
from checkout_widgets.edge import live_configuration

# A digest and two look-ups: a tenth to a third more. Rounds beside other tests err, whose caches they are as well.
MOST_RATIO = 2.0


@pytest.mark.slow
@pytest.mark.django_db
def test_shoppers_in_memory_cost_a_decision_a_part_of_it_and_a_send_point_eight_bytes(settings):
    settings.EDGE_POLL_SECONDS = 0
    settings.EDGE_CALLS_PER_MINUTE = 100_000_000
    live_configuration.forget()
    figures = silenced.measure(shoppers=2_000, send_points=20_000, rounds=5)
    live_configuration.forget()
    times = figures["times"]
    assert times.keys() == {"none", "silenced", "send points", "both"}
    assert max(times.values()) <= MOST_RATIO
    assert 8 <= figures["bytes_each"]["send points"] < 9
    assert figures["bytes_each"]["silenced"] > 100  # or it wouldn't be worth packing the others
    assert set(figures["load_ms"]) == {"none", "send points", "both"}
