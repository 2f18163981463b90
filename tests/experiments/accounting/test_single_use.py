"""One acceptance counts for one order, whatever arrives in whatever order, and at once."""

from dataclasses import replace
from datetime import timedelta
from threading import Barrier, Thread
from uuid import UUID, uuid4

import pytest
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from experiments.accounting.claims import claim_order
from experiments.accounting.order_data import LineData, OrderData
from experiments.accounting.orders import record_order, record_orders
from experiments.accounting.rebuild import rebuild
from experiments.models import Exposure, OrderLine
from tests import factories
from tests.examples import examples
from tests.experiments.accounting.outcomes_of_orders import order
from tests.factories import NOON

TOKEN = UUID("00000000-0000-4000-8000-000000000001")
MUG = LineData("mug", 1, 790, "first", acceptance_id=TOKEN)
TEA = LineData("tea", 1, 1000)


def carrying(external_id: str, visitor_id: str, **fields) -> OrderData:
    """An order of a tea and the accepted mug."""
    return order(external_id, visitor_id, **{"lines": (TEA, MUG)} | fields)


@pytest.fixture
def exposures(db) -> dict[str, Exposure]:
    """Two visitors of one test."""
    treatment = factories.make_experiment(key="first").variants.get(key="treatment")
    return {visitor_id: factories.make_exposure(treatment, visitor_id=visitor_id) for visitor_id in ("v_1", "v_2")}


def upsell(exposures: dict[str, Exposure]) -> list[tuple[int, int, bool]]:
    """Orders, what offers sold, and whether one was accepted, of each visitor."""
    found = []
    for exposure in exposures.values():
        exposure.refresh_from_db()
        found.append((exposure.orders, exposure.upsell_minor, exposure.has_accepted))
    return found


def mugs() -> list[tuple[str, str, str, bool]]:
    rows = OrderLine.objects.filter(sku="mug").order_by("order__external_id")
    return list(rows.values_list("order__external_id", "experiment_key", "refused_code", "is_upsell"))


@pytest.mark.parametrize("is_turned", [False, True])
def test_record_order_second_with_the_same_acceptance_is_refused_whichever_arrives_first(exposures, is_turned):
    store = exposures["v_1"].store
    first, second = carrying("a", "v_1", minutes=1), carrying("b", "v_2", minutes=2)
    for data in (second, first) if is_turned else (first, second):
        recorded = record_order(store, data)
    assert recorded.used_lines == (() if is_turned else (1,))
    assert mugs() == [("a", "first", "", True), ("b", "", "already_used", False)]
    assert upsell(exposures) == [(1, 790, True), (1, 0, False)]


def test_record_order_cancelled_first_lets_the_next_count_for_its_visitor(exposures):
    store = exposures["v_1"].store
    first = carrying("a", "v_1", minutes=1)
    record_orders(store, [first, carrying("b", "v_2", minutes=2)])
    record_order(store, replace(first, status="cancelled", updated_at=NOON + timedelta(days=1)))
    assert upsell(exposures) == [(0, 0, False), (1, 790, True)]
    record_order(store, replace(first, status="paid", updated_at=NOON + timedelta(days=2)))
    assert upsell(exposures) == [(1, 790, True), (1, 0, False)]


def test_record_order_deleted_first_lets_the_next_count_and_restored_takes_it_back(exposures):
    store = exposures["v_1"].store
    first = carrying("a", "v_1", minutes=1)
    record_orders(store, [first, carrying("b", "v_2", minutes=2)])
    record_order(store, replace(first, updated_at=NOON - timedelta(days=1), deleted_at=NOON))
    assert upsell(exposures) == [(0, 0, False), (1, 790, True)]
    record_order(store, replace(first, updated_at=NOON - timedelta(days=1), restored_at=NOON + timedelta(seconds=1)))
    assert upsell(exposures) == [(1, 790, True), (1, 0, False)]


def test_record_order_version_without_the_token_lets_the_next_count(exposures):
    store = exposures["v_1"].store
    first = carrying("a", "v_1", minutes=1)
    record_orders(store, [first, carrying("b", "v_2", minutes=2)])
    record_order(store, replace(first, lines=(TEA,), updated_at=NOON + timedelta(days=1)))
    assert upsell(exposures) == [(1, 0, False), (1, 790, True)]


@pytest.mark.parametrize(
    "fields", [{"status": "pending"}, {"currency": "USD"}, {"repeat_kind": "renewal"}], ids=["unpaid", "USD", "renewal"]
)
def test_record_order_first_that_does_not_count_uses_nothing_up(exposures, fields):
    record_order(exposures["v_1"].store, carrying("a", "v_1", minutes=1, **fields))
    record_order(exposures["v_1"].store, carrying("b", "v_2", minutes=2))
    assert upsell(exposures) == [(0, 0, False), (1, 790, True)]


def test_record_order_what_the_shop_sends_comes_before_what_a_browser_told(exposures):
    store = exposures["v_1"].store
    claim_order(store, carrying("told", "", minutes=1), "v_1", at=NOON)
    assert upsell(exposures) == [(1, 790, True), (0, 0, False)]
    record_order(store, carrying("sent", "v_2", minutes=2))
    assert mugs() == [("sent", "first", "", True), ("told", "", "already_used", False)]


def test_record_order_several_lines_of_one_order_share_its_acceptance(exposures):
    bundle = (MUG, LineData("lid", 1, 100, "first", acceptance_id=TOKEN))
    record_order(exposures["v_1"].store, carrying("a", "v_1", lines=bundle))
    assert upsell(exposures) == [(1, 890, True), (0, 0, False)]


def test_record_order_another_stores_order_uses_nothing_up(exposures):
    record_order(factories.make_store(), carrying("a", "v_1", minutes=1))
    record_order(exposures["v_1"].store, carrying("b", "v_2", minutes=2))
    assert upsell(exposures) == [(0, 0, False), (1, 790, True)]


def test_rebuild_puts_an_acceptance_of_the_wrong_order_right(exposures):
    store = exposures["v_1"].store
    record_orders(store, [carrying("a", "v_1", minutes=1), carrying("b", "v_2", minutes=2)])
    OrderLine.objects.filter(sku="mug").update(experiment_key="first", refused_code="", is_upsell=True)
    rebuilt = rebuild(exposures["v_1"].experiment)
    assert (rebuilt.wrong_acceptances, mugs()[1]) == (1, ("b", "", "already_used", False))
    assert rebuild(exposures["v_1"].experiment).wrong == 0


VERSION = st.fixed_dictionaries(
    {
        "status": st.sampled_from(["paid", "on_hold", "pending", "cancelled"]),
        "currency": st.sampled_from(["EUR", "EUR", "EUR", "USD"]),
        "repeat_kind": st.sampled_from(["", "", "", "copy"]),
        "lines": st.sampled_from([(TEA, MUG), (TEA, MUG), (TEA,)]),
    }
)


@st.composite
def arrivals(draw):
    """Three orders of two visitors in up to three versions each, some of them twice, shuffled."""
    versions = []
    for external_id in "abc":
        minutes, visitor_id = draw(st.integers(1, 3)), draw(st.sampled_from(["v_1", "v_2"]))
        contents = draw(st.lists(VERSION, max_size=3))
        versions += [
            order(external_id, visitor_id, minutes=minutes, version=number, **fields)
            for number, fields in enumerate(contents)
        ]
    repeated = draw(st.lists(st.sampled_from(versions), max_size=3)) if versions else []
    return draw(st.permutations([*versions, *repeated]))


def counts(data: OrderData) -> bool:
    return data.status in ("paid", "on_hold") and data.currency == "EUR" and not data.repeat_kind


def expected(steps: list[OrderData]) -> list[tuple[int, int, bool]]:
    """The definition, from the newest versions alone."""
    newest: dict[str, OrderData] = {}
    for data in steps:
        if data.external_id not in newest or newest[data.external_id].updated_at < data.updated_at:
            newest[data.external_id] = data
    counted = [data for data in newest.values() if counts(data)]
    carriers = [data for data in counted if MUG in data.lines]
    first = min(carriers, key=lambda data: (data.placed_at, data.external_id), default=None)
    found = []
    for visitor_id in ("v_1", "v_2"):
        is_theirs = first is not None and first.visitor_id == visitor_id
        orders = sum(data.visitor_id == visitor_id for data in counted)
        found.append((orders, 790 if is_theirs else 0, is_theirs))
    return found


@pytest.mark.slow
@examples(60)
@given(steps=arrivals(), is_bulk=st.booleans())
def test_record_orders_any_order_of_arrival_lets_the_same_order_count(db, steps, is_bulk):
    treatment = factories.make_experiment(key="first").variants.get(key="treatment")
    exposures = {visitor: factories.make_exposure(treatment, visitor_id=visitor) for visitor in ("v_1", "v_2")}
    if is_bulk:
        record_orders(treatment.experiment.store, steps)
    else:
        for data in steps:
            record_order(treatment.experiment.store, data)
    assert upsell(exposures) == expected(steps)
    assert rebuild(treatment.experiment).wrong == 0


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_record_order_two_at_the_same_instant_do_not_both_count():
    treatment = factories.make_experiment(key="first").variants.get(key="treatment")
    exposures = {visitor: factories.make_exposure(treatment, visitor_id=visitor) for visitor in ("v_1", "v_2")}
    store = treatment.experiment.store
    for number in range(8):
        token, start = uuid4(), Barrier(2)
        lines = (replace(MUG, acceptance_id=token),)

        def send(external_id, visitor_id, minutes, lines=lines, start=start):
            start.wait()
            record_order(store, order(external_id, visitor_id, minutes=minutes, lines=lines))
            connection.close()

        threads = [
            Thread(target=send, args=(f"{number}-{visitor_id}", visitor_id, minutes))
            for visitor_id, minutes in (("v_1", 1), ("v_2", 2))
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(timeout=30)
    assert upsell(exposures) == [(8, 8 * 790, True), (8, 0, False)]
    assert rebuild(treatment.experiment).wrong_exposures == 0
