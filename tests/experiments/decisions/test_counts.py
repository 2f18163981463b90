"""Counts of decisions, added up by any number of processes."""

import re
from datetime import timedelta

import pytest
from django.conf import settings

from experiments.decisions import counts as decision_counts
from experiments.decisions.counts import Count, CountKey
from experiments.models import DecisionDay, DecisionReason
from tests import factories
from tests.factories import NOON

pytestmark = pytest.mark.django_db

DAY = NOON.date()


def counted() -> list[tuple[str, int | None, str, int]]:
    rows = DecisionDay.objects.order_by("store_id", "moment", "reason", "experiment_id")
    return list(rows.values_list("moment", "experiment_id", "reason", "count"))


def test_add_sums_up_what_processes_count():
    store = factories.make_store()
    experiment = factories.make_experiment(store)
    served = CountKey(store.pk, DAY, "cart", experiment.pk, "served")
    nothing = CountKey(store.pk, DAY, "cart", None, "no_consent")
    decision_counts.add({served: Count(3, NOON, NOON), nothing: Count(1, NOON, NOON)})
    decision_counts.add({served: Count(2, NOON - timedelta(minutes=1), NOON + timedelta(minutes=1))})
    decision_counts.add({nothing: Count(5, NOON, NOON)})
    assert counted() == [("cart", None, "no_consent", 6), ("cart", experiment.pk, "served", 5)]
    row = DecisionDay.objects.get(reason="served")
    assert (row.first_at, row.last_at) == (NOON - timedelta(minutes=1), NOON + timedelta(minutes=1))


def test_add_of_what_is_gone_or_foreign_names_no_experiment_and_costs_nothing_else():
    store, foreign = factories.make_store(), factories.make_experiment()
    decision_counts.add(
        {
            CountKey(store.pk, DAY, "cart", foreign.pk, "served"): Count(2, NOON, NOON),
            CountKey(store.pk, DAY, "cart", 10**9, "served"): Count(3, NOON, NOON),
            CountKey(10**9, DAY, "cart", None, "bot"): Count(7, NOON, NOON),
        }
    )
    assert counted() == [("cart", None, "served", 5)]


def test_add_of_nothing_asks_nothing(django_assert_num_queries):
    with django_assert_num_queries(0):
        decision_counts.add({})


def test_seen_says_when_pages_asked_about_each_moment_of_the_store():
    store, other = factories.make_store(), factories.make_store()
    later = NOON + timedelta(days=2)
    decision_counts.add(
        {
            CountKey(store.pk, DAY, "cart", None, "no_experiment"): Count(1, NOON, NOON),
            CountKey(store.pk, later.date(), "cart", None, "bot"): Count(1, later, later),
            CountKey(store.pk, DAY, "", None, "unknown_moment"): Count(1, NOON, NOON),
            CountKey(other.pk, DAY, "payment", None, "no_experiment"): Count(1, NOON, NOON),
        }
    )
    assert decision_counts.seen(store) == {"cart": (NOON, later)}


def test_crawlers_are_counted_at_the_moment_while_the_test_ran():
    experiment = factories.make_experiment(moment="cart")
    for day, moment, reason, number in [
        (0, "cart", "bot", 4),
        (1, "cart", "bot", 2),
        (9, "cart", "bot", 8),
        (0, "payment", "bot", 16),
        (0, "cart", "holdout", 32),
    ]:
        at = NOON + timedelta(days=day)
        key = CountKey(experiment.store_id, at.date(), moment, None, reason)
        decision_counts.add({key: Count(number, at, at)})
    assert decision_counts.crawlers(experiment, NOON, NOON + timedelta(days=1)) == 6
    assert decision_counts.crawlers(experiment, None, None) == 0


def test_reasons_are_those_that_the_documentation_lists():
    page = (settings.BASE_DIR / "docs" / "http-api.md").read_text()
    table = page[page.index("The answer gives the first reason that applies:") : page.index("## POST /v1/events")]
    documented = re.findall(r"^\| `([a-z_]+)` \|", table, re.MULTILINE)
    assert set(documented) == set(DecisionReason.values) - {"served"}
