"""What a custom metric was like in a store's last four weeks, worked out by hand."""

from datetime import timedelta
from math import sqrt

import pytest

from experiments.models import CountedValue, CustomMetric, Moment
from experiments.programme.custom_baselines import custom_baseline
from tests import factories
from tests.factories import NOON

pytestmark = pytest.mark.django_db

NOW = NOON + timedelta(days=14)
# What control's four buyers ordered: tea at 5.00, which the metric counts, and cups at 20.00.
ORDERS = [[("tea", 1)], [("tea", 3), ("cup", 1)], [("cup", 2)], [("cup", 1)]]
PRICES = {"tea": 500, "cup": 2_000}


@pytest.fixture
def metric() -> CustomMetric:
    """A metric of the tea in a store whose test had ten visitors in control, and a buyer of tea in its treatment."""
    experiment = factories.make_experiment()
    control, treatment = experiment.variants.get(key="control"), experiment.variants.get(key="treatment")
    for number in range(10):
        is_buyer = number < len(ORDERS)
        visitor_id = f"c_{number}"
        factories.make_exposure(control, visitor_id=visitor_id, has_converted=is_buyer, orders=int(is_buyer))
        if is_buyer:
            order(experiment.store, visitor_id, ORDERS[number])
    factories.make_exposure(treatment, visitor_id="t_0", has_converted=True, orders=1)
    order(experiment.store, "t_0", [("tea", 90)])
    return CustomMetric.objects.create(store=experiment.store, key="tea", name="Tea", skus=["tea"])


def order(store, visitor_id: str, lines: list[tuple[str, int]]) -> None:
    rows = [{"sku": sku, "quantity": quantity, "price_minor": PRICES[sku]} for sku, quantity in lines]
    factories.make_order(store, visitor_id=visitor_id, placed_at=NOON + timedelta(hours=1), lines=rows)


@pytest.mark.parametrize(
    ("counted", "mean", "square"),
    [
        # per visitor: 5.00 + 15.00 of ten, and their squares
        (CountedValue.REVENUE, (500 + 1_500) / 10, (500**2 + 1_500**2) / 10),
        (CountedValue.UNITS, (1 + 3) / 10, (1 + 9) / 10),
    ],
)
def test_baseline_is_of_a_visitor_of_control(metric, counted, mean, square):
    metric.counted = counted
    found = custom_baseline(metric, Moment.CART, now=NOW)
    assert (found.source, found.metric, found.buyers) == ("exposures", "custom-tea", 2)
    assert found.mean == pytest.approx(mean)
    assert found.sd == pytest.approx(sqrt(square - mean**2))
    assert found.orders_per_visitor == pytest.approx(0.4)


def test_baseline_of_buyers_is_a_share_of_all_visitors(metric):
    metric.counted = CountedValue.BUYERS
    found = custom_baseline(metric, Moment.CART, now=NOW)
    assert found.mean == pytest.approx(0.2)
    assert found.sd is None


def test_baseline_needs_exposures_at_the_moment_in_the_last_four_weeks(metric):
    for moment, now in ((Moment.PAYMENT, NOW), (Moment.CART, NOW + timedelta(days=60))):
        found = custom_baseline(metric, moment, now=now)
        assert (found.source, found.mean, found.visitors_per_day) == ("none", None, None)
