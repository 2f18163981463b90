"""The delays of running tests, estimated once a day."""

from datetime import datetime, timedelta
from typing import Any
from unittest.mock import patch

import pytest

from experiments.models import Experiment, Exposure, Order, Status
from experiments.running.delays import estimate_due
from tests import factories
from tests.factories import NOON

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)


def sell(experiment: Experiment, variant: str, *, exposed_at: datetime, after: timedelta, number: int) -> None:
    """So many visitors who buy so long after their exposure, written at once."""
    store, of_variant = experiment.store, experiment.variants.get(key=variant)
    names = [f"v_{variant}_{exposed_at:%m%d}_{after.total_seconds():.0f}_{count}" for count in range(number)]
    exposures, orders = [], []
    for name in names:
        exposure = Exposure(
            experiment=experiment,
            store=store,
            variant=of_variant,
            visitor_id=name,
            exposed_at=exposed_at,
            orders=1,
            has_converted=True,
            revenue_minor=5_000,
        )
        exposures.append(exposure)
        order = Order(
            store=store,
            external_id=name,
            visitor_id=name,
            placed_at=exposed_at + after,
            updated_at=NOON,
            currency=store.currency,
            subtotal_minor=5_000,
            total_minor=5_000,
        )
        orders.append(order)
    Exposure.objects.bulk_create(exposures)
    Order.objects.bulk_create(orders)


def delays_of(experiment: Experiment) -> dict[str, Any]:
    """What is kept."""
    experiment.refresh_from_db()
    return dict(experiment.delays)


def test_estimate_due_keeps_the_hours_of_a_stores_past_and_running_tests():
    store = factories.make_store()
    past = factories.make_experiment(store, status=Status.CONCLUDED)
    sell(past, "control", exposed_at=NOON - 40 * DAY, after=timedelta(minutes=90), number=120)
    running = factories.make_experiment(store)
    assert estimate_due(NOON) == 1
    assert delays_of(running)["hours"] == 2
    assert delays_of(running)["orders"] == 120
    assert delays_of(past) == {}


def test_estimate_due_is_of_the_tests_at_the_same_moment():
    store = factories.make_store()
    past = factories.make_experiment(store, status=Status.CONCLUDED, moment="payment")
    sell(past, "control", exposed_at=NOON - 40 * DAY, after=timedelta(minutes=90), number=120)
    running = factories.make_experiment(store, moment="cart")
    estimate_due(NOON)
    assert delays_of(running)["hours"] is None


@pytest.mark.slow
def test_estimate_due_sees_that_an_arm_takes_longer():
    experiment = factories.make_experiment()
    for day in range(20, 10, -1):
        sell(experiment, "control", exposed_at=NOON - day * DAY, after=timedelta(minutes=30), number=15)
        sell(experiment, "treatment", exposed_at=NOON - day * DAY, after=timedelta(days=4.5), number=15)
    estimate_due(NOON)
    kept = delays_of(experiment)
    assert kept["hours"] == 120
    assert kept["p_value"] < 1e-6


def test_estimate_due_estimates_once_a_day():
    experiment = factories.make_experiment()
    assert [estimate_due(NOON + timedelta(hours=hour)) for hour in (0, 1, 19, 20, 21)] == [1, 0, 0, 1, 0]
    assert delays_of(experiment)["estimated_at"] == (NOON + timedelta(hours=20)).isoformat()


def test_estimate_due_of_one_store_that_fails_costs_no_other_its_own():
    broken, sound = factories.make_experiment(), factories.make_experiment()
    read = "experiments.running.delays.delayed_amounts"

    def fail_for_one(store, **times):
        if store == broken.store:
            raise ValueError("unreadable")
        return []

    with patch(read, side_effect=fail_for_one):
        assert estimate_due(NOON) == 1
    assert delays_of(broken) == {}
    assert delays_of(sound)["hours"] is None
