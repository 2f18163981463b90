"""Sums from the database equal sums in plain Python, exactly."""

from datetime import timedelta
from itertools import combinations_with_replacement
from math import prod

import numpy as np
import pytest

from experiments.accounting import rollups
from experiments.reading import aggregation
from experiments.reading.facts import count_visitors, daily_visitors, facts_of
from experiments.statistics import Summary
from tests import factories
from tests.factories import NOON

pytestmark = pytest.mark.django_db

# orders, revenue, refunded, items, upsell, accepted, cart value, margin
ROWS = [
    (0, 0, 0, 0, 0, False, 4_000, 0),
    (1, 5_000, 0, 3, 990, True, 5_100, 1_234),
    (2, 7_000, 9_500, 4, 0, False, None, -6_500),
    (1, 10**13, 1, 1, 0, False, 10**13, None),
    (0, 0, 0, 0, 0, False, None, 0),
]


def fill(experiment, rows=ROWS, key="treatment", **fields) -> None:
    for orders, revenue, refunded, items, upsell, has_accepted, cart, margin in rows:
        factories.make_exposure(
            experiment.variants.get(key=key),
            orders=orders,
            revenue_minor=revenue,
            refunded_minor=refunded,
            items=items,
            upsell_minor=upsell,
            has_accepted=has_accepted,
            has_converted=orders > 0,
            cart_value_minor=cart,
            margin_minor=margin,
            **fields,
        )


def columns(row, *, fill_minor: int = 0, cap: int | None = None) -> dict[str, int]:
    orders, revenue, refunded, items, upsell, has_accepted, cart, margin = row
    net = revenue - refunded
    if cap is not None:
        limit = cap * max(orders, 1)
        net = max(min(net, limit), -limit)
    return {
        "orders": orders,
        "revenue": net,
        "items": items,
        "upsell_revenue": upsell,
        "converted": int(orders > 0),
        "accepted": int(has_accepted),
        "refunded": refunded,
        "refunding": int(refunded > 0 and orders > 0),
        "margin": margin or 0,
        "unknown_margin": int(margin is None),
        "cart_value": min(fill_minor if cart is None else cart, 10**18 if cap is None else cap),
    }


@pytest.mark.parametrize("cap", [None, 3_000])
def test_aggregates_equal_plain_python_sums(cap):
    experiment = factories.make_experiment()
    fill(experiment)
    found = aggregation.aggregates(experiment, cap_minor=cap, missing_cart_value_minor=4_321)
    rows = [columns(row, fill_minor=4_321, cap=cap) for row in ROWS]
    treatment = found["treatment"]
    assert treatment.visitors == len(ROWS)
    assert treatment.sums == {name: sum(row[name] for row in rows) for name in rows[0]}
    money = ("orders", "revenue", "cart_value")
    keys = [
        *combinations_with_replacement(money, 2),
        ("items", "items"),
        ("items", "orders"),
        ("upsell_revenue", "upsell_revenue"),
        ("margin", "margin"),
    ]
    triples = [*combinations_with_replacement(money, 3), ("margin", "margin", "margin")]
    expected = Summary.from_sums(
        len(rows),
        treatment.sums,
        {key: sum(prod(row[name] for name in key) for row in rows) for key in keys},
        {key: sum(prod(row[name] for name in key) for row in rows) for key in triples},
        buyers=3,
    )
    assert treatment.summary == expected
    assert found["control"].visitors == 0
    assert found["control"].summary.n == 0


def test_aggregates_merge_of_two_halves_equals_the_whole():
    whole, first, second = (factories.make_experiment() for _ in range(3))
    fill(whole)
    fill(first, ROWS[:2])
    fill(second, ROWS[2:])
    merged = aggregation.aggregates(first)["treatment"].summary + aggregation.aggregates(second)["treatment"].summary
    expected = aggregation.aggregates(whole)["treatment"].summary
    assert merged.n == expected.n
    for pair, value in expected.comoments.items():
        assert merged.comoments[pair] == pytest.approx(value, rel=1e-9)


def test_aggregates_of_another_experiment_are_not_counted():
    experiment, other = factories.make_experiment(), factories.make_experiment()
    fill(other)
    assert all(one.visitors == 0 for one in aggregation.aggregates(experiment).values())


def test_segment_aggregates_count_each_dimension_and_leave_blanks_out():
    experiment = factories.make_experiment()
    fill(experiment, ROWS[:2], device="phone", country="DE", segments={"channel": "Web"})
    fill(experiment, ROWS[2:3], device="desktop", customer_type="new")
    fill(experiment, ROWS[1:2], key="control", device="phone")
    found = aggregation.segment_aggregates(experiment)
    assert set(found) == {
        ("device", "phone"),
        ("device", "desktop"),
        ("country", "DE"),
        ("customer_type", "new"),
        ("channel", "Web"),
    }
    assert {key: one.visitors for key, one in found["device", "phone"].items()} == {"treatment": 2, "control": 1}
    assert found["device", "desktop"]["treatment"].sums["revenue"] == -2_500
    assert found["channel", "Web"]["treatment"].sums == {"orders": 1, "revenue": 5_000, "converted": 1}


def test_buyer_rows_are_net_revenue_orders_and_margin_of_buyers_only():
    experiment = factories.make_experiment()
    fill(experiment, ROWS[:3])
    rows = aggregation.buyer_rows(experiment, cap_minor=4_000)
    np.testing.assert_array_equal(rows["treatment"], [[4_000, 1, 1_234], [-2_500, 2, -6_500]])
    assert rows["control"].shape == (0, 3)


def test_facts_say_what_is_known_and_still_open():
    experiment = factories.make_experiment(attribution_window_days=7)
    fill(experiment, ROWS[:3], exposed_at=NOON)
    fill(experiment, ROWS[3:], key="control", exposed_at=NOON + timedelta(days=10), is_conflicting=True)
    found = facts_of(experiment, NOON + timedelta(days=12))
    assert (found.visitors, found.conflicting, found.immature, found.with_cart_value) == (5, 2, 2, 3)
    assert found.mean_cart_value_minor == round((4_000 + 5_100 + 10**13) / 3)
    assert found.recent_visitors == 2
    assert (found.first_exposed_at, found.last_exposed_at) == (NOON, NOON + timedelta(days=10))


def test_facts_without_exposures_are_empty():
    found = facts_of(factories.make_experiment(), NOON)
    assert (found.visitors, found.first_exposed_at, found.mean_cart_value_minor) == (0, None, 0)


@pytest.mark.parametrize("is_refreshed", [False, True])
def test_automated_exposures_are_left_out_of_every_sum_unless_the_store_counts_them(is_refreshed):
    experiment = factories.make_experiment()
    fill(experiment, ROWS[:2], device="phone")
    fill(experiment, ROWS[2:4], device="phone", is_automated=True)
    if is_refreshed:
        rollups.refresh_touched()
    assert figures(experiment) == (2, 5_000, 2, 1, 2)
    store = experiment.store
    store.is_automation_counted = True
    store.save()
    assert figures(experiment) == (4, 5_000 - 2_500 + 10**13 - 1, 4, 3, 4)
    if is_refreshed:
        rollups.refresh_touched()
    assert figures(experiment) == (4, 5_000 - 2_500 + 10**13 - 1, 4, 3, 4)
    store.is_automation_counted = False
    store.save()
    assert figures(experiment) == (2, 5_000, 2, 1, 2)


def figures(experiment) -> tuple[int, int, int, int, int]:
    """Visitors, revenue, visitors with a phone, buyers, and visitors among the facts."""
    treatment = aggregation.aggregates(experiment)["treatment"]
    return (
        treatment.visitors,
        treatment.sums["revenue"],
        aggregation.segment_aggregates(experiment)["device", "phone"]["treatment"].visitors,
        len(aggregation.buyer_rows(experiment)["treatment"]),
        facts_of(experiment, NOON + timedelta(days=30)).visitors,
    )


def test_daily_visitors_are_the_same_before_and_after_adding_up():
    experiment, other = factories.make_experiment(), factories.make_experiment()
    for hours in (0, 1, 13):
        factories.make_exposure(experiment.variants.get(key="control"), exposed_at=NOON + timedelta(hours=hours))
    factories.make_exposure(experiment.variants.get(key="control"), is_automated=True)
    expected = {experiment.pk: {NOON.date(): 2, NOON.date() + timedelta(days=1): 1}, other.pk: {}}
    assert daily_visitors([experiment, other]) == expected
    rollups.refresh_touched()
    assert daily_visitors([experiment, other]) == expected
    factories.make_exposure(experiment.variants.get(key="control"))
    assert count_visitors([experiment, other]) == {experiment.pk: 4, other.pk: 0}
