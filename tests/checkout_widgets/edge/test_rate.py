"""The token bucket."""

import io
import json
from random import Random

import pytest

from checkout_widgets.edge import call, live_configuration, rate
from checkout_widgets.edge.decide import decide
from checkout_widgets.edge.rate import RateLimit, share_of_limit


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


@pytest.mark.parametrize("processes", [1, 2, 3, 7])
@pytest.mark.parametrize("per_minute", [7, 60, 1_200])
def test_rate_limit_holds_over_processes_wherever_calls_arrive(processes, per_minute):
    clock, chance = Clock(), Random(processes)
    limits = [RateLimit(share_of_limit(per_minute, processes), clock) for _ in range(processes)]

    def allowed_of(calls: int) -> int:
        return sum(not chance.choice(limits).seconds_to_wait(1, "a") for _ in range(calls))

    # as many at once as the limit says, less what doesn't divide, and as many again in each of the ten minutes then
    allowed = allowed_of(20 * per_minute)
    assert per_minute - processes < allowed <= per_minute
    for _ in range(600):
        clock.now += 1
        allowed += allowed_of(max(2 * per_minute // 60, 20 * processes))
    assert 10.5 * per_minute - processes < allowed <= 11 * per_minute


def test_rate_limit_of_a_process_is_its_share(settings):
    assert call.rate_limit.per_minute == settings.EDGE_CALLS_PER_MINUTE / settings.EDGE_PROCESSES
    assert share_of_limit(0, 4) == 0  # and so sets none


def test_rate_limit_full_table_forgets_who_was_away_the_longest_and_nobody_else(monkeypatch):
    monkeypatch.setattr(rate, "MAX_CLIENTS", 10)
    limit = RateLimit(1, Clock())
    assert [limit.seconds_to_wait(1, "greedy") > 0 for _ in range(2)] == [False, True]
    for number in range(25):
        assert limit.seconds_to_wait(1, str(number)) == 0
        assert limit.seconds_to_wait(1, "greedy") > 0
        assert len(limit.full_at) <= 10
    assert set(limit.full_at) == {(1, "greedy"), *((1, str(number)) for number in range(16, 25))}
    assert limit.seconds_to_wait(1, "0") == 0


def test_rate_limit_table_holds_50000_clients():
    limit = RateLimit(1, Clock())
    for number in range(50_001):
        limit.seconds_to_wait(1, str(number))
    assert len(limit.full_at) == 50_000
    assert limit.seconds_to_wait(1, "1") > 0
    assert limit.seconds_to_wait(1, "0") == 0


def test_rate_limit_counts_a_line_of_ipv6_as_one_client(store, post, monkeypatch):
    monkeypatch.setattr(call, "rate_limit", RateLimit(2, Clock()))

    def status(address: str) -> int:
        body = {"key": "pk_shop", "moments": ["cart"]}
        environ = {
            "REQUEST_METHOD": "POST",
            "PATH_INFO": "/v1/decide",
            "REMOTE_ADDR": address,
            "CONTENT_LENGTH": "500",
            "wsgi.input": io.BytesIO(json.dumps(body).encode()),
        }
        return decide.answer(environ).status

    live_configuration.refresh()
    addresses = ["2001:db8:1:2::1", "2001:db8:1:2:ffff::9", "2001:db8:1:2:1:2:3:4", "2001:db8:1:3::1"]
    assert [status(address) for address in addresses] == [200, 200, 429, 200]
    mapped = ["198.51.100.7", "::ffff:198.51.100.7", "198.51.100.7", "198.51.100.8"]
    assert [status(address) for address in mapped] == [200, 200, 429, 200]
