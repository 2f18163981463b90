"""Sums by custom metrics equal sums in plain Python, whether their days are added up or not."""

from datetime import timedelta

import numpy as np
import pytest

from experiments.accounting import rollups
from experiments.models import ChosenMetric, CustomOutcome, Experiment, Exposure
from experiments.reading.custom_metrics import (
    cumulative_custom_days,
    custom_arms,
    custom_buyer_rows,
    custom_segments,
    metrics_of,
)
from tests import factories
from tests.experiments.custom_metrics_of_tests import has_metric
from tests.factories import NOON

pytestmark = pytest.mark.django_db
# visitor, variant, day, device, orders, units, revenue, refunded
ROWS = [
    ("v_1", "control", 0, "phone", 1, 1, 5_000, 0),
    ("v_2", "control", 1, "desktop", 2, 7, 9_000, 1_000),
    ("v_3", "treatment", 0, "phone", 1, 2, 40_000, 0),
    ("v_4", "treatment", 0, "", 0, 0, 0, 0),
    ("v_5", "treatment", 3, "phone", 0, 0, 0, 0),
    ("v_6", "treatment", 3, "phone", 1, 1, 100, 200),
]
CAP = 6_000


@pytest.fixture
def chosen() -> ChosenMetric:
    experiment = factories.make_experiment(cap_minor=CAP)
    chosen = has_metric(experiment, "tea")
    other = has_metric(experiment, "cup")
    for visitor_id, variant, day, device, orders, units, revenue, refunded in ROWS:
        factories.make_exposure(
            experiment.variants.get(key=variant),
            visitor_id=visitor_id,
            exposed_at=NOON + timedelta(days=day),
            device=device,
            orders=orders,
            has_converted=orders > 0,
        )
        if orders:
            outcome = {"orders": orders, "units": units, "revenue_minor": revenue, "refunded_minor": refunded}
            CustomOutcome.objects.create(chosen=chosen, visitor_id=visitor_id, **outcome)
            CustomOutcome.objects.create(chosen=other, visitor_id=visitor_id, **outcome | {"units": 50})
    return chosen


def capped(orders: int, revenue: int, refunded: int) -> int:
    return max(min(revenue - refunded, CAP * orders), -CAP * orders)


def check_sums(experiment: Experiment, chosen: ChosenMetric) -> None:
    """What is read beside the rows above."""
    arms = custom_arms(experiment, metrics_of(experiment))[chosen.pk]
    for key in ("control", "treatment"):
        rows = [row[4:] for row in ROWS if row[1] == key]
        nets = [revenue - refunded for _, _, revenue, refunded in rows]
        limited = [capped(orders, revenue, refunded) for orders, _, revenue, refunded in rows]
        observed, compared = arms.observed[key], arms.capped[key]
        assert observed.visitors == compared.visitors == len(rows)
        assert observed.sums == {
            "converted": sum(orders > 0 for orders, *_ in rows),
            "orders": sum(orders for orders, *_ in rows),
            "items": sum(units for _, units, *_ in rows),
            "revenue": sum(nets),
        }
        assert observed.products["revenue_x_revenue_x_revenue"] == sum(net**3 for net in nets)
        assert compared.products["revenue_x_revenue"] == sum(net**2 for net in limited)
        assert compared.sums["revenue"] == sum(limited)


def test_arms_equal_plain_sums_before_and_after_the_days_are_added_up(chosen):
    experiment = Experiment.objects.get(pk=chosen.experiment_id)
    check_sums(experiment, chosen)
    rollups.refresh_touched()
    check_sums(experiment, chosen)
    # one day is read from its exposures, the others from their sums
    Exposure.objects.filter(visitor_id="v_2").update(device="tablet")
    check_sums(experiment, chosen)


def test_arms_of_a_test_without_metrics_ask_nothing(django_assert_num_queries):
    experiment = factories.make_experiment()
    with django_assert_num_queries(0):
        assert custom_arms(experiment, []) == {}


def test_arms_without_the_last_days(chosen):
    through = (NOON + timedelta(days=1)).date()
    arms = custom_arms(chosen.experiment, [chosen], through=through)[chosen.pk]
    assert (arms.observed["treatment"].visitors, arms.observed["treatment"].sums["revenue"]) == (2, 40_000)
    rollups.refresh_touched()
    arms = custom_arms(chosen.experiment, [chosen], through=through)[chosen.pk]
    assert (arms.observed["treatment"].visitors, arms.observed["treatment"].sums["revenue"]) == (2, 40_000)


@pytest.mark.parametrize("is_added_up", [False, True])
def test_segments_have_all_of_their_visitors(chosen, is_added_up):
    if is_added_up:
        rollups.refresh_touched()
    found = custom_segments(chosen.experiment, chosen)
    assert set(found) == {("device", "phone"), ("device", "desktop")}
    phone = found["device", "phone"].observed
    assert {key: (arm.visitors, arm.sums["items"]) for key, arm in phone.items()} == {
        "control": (1, 1),
        "treatment": (3, 3),
    }


@pytest.mark.parametrize("is_added_up", [False, True])
def test_days_are_cumulative_and_capped(chosen, is_added_up):
    if is_added_up:
        rollups.refresh_touched()
    days = cumulative_custom_days(chosen.experiment, chosen)
    assert [(day - NOON.date()).days for day in days] == [0, 1, 3]
    of_treatment = [arms["treatment"] for arms in days.values()]
    assert [arm.visitors for arm in of_treatment] == [2, 2, 4]
    assert [arm.sums["revenue"] for arm in of_treatment] == [CAP, CAP, CAP - 100]


def test_buyer_rows_are_those_of_the_metrics_products(chosen):
    rows = custom_buyer_rows(chosen)
    assert np.array_equal(rows["control"], [[5_000, 1, 0], [8_000, 2, 0]])
    assert np.array_equal(rows["treatment"], [[CAP, 1, 0], [-100, 1, 0]])


def test_automated_visitors_count_in_neither_sums_nor_rows(chosen):
    Exposure.objects.filter(visitor_id="v_3").update(is_automated=True)
    arms = custom_arms(chosen.experiment, [chosen])[chosen.pk]
    assert (arms.observed["treatment"].visitors, arms.observed["treatment"].sums["converted"]) == (3, 1)
    assert len(custom_buyer_rows(chosen)["treatment"]) == 1
