"""The token bucket."""

from checkout_widgets.edge import rate
from checkout_widgets.edge.rate import RateLimit


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


def test_rate_limit_refills_with_time():
    clock = Clock()
    limit = RateLimit(60, clock)
    assert [limit.seconds_to_wait(1, "a") for _ in range(60)] == [0] * 60
    assert limit.seconds_to_wait(1, "a") == 2  # the next is due in a second; rounded up to be safe
    clock.now += 1
    assert limit.seconds_to_wait(1, "a") == 0
    assert limit.seconds_to_wait(1, "a") > 0
    clock.now += 3600
    assert [limit.seconds_to_wait(1, "a") for _ in range(61)] == [0] * 60 + [2]


def test_rate_limit_of_0_allows_all():
    limit = RateLimit(0)
    assert {limit.seconds_to_wait(1, "a") for _ in range(1000)} == {0}


def test_rate_limit_memory_is_bounded(monkeypatch):
    monkeypatch.setattr(rate, "MAX_CLIENTS", 10)
    limit = RateLimit(1)
    for number in range(25):
        assert limit.seconds_to_wait(1, str(number)) == 0
    assert len(limit.buckets) <= 10
