"""Renewals and copies are stored, linked to the order they were made from, and count where the store says so."""

from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from experiments import tasks
from experiments.accounting import outcomes, repeats
from experiments.accounting.order_data import LineData
from experiments.accounting.orders import record_order
from experiments.models import Exposure, Order, Store
from tests import factories
from tests.experiments.accounting.outcomes_of_orders import order
from tests.factories import NOON

TOKEN = UUID("00000000-0000-4000-8000-000000000001")
BOX = LineData("box", 1, 2000)


def outcome(exposure: Exposure) -> tuple[int, int]:
    exposure.refresh_from_db()
    return exposure.orders, exposure.revenue_minor


def firsts() -> dict[str, str]:
    return dict(Order.objects.exclude(repeat_kind="").values_list("external_id", "first_external_id"))


@pytest.mark.parametrize("kind", ["renewal", "copy"])
def test_repeat_within_the_window_counts_where_the_store_says_so(exposure, kind):
    record_order(exposure.store, order("1", lines=(BOX,)))
    record_order(exposure.store, order("2", minutes=60, lines=(BOX,), repeat_kind=kind))
    assert outcome(exposure) == (1, 2000)
    Store.objects.update(is_repeat_counted=True)
    outcomes.recompute_store(exposure.store_id)
    assert outcome(exposure) == (2, 4000)


def test_find_first_the_order_that_the_source_names_stays(exposure):
    record_order(exposure.store, order("1", customer_id="c", lines=(BOX,)))
    named = order("2", minutes=9, customer_id="c", lines=(BOX,), repeat_kind="copy", first_external_id="1999")
    record_order(exposure.store, named)
    assert firsts() == {"2": "1999"}
    record_order(exposure.store, replace(named, first_external_id="", updated_at=NOON + timedelta(days=1)))
    assert firsts() == {"2": "1999"}


def test_find_first_the_order_with_the_same_acceptance_before_the_customers(exposure):
    accepted = replace(BOX, experiment_key="first", acceptance_id=TOKEN)
    record_order(exposure.store, order("bought", minutes=1, customer_id="c", lines=(BOX,)))
    record_order(exposure.store, order("accepted", "v_2", minutes=2, lines=(accepted,)))
    record_order(exposure.store, order("next", minutes=3, customer_id="c", lines=(accepted,), repeat_kind="renewal"))
    assert firsts() == {"next": "accepted"}


def test_find_first_the_customers_earliest_with_one_of_the_products(exposure):
    orders: dict[str, dict[str, Any]] = {
        "other customer": {"customer_id": "d", "lines": (BOX,)},
        "other product": {"customer_id": "c", "lines": (LineData("tea", 1, 500),)},
        "right": {"customer_id": "c", "minutes": 2, "lines": (BOX,)},
        "later": {"customer_id": "c", "minutes": 3, "lines": (BOX,)},
    }
    for external_id, fields in orders.items():
        record_order(exposure.store, order(external_id, **fields))
    other = factories.make_store()
    record_order(other, order("other store", minutes=0, customer_id="c", lines=(BOX,)))
    record_order(exposure.store, order("next", minutes=9, customer_id="c", lines=(BOX,), repeat_kind="renewal"))
    assert firsts() == {"next": "right"}


def test_find_first_of_nobody_stays_unknown(exposure):
    record_order(exposure.store, order("1", lines=(BOX,)))
    record_order(exposure.store, order("2", minutes=9, lines=(BOX,), repeat_kind="renewal"))
    assert firsts() == {"2": ""}


def test_link_repeats_finds_first_orders_that_came_later(exposure, monkeypatch):
    monkeypatch.setattr(repeats, "BATCH", 1)
    for external_id in ("2", "3"):
        renewal = order(external_id, minutes=9, customer_id="c", lines=(BOX,), repeat_kind="renewal")
        record_order(exposure.store, renewal)
    record_order(exposure.store, order("1", customer_id="c", lines=(BOX,)))
    assert firsts() == {"2": "", "3": ""}
    tasks.link_repeats(timestamp=0)
    assert firsts() == {"2": "1", "3": "1"}
    assert repeats.find_missing() == 0


def test_repeat_is_not_the_order_that_led_to_the_confirmation(db):
    experiment = factories.make_experiment(moment="confirmation")
    exposure = factories.make_exposure(experiment.variants.get(key="control"), visitor_id="v_1")
    record_order(experiment.store, order("placed", minutes=-20, lines=(BOX,)))
    record_order(experiment.store, order("renewed", minutes=-10, lines=(BOX, BOX), repeat_kind="renewal"))
    exposure.refresh_from_db()
    assert (exposure.orders, exposure.prior_order_minor) == (1, 2000)
