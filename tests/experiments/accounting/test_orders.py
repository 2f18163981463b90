"""The newest version of an order is stored, once, with its lines and refunds."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from procrastinate.contrib.django.models import ProcrastinateJob

from experiments.accounting import outcomes
from experiments.accounting.claims import claim_order
from experiments.accounting.order_data import BadOrder, LineData, OrderData, RefundData
from experiments.accounting.orders import RecordedOrder, record_order, record_orders
from experiments.models import Order, OrderLine, Refund
from tests import factories
from tests.factories import NOON

LATER = NOON + timedelta(hours=1)
ORDER = OrderData(
    external_id="5501",
    visitor_id="v_1",
    customer_id="c_1",
    placed_at=NOON,
    updated_at=NOON,
    currency="EUR",
    status="paid",
    subtotal_minor=7660,
    discount_minor=100,
    tax_minor=1223,
    shipping_minor=490,
    total_minor=8050,
    lines=(LineData("23166", 2, 3335), LineData("23084", 1, 990, experiment_key="cart-accessory")),
    refunds=(RefundData("r1", 990, NOON + timedelta(days=3), ({"sku": "23084", "quantity": 1},)),),
)


def contents(order: Order) -> tuple[list[tuple[object, ...]], list[tuple[object, ...]]]:
    return (
        list(order.lines.values_list("position", "sku", "quantity", "price_minor", "is_upsell", "experiment_key")),
        list(order.refunds.values_list("external_id", "amount_minor", "refunded_at", "lines")),
    )


@pytest.mark.django_db
def test_record_order_new_is_stored_whole():
    store = factories.make_store()
    assert record_order(store, ORDER) == RecordedOrder("5501", True, False, False)
    order = Order.objects.get()
    for field in ("external_id", "visitor_id", "customer_id", "placed_at", "updated_at", "currency", "status"):
        assert getattr(order, field) == getattr(ORDER, field)
    amounts = (order.subtotal_minor, order.discount_minor, order.tax_minor, order.shipping_minor, order.total_minor)
    assert amounts == (7660, 100, 1223, 490, 8050)
    assert order.source == "api"
    assert contents(order) == (
        [(0, "23166", 2, 3335, False, ""), (1, "23084", 1, 990, True, "cart-accessory")],
        [("r1", 990, NOON + timedelta(days=3), [{"sku": "23084", "quantity": 1}])],
    )


@pytest.mark.django_db
def test_record_order_same_again_changes_nothing():
    store = factories.make_store()
    record_order(store, ORDER)
    before = (Order.objects.values().get(), contents(Order.objects.get()))
    assert record_order(store, ORDER) == RecordedOrder("5501", False, False, False)
    assert (Order.objects.values().get(), contents(Order.objects.get())) == before


@pytest.mark.django_db
def test_record_order_newer_version_replaces_lines_and_refunds():
    store = factories.make_store()
    record_order(store, ORDER)
    newer = replace(ORDER, updated_at=LATER, status="cancelled", lines=(LineData("23166", 1, 3335),), refunds=())
    assert record_order(store, newer) == RecordedOrder("5501", False, False, False)
    order = Order.objects.get()
    assert (order.status, order.updated_at) == ("cancelled", LATER)
    assert contents(order) == ([(0, "23166", 1, 3335, False, "")], [])


@pytest.mark.django_db
def test_record_order_older_version_is_stale_and_changes_nothing():
    store = factories.make_store()
    record_order(store, ORDER)
    before = (Order.objects.values().get(), contents(Order.objects.get()))
    older = replace(ORDER, updated_at=NOON - timedelta(seconds=1), status="cancelled", lines=(), visitor_id="v_2")
    assert record_order(store, older) == RecordedOrder("5501", False, True, False)
    assert (Order.objects.values().get(), contents(Order.objects.get())) == before


@pytest.mark.django_db
def test_record_order_newer_version_without_visitor_keeps_the_known_one():
    store = factories.make_store()
    record_order(store, ORDER)
    record_order(store, replace(ORDER, updated_at=LATER, visitor_id="", customer_id=""))
    order = Order.objects.get()
    assert (order.visitor_id, order.customer_id) == ("v_1", "c_1")


@pytest.mark.django_db
def test_record_order_visitor_exposed_in_this_store_is_matched():
    store = factories.make_store()
    factories.make_exposure(factories.make_experiment().variants.get(key="control"), visitor_id="v_1")
    assert not record_order(store, ORDER).is_visitor_matched
    factories.make_exposure(factories.make_experiment(store).variants.get(key="control"), visitor_id="v_1")
    assert record_order(store, ORDER).is_visitor_matched


@pytest.mark.django_db
def test_record_orders_versions_of_one_order_in_a_batch_leave_the_newest():
    store = factories.make_store()
    newer = replace(ORDER, updated_at=LATER, status="cancelled")
    other = replace(ORDER, external_id="5502")
    recorded = record_orders(store, [newer, ORDER, other], source="shopify")
    assert [(one.order_external_id, one.is_created, one.is_stale) for one in recorded] == [
        ("5501", True, False),
        ("5501", False, True),
        ("5502", True, False),
    ]
    assert set(Order.objects.values_list("external_id", "status", "source")) == {
        ("5501", "cancelled", "shopify"),
        ("5502", "paid", "shopify"),
    }


@pytest.mark.django_db
def test_record_orders_same_id_in_two_stores_are_two_orders():
    for store in (factories.make_store(), factories.make_store()):
        assert record_order(store, ORDER).is_created
    assert (Order.objects.count(), OrderLine.objects.count(), Refund.objects.count()) == (2, 4, 2)


@pytest.mark.django_db
def test_record_orders_any_number_takes_the_same_statements(django_assert_num_queries):
    store = factories.make_store(first_signed_at=NOON)
    for size in (1, 300):
        batch = [replace(ORDER, external_id=f"{size}-{number}", visitor_id=f"v_{number}") for number in range(size)]
        with django_assert_num_queries(19):
            record_orders(store, batch)
    assert Order.objects.count() == 301


@pytest.mark.django_db
def test_record_order_signed_replaces_an_unsigned_one_however_old():
    store = factories.make_store()
    claim_order(store, replace(ORDER, updated_at=LATER, total_minor=1), "v_1", at=LATER)
    assert record_order(store, replace(ORDER, visitor_id="")) == RecordedOrder("5501", False, False, False)
    order = Order.objects.get()
    assert (order.source, order.updated_at, order.total_minor) == ("api", NOON, 8050)
    assert record_order(store, replace(ORDER, updated_at=NOON - timedelta(hours=1))).is_stale


@pytest.mark.django_db
@pytest.mark.parametrize(("source", "is_first"), [("api", True), ("shopify", True), ("import", False)])
def test_record_order_by_the_shop_itself_is_remembered_and_browsers_count_no_more(source, is_first):
    store = factories.make_store()
    exposure = factories.make_exposure(factories.make_experiment(store).variants.get(key="control"), visitor_id="v_1")
    claim_order(store, replace(ORDER, external_id="made-up"), "v_1", at=NOON)
    record_order(store, replace(ORDER, visitor_id=""), source=source)
    record_order(store, replace(ORDER, updated_at=LATER, visitor_id=""), source=source)
    store.refresh_from_db()
    assert (store.first_signed_at is not None) is is_first
    jobs = ProcrastinateJob.objects.filter(task_name="experiments.tasks.recompute_outcomes")
    assert [job.args for job in jobs] == [{"store_id": store.pk}] * is_first
    outcomes.recompute_store(store.pk)
    exposure.refresh_from_db()
    assert exposure.orders == int(not is_first)


@pytest.mark.django_db
def test_record_orders_none_is_nothing():
    assert record_orders(factories.make_store(), []) == []


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("external_id", ""),
        ("external_id", "x" * 65),
        ("external_id", "nul\x00"),
        ("visitor_id", "\ud800"),
        ("customer_id", "x" * 65),
        ("currency", "eur"),
        ("currency", "EUR\n"),
        ("status", "shipped"),
        ("discount_minor", -1),
        ("total_minor", 10**12 + 1),
        ("placed_at", datetime(2026, 11, 2)),
        ("updated_at", datetime(2026, 11, 2)),
        ("placed_at", datetime.fromisoformat("0001-01-01T00:00:00+05:00")),
        ("updated_at", datetime.fromisoformat("9999-12-31T23:59:59-05:00")),
        ("lines", (LineData("tea", 1, 1),) * 1001),
        ("lines", (LineData("tea", 10**6, 5 * 10**5), LineData("refill", 10**6, -6 * 10**5))),
        ("lines", (LineData("gold", 10**6, 1, cost_minor=10**12),)),
    ],
)
def test_order_data_that_cannot_be_stored_is_refused_by_field(field, value):
    with pytest.raises(BadOrder) as refused:
        replace(ORDER, **{field: value})
    assert refused.value.field == field


@pytest.mark.parametrize(("field", "value"), [("quantity", 0), ("price_minor", 10**13), ("sku", "x" * 65)])
def test_line_data_that_cannot_be_stored_is_refused_by_field(field, value):
    with pytest.raises(BadOrder, match=field):
        replace(ORDER.lines[0], **{field: value})


@pytest.mark.parametrize(("field", "value"), [("amount_minor", -1), ("external_id", ""), ("at", datetime(2026, 11, 2))])
def test_refund_data_that_cannot_be_stored_is_refused_by_field(field, value):
    with pytest.raises(BadOrder, match=field):
        replace(ORDER.refunds[0], **{field: value})
