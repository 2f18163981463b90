"""A bounded fair sample of decisions, and what targeting would match of it."""

import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection

from experiments.assignment.targeting import Context, TargetingError
from experiments.decisions import counts as decision_counts
from experiments.decisions import samples as decision_samples
from experiments.decisions.counts import Count, CountKey
from experiments.decisions.samples import Ranked, SampleGroup, matching_share
from experiments.models import DecisionSample, Store
from experiments.sql_columns import columns_of
from tests import factories
from tests.factories import NOON

pytestmark = pytest.mark.django_db

PHONES = {"field": "device", "op": "is", "value": "phone"}


def sample(store: Store, devices: dict[str, int], *, days_ago: int = 0, moment: str = "cart") -> None:
    names = [device for device, number in devices.items() for _ in range(number)]
    ranked = [Ranked(index / len(names), Context(device=device)) for index, device in enumerate(names)]
    decision_samples.add({SampleGroup(store.pk, moment, NOON.date() - timedelta(days=days_ago)): ranked})


def count(store: Store, number: int, *, days_ago: int = 0, reason: str = "no_experiment") -> None:
    at = NOON - timedelta(days=days_ago)
    decision_counts.add({CountKey(store.pk, at.date(), "cart", None, reason): Count(number, at, at)})


def test_add_keeps_the_smallest_ranks_whichever_process_they_come_from():
    store = factories.make_store()
    group = SampleGroup(store.pk, "cart", NOON.date())
    first = [Ranked(rank / 1000, Context()) for rank in range(0, 400, 2)]
    second = [Ranked(rank / 1000, Context()) for rank in range(1, 400, 2)]
    assert decision_samples.add({group: first}) == {group: 0.398}
    assert decision_samples.add({group: second}) == {group: 0.199}
    assert sorted(DecisionSample.objects.values_list("rank", flat=True)) == [rank / 1000 for rank in range(200)]


def add_in_a_process_of_its_own(group: SampleGroup) -> None:
    """What one edge process of several writes when they end together."""
    try:
        decision_samples.add({group: [Ranked(rank / 1000, Context()) for rank in range(decision_samples.SIZE)]})
    finally:
        connection.close()


@pytest.mark.django_db(transaction=True)
def test_add_by_processes_that_end_together_trims_in_turn(monkeypatch):
    """At once, each would miss the other's rows and delete the same ones: twice the size kept, or a deadlock."""
    group = SampleGroup(factories.make_store().pk, "cart", NOON.date())
    both_have_inserted = threading.Barrier(2)

    def meet(*arguments: Any) -> Any:
        """Wait before trimming for the other process, which can't come where the first holds the lock."""
        with suppress(threading.BrokenBarrierError):
            both_have_inserted.wait(1)
        return columns_of(*arguments)

    monkeypatch.setattr(decision_samples, "columns_of", meet)
    with ThreadPoolExecutor(2) as processes:
        list(processes.map(add_in_a_process_of_its_own, [group, group]))
    assert DecisionSample.objects.count() == decision_samples.SIZE


def test_add_of_a_day_that_is_not_full_sets_no_limit():
    store = factories.make_store()
    group = SampleGroup(store.pk, "cart", NOON.date())
    assert decision_samples.add({group: [Ranked(0.5, Context())]}) == {}
    assert decision_samples.add({SampleGroup(10**9, "cart", NOON.date()): [Ranked(0.5, Context())]}) == {}


def test_context_comes_back_as_it_was_but_for_what_may_name_somebody():
    context = Context(device="phone", cart_value_minor=990, skus=frozenset({"a", "b"}), path="/de/orders/55012/thanks")
    kept = decision_samples.context_of(decision_samples.anonymous(context) | {"from_the_future": 1})
    assert kept == context._replace(path="/de/orders/*/thanks")
    assert decision_samples.anonymous(Context(path="/u/ada@example.com/cart"))["path"] == "/u/*/cart"


def test_matching_share_weighs_each_day_by_its_decisions():
    store = factories.make_store()
    sample(store, {"phone": 150, "desktop": 50}, days_ago=1)
    count(store, 1000, days_ago=1)
    sample(store, {"phone": 1, "desktop": 3}, days_ago=2)
    count(store, 100, days_ago=2)
    assert matching_share(store, "cart", PHONES, now=NOON) == (775, 1100)  # 3/4 of 1000 and 1/4 of 100
    assert matching_share(store, "cart", {}, now=NOON) == (1100, 1100)


def test_matching_share_is_of_shoppers_last_week_at_the_moment_in_the_store():
    store, other = factories.make_store(), factories.make_store()
    sample(store, {"phone": 1}, days_ago=8)
    count(store, 5, days_ago=8)
    sample(other, {"phone": 1})
    count(other, 7)
    sample(store, {"desktop": 1})
    sample(store, {"phone": 1}, moment="payment")
    for reason in ("no_experiment", "bot", "no_consent"):
        count(store, 10, reason=reason)
    assert matching_share(store, "cart", PHONES, now=NOON) == (0, 10)
    assert matching_share(store, "shipping", PHONES, now=NOON) == (0, 0)


def test_matching_share_of_rules_that_cannot_be_read_says_where():
    with pytest.raises(TargetingError, match="field"):
        matching_share(factories.make_store(), "cart", {"field": "shoe_size", "op": "is", "value": "42"}, now=NOON)
