"""A visitor who is erased is nowhere any more, and nobody else is touched."""

import io
from datetime import timedelta
from hashlib import sha256

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from checkout_widgets.erasure import Erasure, erase_address, erase_customer, erase_visitor
from checkout_widgets.models import Acceptance, Delivery
from experiments.accounting.funnel_changes import add_up_changes
from experiments.accounting.merging import merge_customers
from experiments.accounting.order_data import OrderData
from experiments.accounting.orders import record_order
from experiments.accounting.rebuild import rebuild
from experiments.accounting.rollups import refresh_touched
from experiments.customer_keys import address_digest, guest_key
from experiments.models import AuditEntry, CustomerSighting, Exposure, ExposureDay, FunnelChange, Order, Store
from tests import factories
from tests.checkout_widgets.traces import leave_traces
from tests.experiments.accounting.customers_of_orders import reach
from tests.experiments.accounting.outcomes_of_orders import order
from tests.factories import NOON

pytestmark = pytest.mark.django_db


@pytest.fixture
def store() -> Store:
    return factories.make_store(slug="tea", name="Tea")


def tables_with(text: str) -> set[str]:
    """The tables that hold the text anywhere."""
    with connection.cursor() as cursor:
        names = [name for name in connection.introspection.table_names(cursor) if "procrastinate" not in name]
        found = set()
        for name in names:
            cursor.execute(
                f'SELECT count(*) FROM "{name}" AS row WHERE row::text LIKE %s OR row::text LIKE %s',
                [f"%{text}%", f"%{text.encode().hex()}%"],
            )
            if cursor.fetchone()[0]:
                found.add(name)
    return found


TRACES = {
    "checkout_widgets_acceptance",
    "checkout_widgets_confirmationanswer",
    "checkout_widgets_delivery",
    "checkout_widgets_heldproduct",
    "checkout_widgets_trialorder",
    "experiments_customersighting",
    "experiments_exposure",
    "experiments_funnelchange",
    "experiments_funnelvisitor",
    "experiments_order",
    "experiments_orderclaim",
    "experiments_widgetevent",
}


def leave_new_events_behind() -> None:
    """Add up what the visitors did so far, and note it once more, as if it had just come in."""
    notes = list(FunnelChange.objects.all())
    add_up_changes()
    for note in notes:
        note.pk = None
    FunnelChange.objects.bulk_create(notes)


def test_erase_visitor_leaves_no_trace_in_any_table_and_others_alone(store):
    for visitor_id in ("v_erase_me", "v_keep_me"):
        leave_traces(store, visitor_id)
    other = factories.make_store()
    leave_traces(other, "v_erase_me")
    leave_new_events_behind()
    assert tables_with("v_erase_me") == TRACES
    assert erase_visitor(store, "v_erase_me", actor="ada") == Erasure(1, 1, 1, 1, 1)
    assert tables_with("v_keep_me") == TRACES
    assert Exposure.objects.get(visitor_id="v_erase_me").store == other
    erase_visitor(other, "v_erase_me", actor="ada")
    assert tables_with("v_erase_me") == set()


def test_erase_visitor_keeps_the_stores_own_records(store):
    leave_traces(store, "v_erase_me")
    erase_visitor(store, "v_erase_me", actor="ada")
    order = Order.objects.signed().get()
    assert (order.visitor_id, order.customer_id, order.total_minor, order.lines.count()) == ("", "", 5000, 1)
    acceptance = Acceptance.objects.get()
    assert (acceptance.visitor_id, acceptance.idempotency_key) == ("erased", str(acceptance.jti))


@pytest.mark.slow
def test_erase_visitor_twice_and_two_visitors_with_the_same_key(store):
    for visitor_id in ("v_1", "v_2"):
        leave_traces(store, visitor_id)
        erase_visitor(store, visitor_id, actor="ada")
    assert erase_visitor(store, "v_1", actor="ada") == Erasure(0, 0, 0, 0, 0)
    assert Acceptance.objects.filter(visitor_id="erased").count() == 2


def test_erase_visitor_is_noted_without_naming_anybody(store):
    leave_traces(store, "v_erase_me")
    erase_visitor(store, "v_erase_me", actor="ada")
    entry = AuditEntry.objects.get()
    assert (entry.store, entry.actor, entry.action) == (store, "ada", "erase_visitor")
    assert entry.detail == {
        "visitor_sha256": sha256(b"v_erase_me").hexdigest(),
        "events": 1,
        "exposures": 1,
        "orders": 1,
        "acceptances": 1,
        "deliveries": 1,
    }


def test_erase_visitor_command_asks_first(store, monkeypatch, capsys):
    leave_traces(store, "v_1")
    monkeypatch.setattr("builtins.input", lambda question: "n")
    with pytest.raises(CommandError, match=r"Nothing was erased\."):
        call_command("erase_visitor", "tea", "v_1")
    assert Exposure.objects.exists()
    monkeypatch.setattr("builtins.input", lambda question: "y")
    call_command("erase_visitor", "tea", "v_1")
    assert capsys.readouterr().out == (
        "Erased 1 events, 1 exposures and 1 deliveries. 1 orders and 1 acceptances no longer identify anyone.\n"
    )
    assert AuditEntry.objects.get().actor.endswith("(command line)")
    assert AuditEntry.objects.get().at - NOON > timedelta(0)


def test_erase_visitor_command_where_nobody_can_be_asked_erases_nothing(store, monkeypatch):
    leave_traces(store, "v_1")
    monkeypatch.setattr("sys.stdin", io.StringIO())
    with pytest.raises(CommandError, match="add --no-input"):
        call_command("erase_visitor", "tea", "v_1")
    assert Exposure.objects.exists()


def test_erase_visitor_command_of_an_unknown_store_says_so(store):
    with pytest.raises(CommandError, match="There is no store 'coffee'"):
        call_command("erase_visitor", "coffee", "v_1", "--no-input")


def test_erase_visitor_customers_other_orders_go_to_the_visitor_who_is_left(store):
    variant = factories.make_experiment(store).variants.get(key="control")
    left = factories.make_exposure(variant, visitor_id="v_left")
    factories.make_exposure(variant, visitor_id="v_gone")
    for visitor_id, minutes in (("v_left", 1), ("v_gone", 2), ("", 3)):
        at = NOON + timedelta(minutes=minutes)
        data = OrderData(f"at {minutes}", at, at, "EUR", (), 0, 0, visitor_id=visitor_id, customer_id="c")
        record_order(store, data)
    left.refresh_from_db()
    assert left.orders == 1
    erase_visitor(store, "v_gone", actor="anna")
    left.refresh_from_db()
    assert left.orders == 2


@pytest.mark.slow
def test_erase_customer_erases_every_browser_and_orders_without_one_and_others_alone(store, capsys):
    """Seen as one visitor, ordered as another, and by the telephone as none."""
    leave_traces(store, "v_seen")
    leave_traces(store, "v_stays")
    CustomerSighting.objects.filter(visitor_id="v_seen").update(customer_id="c_erase_me")
    Order.objects.filter(visitor_id="v_seen").update(customer_id="c_erase_me")
    for visitor_id, minutes in (("v_ordered", 1), ("", 2)):
        at = NOON + timedelta(minutes=minutes)
        data = OrderData(f"at {minutes}", at, at, "EUR", (), 0, 0, visitor_id=visitor_id, customer_id="c_erase_me")
        record_order(store, data)
    body = b'{"customer": "c_erase_me"}'
    by_telephone = Delivery(connection=store.connections.get(), body=body, received_at=NOON, order_external_id="at 2")
    by_telephone.save()
    elsewhere = factories.make_order(factories.make_store(), customer_id="c_erase_me")
    call_command("erase_visitor", "tea", "c_erase_me", "--customer", "--no-input")
    assert "2 deliveries. 3 orders and 1 acceptances" in capsys.readouterr().out
    assert tables_with("v_seen") == tables_with("v_ordered") == set()
    assert tables_with("c_erase_me") == {"experiments_order"}
    elsewhere.refresh_from_db()
    assert elsewhere.customer_id == "c_erase_me"
    assert Order.objects.filter(store=store).count() == 6
    assert tables_with("v_stays") >= {"experiments_order", "experiments_exposure", "experiments_customersighting"}
    details = [set(entry.detail) for entry in AuditEntry.objects.filter(action="erase_visitor")]
    assert [name for detail in details for name in detail if name.endswith("sha256")].count("visitor_sha256") == 2
    assert AuditEntry.objects.get(detail__has_key="customer_sha256").detail["customer_sha256"] == (
        sha256(b"c_erase_me").hexdigest()
    )


@pytest.mark.slow
def test_erase_customer_erases_a_shared_browser_and_nothing_of_a_stranger(store):
    leave_traces(store, "v_shared")
    leave_traces(store, "v_other")
    CustomerSighting.objects.create(store=store, customer_id="c_erase_me", visitor_id="v_shared", seen_at=NOON)
    assert erase_customer(store, "c_erase_me", actor="ada").exposures == 1
    assert tables_with("v_shared") == set()
    assert erase_customer(store, "c_nobody", actor="ada") == Erasure(0, 0, 0, 0, 0)
    assert Exposure.objects.get().visitor_id == "v_other"


def test_erase_visitor_leaves_the_holdout(store):
    holdout = factories.make_holdout(store)
    factories.make_exposure(holdout.variants.get(key="held-out"), visitor_id="v_erase_me")
    factories.make_exposure(holdout.variants.get(key="offers"), visitor_id="v_keep_me")
    assert erase_visitor(store, "v_erase_me", actor="ada").exposures == 1
    assert [*holdout.exposures.values_list("visitor_id", flat=True)] == ["v_keep_me"]


@pytest.fixture
def control(store):
    return factories.make_customer_experiment(store).variants.get(key="control")


def buy(store, number, **fields):
    record_order(store, order(number, "", placed_at=NOON + timedelta(days=1), **fields))


@pytest.mark.slow
def test_erased_customer_is_in_no_test_on_customers_and_sums_are_without_them(store, control):
    for key in ("i_77", "i_78"):
        reach(control, key)
    buy(store, "1", customer_id="77")
    buy(store, "2", customer_id="78")
    buy(store, "3", guest_key="a_guest77")
    merge_customers(store.pk, "i_77", "a_guest77")
    refresh_touched()
    erasure = erase_customer(store, "77", actor="test")
    assert (erasure.exposures, erasure.orders) == (1, 2)
    refresh_touched()
    day = ExposureDay.objects.get(experiment=control.experiment, dimension="")
    assert [day.visitors, day.orders, day.revenue] == [1, 1, 1000]
    assert set(Order.objects.values_list("customer_key", flat=True)) == {"", "i_78"}
    assert tables_with("i_77") == tables_with("a_guest77") == set()
    assert rebuild(control.experiment).wrong == 0
    entry = AuditEntry.objects.get(detail__has_key="customer_sha256")
    assert entry.detail["customer_sha256"] == sha256(b"77").hexdigest()
    assert erase_customer(store, "77", actor="test") == Erasure(0, 0, 0, 0, 0)


@pytest.mark.slow
def test_erased_guest_is_found_by_the_address_in_any_writing_and_noted_by_a_keyed_digest(store, control):
    key = guest_key(store.pk, "ada@shop.example")
    reach(control, key)
    buy(store, "1", guest_key=key)
    other = factories.make_store()
    assert erase_address(other, "ada@shop.example", actor="test").exposures == 0
    call_command("erase_visitor", "tea", " ADA@shop.example", "--address", "--no-input")
    assert not Exposure.objects.exists()
    assert Order.objects.get().customer_key == ""
    assert tables_with(key) == set()
    digest = AuditEntry.objects.get(store=store).detail["customer_sha256"]
    assert digest == address_digest(store.pk, "ada@shop.example")
    assert erase_address(store, "nobody", actor="test") == Erasure(0, 0, 0, 0, 0)


def test_erased_visitors_orders_name_no_customer_and_leave_the_customers_outcome(store, control):
    reach(control, "i_77")
    record_order(store, order("1", "v_1", customer_id="77", placed_at=NOON + timedelta(days=1)))
    erase_visitor(store, "v_1", actor="test")
    assert Order.objects.get().customer_key == ""
    assert Exposure.objects.get().orders == 0
