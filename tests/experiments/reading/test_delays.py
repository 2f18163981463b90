"""How long orders and refunds took, from orders that were placed by hand."""

from datetime import timedelta
from typing import Any

import pytest

from experiments.models import Experiment, Moment, Refund
from experiments.reading.delays import DelayedAmount, delayed_amounts
from tests import factories
from tests.factories import NOON

pytestmark = pytest.mark.django_db

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def experiment() -> Experiment:
    return factories.make_experiment()


def buyer(experiment: Experiment, after: timedelta, *, variant: str = "treatment", **order: Any) -> Any:
    """Somebody who was exposed at noon, and their order."""
    exposure = factories.make_exposure(experiment.variants.get(key=variant), orders=1, has_converted=True)
    defaults: dict[str, Any] = {"visitor_id": exposure.visitor_id, "placed_at": NOON + after}
    return factories.make_order(experiment.store, **defaults | order)


def read(experiment: Experiment, **times: Any) -> list[tuple[Any, ...]]:
    """What is read, as (variant, age, orders, value, refunded)."""
    defaults = {"since": NOON - DAY, "now": NOON + 30 * DAY}
    rows: list[DelayedAmount] = delayed_amounts(experiment.store, **defaults | times)
    return sorted((row.variant, row.age, row.orders, row.value, row.refunded) for row in rows)


def test_delayed_amounts_are_by_variant_and_step_of_age(experiment):
    buyer(experiment, timedelta(minutes=5))
    buyer(experiment, HOUR)
    buyer(experiment, HOUR + timedelta(seconds=1), discount_minor=1_000)
    buyer(experiment, 25 * HOUR)
    buyer(experiment, 5 * HOUR, variant="control")
    assert read(experiment) == [
        ("control", 5, 1, 5_000, 0),
        ("treatment", 1, 2, 10_000, 0),
        ("treatment", 2, 1, 4_000, 0),
        ("treatment", 48, 1, 5_000, 0),
    ]


def test_delayed_amounts_have_refunds_by_their_own_age(experiment):
    order = buyer(experiment, HOUR)
    Refund.objects.create(order=order, external_id="r1", amount_minor=2_000, refunded_at=NOON + 10 * DAY)
    assert read(experiment) == [("treatment", 1, 1, 5_000, 0), ("treatment", 240, 0, 0, 2_000)]
    assert read(experiment, now=NOON + 9 * DAY) == [("treatment", 1, 1, 5_000, 0)]


def test_delayed_amounts_leave_out_orders_that_dont_count(experiment):
    buyer(experiment, 7 * DAY)  # when the attribution window has closed
    buyer(experiment, -HOUR)  # before the exposure
    buyer(experiment, HOUR, status="cancelled")
    buyer(experiment, HOUR, currency="XXX")
    buyer(experiment, HOUR, repeat_kind="renewal")
    assert read(experiment) == []


def test_delayed_amounts_are_of_linked_orders_too(experiment):
    order = buyer(experiment, HOUR)
    order.linked_visitor_id, order.visitor_id = order.visitor_id, ""
    order.save()
    assert read(experiment) == [("treatment", 1, 1, 5_000, 0)]


def test_delayed_amounts_count_the_order_that_led_to_a_confirmation_as_known_at_once():
    experiment = factories.make_experiment(moment=Moment.CONFIRMATION)
    buyer(experiment, -HOUR)
    assert read(experiment) == [("treatment", 1, 1, 5_000, 0)]


def test_delayed_amounts_are_of_one_store_since_a_time(experiment):
    buyer(experiment, HOUR)
    buyer(factories.make_experiment(), HOUR)
    assert len(read(experiment)) == 1
    assert read(experiment, since=NOON + HOUR) == []


def test_delayed_amounts_of_customers_are_their_orders_on_whatever_device(experiment):
    of_customers = factories.make_customer_experiment(experiment.store)
    control = of_customers.variants.get(key="control")
    factories.make_exposure(control, visitor_id="c:i_7", orders=1, has_converted=True)
    order: dict[str, Any] = {"customer_key": "i_7", "visitor_id": "v_1"}
    factories.make_order(experiment.store, placed_at=NOON + 3 * DAY, **order)
    factories.make_order(experiment.store, placed_at=NOON, **order)  # began it
    assert read(of_customers, now=NOON + 40 * DAY) == [("control", 72, 1, 5_000, 0)]
