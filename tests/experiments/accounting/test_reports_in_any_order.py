"""Reports read from sums and from exposures equal a recomputation in plain Python, whatever arrived when."""

from collections import Counter
from datetime import timedelta
from itertools import combinations_with_replacement
from math import prod

import pytest
from hypothesis import given
from hypothesis import strategies as st

from experiments.accounting import rollups
from experiments.models import Exposure, TouchedDay
from experiments.reading import aggregation
from experiments.reading.facts import facts_of
from experiments.statistics import Summary
from tests import factories
from tests.examples import examples
from tests.experiments.accounting.outcomes_of_orders import WINDOW_DAYS
from tests.experiments.accounting.world import EXPERIMENT_KEYS, arrivals, expected_outcomes, make_world, take
from tests.factories import NOON

pytestmark = pytest.mark.django_db
FILL = 4_321


def expected_sums(rows, cap: int | None) -> Summary:
    """The definition of a variant's sums, one visitor at a time."""
    columns = []
    for exposure, (orders, revenue, refunded, items, upsell, margin, has_converted, has_accepted, prior) in rows:
        limit = 10**30 if cap is None else cap * max(orders, 1)
        cart = next((value for value in (prior, exposure.cart_value_minor) if value is not None), FILL)
        columns.append(
            {
                "orders": orders,
                "items": items,
                "upsell_revenue": upsell,
                "converted": int(has_converted),
                "accepted": int(has_accepted),
                "refunded": refunded,
                "refunding": int(refunded > 0 and has_converted),
                "margin": margin or 0,
                "unknown_margin": int(margin is None),
                "revenue": max(min(revenue - refunded, limit), -limit),
                "cart_value": cart if cap is None else min(cart, cap),
            }
        )
    names = [
        "orders",
        "items",
        "upsell_revenue",
        "converted",
        "accepted",
        "refunded",
        "refunding",
        "revenue",
        "cart_value",
    ]
    names += ["margin", "unknown_margin"]
    money = ("orders", "revenue", "cart_value")
    pairs = [*combinations_with_replacement(money, 2), ("items", "items"), ("items", "orders")]
    pairs += [("upsell_revenue", "upsell_revenue"), ("margin", "margin")]
    triples = [*combinations_with_replacement(money, 3), ("margin", "margin", "margin")]

    def added(key: tuple[str, ...]) -> int:
        return sum(prod(row[name] for name in key) for row in columns)

    return Summary.from_sums(
        len(columns),
        {name: added((name,)) for name in names},
        {pair: added(pair) for pair in pairs},
        {triple: added(triple) for triple in triples},
        buyers=added(("converted",)),
    )


DIMENSIONS = st.fixed_dictionaries(
    {
        "device": st.sampled_from(["", "phone", "desktop"]),
        "country": st.sampled_from(["", "DE"]),
        "customer_type": st.sampled_from(["", "new"]),
        "segments": st.sampled_from([{}, {"channel": "Web"}]),
        "cart_value_minor": st.sampled_from([None, 0, 2_500, 10**7]),
    }
)


@pytest.mark.slow
@examples(40)
@given(
    steps=arrivals(),
    refreshes=st.sets(st.integers(0, 25)),
    details=st.lists(DIMENSIONS, min_size=12, max_size=12),
    cap=st.sampled_from([None, 1_000_000]),
)
def test_reports_any_arrival_order_and_refreshes_equal_plain_recomputation(steps, refreshes, details, cap):
    store = factories.make_store()
    variants = make_world(store, cap_minor=cap)
    for number, (kind, *rest) in enumerate(steps):
        take(store, variants, kind, *rest)
        if kind == "expose":
            key, visitor_id, *_ = rest
            detail = details[EXPERIMENT_KEYS.index(key) * 3 + int(visitor_id[-1]) - 1]
            Exposure.objects.filter(experiment__key=key, store=store, visitor_id=visitor_id).update(**detail)
        if number in refreshes:
            rollups.refresh_touched()
    outcomes = expected_outcomes(steps)
    check_reports(store, variants, outcomes, cap)
    rollups.refresh_touched()
    assert not TouchedDay.objects.exists()
    check_reports(store, variants, outcomes, cap)


def check_reports(store, variants, outcomes, cap) -> None:
    """All that is read of each experiment, beside its definition."""
    for key, variant in variants.items():
        experiment = variant.experiment
        rows = [
            (exposure, outcomes[key, exposure.visitor_id]) for exposure in Exposure.objects.for_experiment(experiment)
        ]
        assert len(rows) == sum(one == key for one, _ in outcomes)
        for asked in {None, cap, 500_000}:
            found = aggregation.aggregates(experiment, cap_minor=asked, missing_cart_value_minor=FILL)
            assert found["control"].summary == expected_sums(rows, asked)
        check_segments(experiment, rows)
        check_facts(experiment, rows)


def check_segments(experiment, rows) -> None:
    expected: Counter[tuple[str, str]] = Counter()
    revenue: Counter[tuple[str, str]] = Counter()
    for exposure, outcome in rows:
        built_in = {name: getattr(exposure, name) for name in ("device", "country", "customer_type")}
        for group in (built_in | exposure.segments).items():
            if group[1]:
                expected[group] += 1
                revenue[group] += outcome[1] - outcome[2]
    found = aggregation.segment_aggregates(experiment)
    assert {group: one["control"].visitors for group, one in found.items()} == expected
    assert all(one["control"].sums["revenue"] == revenue[group] for group, one in found.items())


def check_facts(experiment, rows) -> None:
    exposures = [exposure for exposure, _ in rows]
    values = [exposure.cart_value_minor if outcome[-1] is None else outcome[-1] for exposure, outcome in rows]
    last = max((exposure.exposed_at for exposure in exposures), default=NOON)
    for now in (NOON, NOON + timedelta(days=5, hours=7), NOON + timedelta(days=40)):
        found = facts_of(experiment, now)
        times = [exposure.exposed_at for exposure in exposures]
        carts = [value for value in values if value is not None]
        assert found.visitors == len(times)
        assert found.immature == sum(at > now - timedelta(days=WINDOW_DAYS) for at in times)
        assert found.recent_visitors == sum(at > last - timedelta(days=7) for at in times)
        assert found.with_cart_value == len(carts)
        assert found.mean_cart_value_minor == (int(sum(carts) / len(carts) + 0.5) if carts else 0)
