"""A store's last four weeks, worked out by hand."""

from datetime import timedelta
from typing import Any

import numpy as np
import pytest

from experiments.models import Experiment, Exposure, Metric, Moment
from experiments.programme.baselines import baseline
from tests import factories
from tests.factories import NOON

pytestmark = pytest.mark.django_db

NOW = NOON + timedelta(days=14)


def expose(experiment: Experiment, key: str, revenues: list[int], **fields: Any) -> None:
    """Visitors over ten days, each with a cart of half the revenue and something."""
    variant = experiment.variants.get(key=key)
    rows = []
    for number, revenue in enumerate(revenues):
        at = NOON + timedelta(days=10 * number / len(revenues))
        defaults = {
            "exposed_at": at,
            "cart_value_minor": 1_000 + revenue // 2 + 90 * (number % 7),
            "orders": int(revenue > 0),
            "has_converted": revenue > 0,
            "revenue_minor": revenue,
        }
        visitor = f"{experiment.pk}-{key}-{number}"
        rows.append(
            Exposure(
                experiment=experiment,
                store_id=experiment.store_id,
                variant=variant,
                visitor_id=visitor,
                **defaults | fields,
            )
        )
    Exposure.objects.bulk_create(rows)


REVENUES = [0, 0, 4_000, 0, 6_500, 0, 2_500, 0, 9_000, 0] * 8


def test_baseline_is_controls_of_all_tests_at_the_moment():
    store = factories.make_store()
    first, second = factories.make_experiment(store), factories.make_experiment(store, traffic_share=0.5)
    expose(first, "control", REVENUES)
    expose(first, "treatment", [99_000] * 80)
    expose(second, "control", REVENUES[:40])
    expose(factories.make_experiment(store, moment=Moment.PAYMENT), "control", [1] * 50)
    expose(factories.make_experiment(), "control", [1] * 50)
    found = baseline(store, Moment.CART, Metric.RPV, now=NOW)
    values = np.array(REVENUES + REVENUES[:40], dtype=float)
    assert (found.source, found.visitors, found.buyers) == ("exposures", 200, 48)
    assert found.mean == pytest.approx(values.mean())
    assert found.sd == pytest.approx(values.std(ddof=1))
    assert found.orders_per_visitor == pytest.approx(0.4)
    assert found.visitors_per_day == pytest.approx(160 / 15 + 2 * 40 / 15)
    assert not found.is_thin


def test_baseline_cart_value_explains_the_squared_correlation():
    store = factories.make_store()
    experiment = factories.make_experiment(store)
    expose(experiment, "control", REVENUES)
    rows = np.array(list(Exposure.objects.values_list("revenue_minor", "cart_value_minor", "orders")), dtype=float)
    found = baseline(store, Moment.CART, Metric.RPV, now=NOW)
    assert found.variance_reduction == pytest.approx(np.corrcoef(rows[:, 0], rows[:, 1])[0, 1] ** 2)
    aov = baseline(store, Moment.CART, Metric.AOV, now=NOW)
    ratio = rows[:, 0].sum() / rows[:, 2].sum()
    line = (rows[:, 0] - ratio * rows[:, 2]) / rows[:, 2].mean()
    assert aov.mean == pytest.approx(ratio)
    assert aov.sd == pytest.approx(line.std(ddof=1))
    assert aov.variance_reduction == pytest.approx(np.corrcoef(line, rows[:, 1])[0, 1] ** 2)
    some = Exposure.objects.order_by("visitor_id").values_list("visitor_id")[:5]
    Exposure.objects.filter(visitor_id__in=some).update(cart_value_minor=None)
    assert baseline(store, Moment.CART, Metric.RPV, now=NOW).variance_reduction is None  # known for 94%


def test_baseline_share_has_no_deviation_of_its_own():
    store = factories.make_store()
    expose(factories.make_experiment(store), "control", REVENUES)
    found = baseline(store, Moment.CART, Metric.CONVERSION, now=NOW)
    assert (found.mean, found.sd, found.variance_reduction) == (0.4, None, None)


def test_baseline_counts_the_last_four_weeks():
    store = factories.make_store()
    expose(factories.make_experiment(store), "control", REVENUES)
    assert baseline(store, Moment.CART, Metric.RPV, now=NOON + timedelta(days=60)).source == "none"
    later = baseline(store, Moment.CART, Metric.RPV, now=NOON + timedelta(days=33))
    assert 0 < later.visitors < 80
    assert later.is_thin


def test_baseline_without_exposures_takes_the_stores_orders():
    store = factories.make_store()
    for subtotal, discount in ((5_000, 0), (7_000, 500), (3_000, 0)):
        factories.make_order(store, subtotal_minor=subtotal, discount_minor=discount)
    factories.make_order(store, subtotal_minor=90_000, status="cancelled")
    factories.make_order(store, subtotal_minor=90_000, placed_at=NOON - timedelta(days=20))
    found = baseline(store, Moment.CART, Metric.AOV, now=NOW)
    values = np.array([5_000, 6_500, 3_000])
    assert (found.source, found.buyers, found.visitors_per_day) == ("orders", 3, None)
    assert (found.mean, found.sd) == pytest.approx((values.mean(), values.std(ddof=1)))
    assert baseline(store, Moment.CART, Metric.RPV, now=NOW).source == "none"
