"""A shop's plugin asks which orders didn't arrive."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from checkout_widgets.edge.missing import MAX_ORDERS, MissingAnswer
from experiments.models import Order, OrderStatus
from tests import factories
from tests.described import assert_is

PATH = "/v1/orders/missing"
SERVER = {"Authorization": "Bearer sk_shop_0123456789abcdef0123456789abcdef"}
AT = datetime(2026, 11, 29, 10, tzinfo=UTC)


@pytest.fixture
def ask(post, store):
    def ask(*orders, refresh=True):
        answer = post(PATH, {"orders": list(orders)}, refresh=refresh, **SERVER)
        assert answer.status_code == 200, answer.content
        assert_is(answer.json(), MissingAnswer)
        return {order["id"]: order["reason"] for order in answer.json()["missing"]}

    return ask


def of(id: str, *, later_s: int = 0, deleted: bool = False) -> dict[str, object]:
    return {"id": id, "updated_at": (AT + timedelta(seconds=later_s)).isoformat(), "deleted": deleted}


def test_unknown_and_older_orders_are_missing_and_others_are_not(ask, store):
    for id in ("known", "older", "newer"):
        factories.make_order(store, external_id=id, updated_at=AT)
    factories.make_order(factories.make_store(), external_id="theirs", updated_at=AT)
    factories.make_order(store, external_id="browser", updated_at=AT, source="snippet")
    found = ask(of("known"), of("older", later_s=1), of("newer", later_s=-1), of("theirs"), of("browser"))
    assert found == {"older": "older", "theirs": "unknown", "browser": "unknown"}


@pytest.mark.parametrize(
    ("fields", "is_deleted_in_shop", "reason"),
    [
        ({}, True, "not_deleted"),
        ({"status": OrderStatus.CANCELLED}, True, None),
        ({"deleted_at": AT}, True, None),
        ({"deleted_at": AT}, False, "not_restored"),
        ({"deleted_at": AT, "restored_at": AT + timedelta(1)}, False, None),
        ({"deleted_at": AT + timedelta(1), "restored_at": AT}, False, "not_restored"),
        ({"deleted_at": AT, "restored_at": AT + timedelta(1)}, True, "not_deleted"),
    ],
)
def test_deletions_and_restorations_are_missing_where_nobody_told(ask, store, fields, is_deleted_in_shop, reason):
    order = factories.make_order(store, external_id="1", updated_at=AT)
    Order.objects.filter(pk=order.pk).update(**fields)
    assert ask(of("1", deleted=is_deleted_in_shop)).get("1") == reason


def test_deleted_order_that_never_arrived_is_not_missing(ask):
    assert ask(of("1", deleted=True)) == {}


def test_order_whose_delivery_waits_for_the_worker_is_on_its_way(ask, store):
    connection = factories.make_connection(store, kind="woocommerce")
    connection.deliveries.create(topic="order.created", order_external_id="1", body=b"{}", received_at=timezone.now())
    assert ask(of("1"), of("2")) == {"2": "unknown"}


def test_comparison_takes_the_same_queries_for_many_orders(ask, store, django_assert_num_queries):
    for number in range(3):
        factories.make_order(store, external_id=str(number), updated_at=AT)
    ask(of("0"))
    with django_assert_num_queries(4):
        assert len(ask(*(of(str(number)) for number in range(MAX_ORDERS)), refresh=False)) == MAX_ORDERS - 3


def test_public_key_may_not_ask(post, store):
    assert post(PATH, {"key": "pk_shop", "orders": []}).status_code == 401
