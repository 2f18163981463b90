"""The installation check: what has arrived, and what is missing."""

from datetime import datetime, timedelta
from uuid import uuid4

import pytest

from dashboard.setup.connections import connected_shops
from dashboard.setup.shop_systems import ShopChoice
from dashboard.setup.steps import InstallationStep, moment_checks, steps_of
from experiments.models import DecisionDay, EventType, Experiment, Moment, Source, Status, Store, WidgetEvent
from experiments.reading.arrivals import arrivals_of
from tests import factories
from tests.factories import NOON

pytestmark = pytest.mark.django_db

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def ask(store: Store, moment: str, at: datetime) -> None:
    DecisionDay.objects.create(
        store=store, day=at.date(), moment=moment, reason="served", count=1, first_at=at, last_at=at
    )


def show(experiment: Experiment, at: datetime) -> None:
    WidgetEvent.objects.create(
        store=experiment.store,
        event_id=uuid4(),
        month=at.date().replace(day=1),
        type=EventType.IMPRESSION,
        occurred_at=at,
        received_at=at,
        visitor_id="v_1",
        experiment=experiment,
        variant=experiment.variants.get(key="treatment"),
        moment=experiment.moment,
    )


def states(store: Store, now: datetime = NOON) -> dict[str, str]:
    return {step.code: step.state for step in steps_of(arrivals_of(store, now))}


def test_new_store_begins_with_the_snippet_and_the_orders():
    assert states(factories.make_store()) == {
        "decide": "missing",
        "exposure": "waiting",
        "impression": "waiting",
        "order": "missing",
        "visitor": "waiting",
        "counted": "waiting",
    }


def test_step_is_missing_once_the_one_before_it_works():
    store = factories.make_store()
    experiment = factories.make_experiment(store)
    ask(store, Moment.CART, NOON - HOUR)
    assert states(store)["exposure"] == "missing"
    factories.make_exposure(experiment.variants.get(key="control"), exposed_at=NOON - HOUR)
    assert states(store)["exposure"] == "done"
    assert states(store)["impression"] == "missing"


def test_everything_that_arrives_works_and_is_quiet_a_day_later():
    store = factories.make_store()
    experiment = factories.make_experiment(store)
    ask(store, Moment.CART, NOON - HOUR)
    factories.make_exposure(experiment.variants.get(key="control"), visitor_id="v_1", exposed_at=NOON - HOUR)
    show(experiment, NOON - HOUR)
    factories.make_order(store, visitor_id="v_1", placed_at=NOON - HOUR)
    assert set(states(store).values()) == {"done"}
    later = states(store, NOON + DAY)
    assert later.pop("visitor") == later.pop("counted") == "done"
    assert set(later.values()) == {"quiet"}


def test_first_and_last_times_are_over_all_moments():
    store = factories.make_store()
    ask(store, Moment.PAYMENT, NOON - 3 * HOUR)
    ask(store, Moment.CART, NOON - HOUR)
    decide = steps_of(arrivals_of(store, NOON))[0]
    assert (decide.first_at, decide.last_at) == (NOON - 3 * HOUR, NOON - HOUR)


def test_imported_past_is_no_arrival():
    store = factories.make_store()
    imported = factories.make_experiment(store, source=Source.IMPORTED, status=Status.CONCLUDED)
    factories.make_exposure(imported.variants.get(key="control"), exposed_at=NOON)
    factories.make_order(store, source="history", visitor_id="v_1")
    assert states(store)["exposure"] == "waiting"
    assert states(store)["order"] == "missing"


def test_newest_order_without_visitor_is_a_gap():
    store = factories.make_store()
    factories.make_order(store, visitor_id="v_1", placed_at=NOON - HOUR)
    factories.make_order(store, visitor_id="", placed_at=NOON)
    assert states(store)["visitor"] == "missing"


def test_other_stores_arrivals_say_nothing_about_this_one():
    store, other = factories.make_store(), factories.make_store()
    ask(other, Moment.CART, NOON)
    factories.make_exposure(factories.make_experiment(other).variants.get(key="control"))
    factories.make_order(other, visitor_id="v_1")
    assert states(store)["decide"] == states(store)["order"] == "missing"


def test_moments_say_what_is_missing_at_each():
    store = factories.make_store()
    factories.make_experiment(store, moment=Moment.CART, name="Mug")
    factories.make_experiment(store, moment=Moment.PAYMENT)
    ask(store, Moment.CART, NOON)
    ask(store, Moment.SHIPPING, NOON)
    checks = {check.moment: check for check in moment_checks(arrivals_of(store, NOON))}
    assert list(checks) == [Moment.CART, Moment.SHIPPING, Moment.PAYMENT]
    assert checks[Moment.CART].test == "Mug"
    assert "no visitor has been exposed" in checks[Moment.CART].problem
    assert checks[Moment.SHIPPING].problem == "Pages request offers, but no test is running here."
    assert "No page requests offers" in checks[Moment.PAYMENT].problem


def test_connection_is_a_step_of_shop_systems_that_turns_green_with_the_first_call():
    store = factories.make_store()
    arrivals = arrivals_of(store, NOON)

    def connection_step(system: ShopChoice) -> tuple[int, str]:
        steps = steps_of(arrivals, system, connected_shops(store))
        codes = [step.code for step in steps]
        place = codes.index("connect")
        return place, steps[place].state

    assert "connect" not in {step.code for step in steps_of(arrivals, ShopChoice.OTHER)}
    assert connection_step(ShopChoice.WOOCOMMERCE) == (0, "missing")
    assert connection_step(ShopChoice.SHOPIFY) == (3, "missing")
    shopify = factories.make_connection(store, kind="shopify")
    assert connection_step(ShopChoice.SHOPIFY) == (3, "missing")  # a secret alone shows nothing
    factories.make_delivery(store, "done")
    assert connection_step(ShopChoice.SHOPIFY) == (3, "done")
    factories.make_connection(store, kind="woocommerce", connected_at=NOON)
    assert connection_step(ShopChoice.WOOCOMMERCE) == (0, "done")
    shopify.is_active = False
    shopify.save()
    assert connection_step(ShopChoice.SHOPIFY) == (3, "missing")


def test_orders_count_once_one_of_the_newest_does():
    store = factories.make_store()
    variant = factories.make_experiment(store).variants.get(key="treatment")
    exposure = factories.make_exposure(variant, visitor_id="v_1", exposed_at=NOON - DAY)
    factories.make_order(store, visitor_id="v_1", placed_at=NOON - HOUR)
    factories.make_order(store, visitor_id="", external_id="phone", placed_at=NOON)

    def counted() -> InstallationStep:
        return steps_of(arrivals_of(store, NOON))[-1]

    assert (counted().state, counted().detail) == ("missing", "Order phone: No known visitor")
    exposure.orders, exposure.has_converted = 1, True
    exposure.save()
    assert counted().state == "done"
