"""A token asks 600 times a minute, and no more."""

from types import SimpleNamespace
from typing import Any

import pytest
from django.core.cache.backends.locmem import LocMemCache

from dashboard.api.throttling import PerToken
from experiments.models import ApiToken

NOW = 1_795_000_000.0


@pytest.fixture
def cache(monkeypatch: pytest.MonkeyPatch) -> LocMemCache:
    """An empty cache, in place of the one that all tests share."""
    empty = LocMemCache("throttling", {})
    empty.clear()
    monkeypatch.setattr(PerToken, "cache", empty)
    return empty


def is_allowed(token: int, at: float = NOW) -> bool:
    throttle: Any = PerToken()
    throttle.timer = lambda: at
    return bool(throttle.allow_request(SimpleNamespace(auth=ApiToken(pk=token)), None))


def test_token_asks_600_times_within_a_minute_and_no_more(cache):
    cache.set("api-7", [NOW - 1] * 599)
    assert is_allowed(7)
    assert not is_allowed(7)
    assert is_allowed(8)


def test_calls_count_for_a_minute(cache):
    cache.set("api-7", [NOW] * 600)
    assert not is_allowed(7, NOW + 59)
    assert is_allowed(7, NOW + 60)


@pytest.mark.django_db
def test_call_beyond_the_limit_is_told_to_wait(cache, get):
    key = f"api-{ApiToken.objects.get().pk}"
    cache.set(key, [4_000_000_000.0] * 600)
    answer = get("experiments/")
    assert answer.status_code == 429
    assert "Retry-After" in answer
    cache.set(key, [])
    assert get("experiments/").status_code == 200
