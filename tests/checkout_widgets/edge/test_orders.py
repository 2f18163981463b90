"""``POST /v1/orders``: what is stored, and what is refused."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checkout_widgets import customer_news
from checkout_widgets.models import Product, TrialOrder
from experiments.customer_keys import guest_key
from experiments.models import Order, OrderLine, Refund, Rejection
from tests import factories
from tests.checkout_widgets.edge.conftest import iso
from tests.examples import examples

REFUND = {
    "external_id": "r1",
    "amount_minor": 990,
    "at": "2026-11-25T08:00:00Z",
    "lines": [{"sku": "23084", "quantity": 1}],
}


def test_orders_new_order_is_stored(store, send, order):
    response = send(order)
    assert response.status_code == 200
    assert response.json() == {"order": "5501", "created": True, "visitor_matched": False}
    stored = Order.objects.get()
    assert (stored.store, stored.external_id, stored.visitor_id, stored.source) == (store, "5501", "v_1", "api")
    assert (stored.subtotal_minor, stored.tax_minor, stored.shipping_minor, stored.total_minor) == (
        7660,
        1223,
        490,
        8150,
    )
    assert list(OrderLine.objects.values_list("sku", "quantity", "price_minor", "is_upsell")) == [
        ("23166", 2, 3335, False),
        ("23084", 1, 990, False),
    ]


def test_orders_line_keeps_its_cost_and_the_catalogue_says_it_for_others(store, send, order):
    factories.make_product(store, sku="23166", cost_minor=1200)
    factories.make_product(store, sku="23084", cost_minor=300)
    order["lines"][1]["cost_minor"] = 0
    assert send(order).status_code == 200
    assert list(OrderLine.objects.values_list("sku", "cost_minor")) == [("23166", 1200), ("23084", 0)]


def test_orders_negative_cost_is_refused(send, order):
    order["lines"][1]["cost_minor"] = -1
    response = send(order)
    assert (response.status_code, response.json()["error"]["field"]) == (400, "lines[1].cost_minor")


def test_orders_same_body_again_changes_nothing(send, order):
    send(order)
    assert send(order).json() == {"order": "5501", "created": False, "visitor_matched": False}
    assert Order.objects.count() == 1


def test_orders_older_version_is_stale(send, order):
    send(order)
    assert send(order | {"updated_at": iso(hours=-1), "total_minor": 1}).json()["stale"] is True
    assert Order.objects.get().total_minor == 8150


def test_orders_refunds_are_stored(send, order):
    assert send(order | {"refunds": [REFUND]}).status_code == 200
    stored = Refund.objects.get()
    assert (stored.external_id, stored.amount_minor) == ("r1", 990)
    assert stored.lines == [{"sku": "23084", "quantity": 1}]


def test_orders_of_two_stores_with_one_number_stay_apart(send, post, order):
    other = factories.make_store()
    send(order)
    assert post("/v1/orders", order, Authorization=f"Bearer {other.secret_key}").json()["created"] is True
    assert Order.objects.count() == 2


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"external_id": ""}, "external_id"),
        ({"external_id": 5501}, "external_id"),
        ({"external_id": "a\u0000"}, "external_id"),
        ({"visitor_id": "v\u0000"}, "visitor_id"),
        ({"customer_id": "\u0000"}, "customer_id"),
        ({"placed_at": "2026-11-22T10:00:00"}, "placed_at"),
        ({"updated_at": None}, "updated_at"),
        ({"currency": "eur"}, "currency"),
        ({"status": "shipped"}, "status"),
        ({"subtotal_minor": 76.6}, "subtotal_minor"),
        ({"total_minor": 10**20}, "total_minor"),
        ({"discount_minor": -1}, "discount_minor"),
        ({"lines": [{"sku": "a", "quantity": 1, "price_minor": 1, "discount_minor": -1}]}, "lines[0].discount_minor"),
        ({"lines": None}, "lines"),
        ({"lines": [{"sku": "a", "quantity": 0, "price_minor": 1}]}, "lines[0].quantity"),
        ({"lines": [{"sku": "a\u0000", "quantity": 1, "price_minor": 1}]}, "lines[0].sku"),
        (
            {"lines": [{"sku": "a", "quantity": 1, "price_minor": 1, "external_id": "\u0000"}]},
            "lines[0].external_id",
        ),
        ({"lines": [{"sku": "a", "quantity": 1}]}, "lines[0].price_minor"),
        ({"refunds": [REFUND | {"amount_minor": -1}]}, "refunds[0].amount_minor"),
        ({"refunds": [REFUND | {"external_id": "\u0000"}]}, "refunds[0].external_id"),
        ({"refunds": [REFUND | {"external_id": ""}]}, "refunds[0].external_id"),
        ({"refunds": [REFUND | {"at": "2026-11-25T08:00:00+16:00"}]}, "refunds[0].at"),
        ({"placed_at": "2026-11-25T08:00:00-16:00"}, "placed_at"),
        ({"updated_at": "2026-11-25T08:00:00+23:59"}, "updated_at"),
        ({"placed_at": "0001-01-01T00:00:00+15:00"}, "placed_at"),
        ({"refunds": [REFUND | {"lines": [{"sku": "\u0000", "quantity": 1}]}]}, "refunds[0].lines[0].sku"),
    ],
)
def test_orders_wrong_field_is_named(send, order, change, field):
    response = send(order | change)
    assert response.status_code == 400
    assert response.json()["error"]["code"] == "bad_field"
    assert response.json()["error"]["field"] == field
    assert not Order.objects.exists()


@pytest.mark.parametrize("offset", ["+15:59", "-15:59", "+14:00"])
def test_orders_offset_below_16_hours_is_taken(send, order, offset):
    assert send(order | {"placed_at": f"2026-11-22T10:02:00{offset}"}).status_code == 200
    hours, minutes = int(offset[:3]), int(offset[0] + offset[4:])
    expected = datetime(2026, 11, 22, 10, 2, tzinfo=UTC) - timedelta(hours=hours, minutes=minutes)
    assert Order.objects.get().placed_at == expected


def test_orders_query_count_does_not_grow_with_lines(send, order, django_assert_max_num_queries):
    with django_assert_max_num_queries(48):
        send(order | {"lines": order["lines"] * 200})
    assert OrderLine.objects.count() == 400
    assert not Product.objects.exists()


values = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=70) | st.datetimes().map(str)


names = ["external_id", "visitor_id", "placed_at", "updated_at", "currency", "subtotal_minor", "lines", "refunds"]


@pytest.mark.slow
@given(st.dictionaries(st.sampled_from(names), values | st.lists(values, max_size=2)) | st.binary(max_size=200))
@examples(150)
def test_orders_any_body_is_stored_or_refused_with_a_code(send, order, body):
    response = send(order | body if isinstance(body, dict) else body)
    assert response.status_code in {200, 400}
    if response.status_code == 400:
        assert response.json()["error"]["code"] in {"bad_json", "bad_field"}


def test_orders_pending_is_no_order_yet_and_the_answer_says_so(send, order):
    assert send(order | {"status": "pending"}).json()["counts"] is False
    assert "counts" not in send(order | {"status": "on_hold", "updated_at": iso(hours=1)}).json()
    assert Order.objects.get().status == "on_hold"


def test_orders_renewal_is_stored_with_its_first_order_and_counts_where_the_store_says_so(store, send, order):
    body = order | {"repeat_kind": "renewal", "first_external_id": "5000"}
    assert send(body).json()["counts"] is False
    stored = Order.objects.get()
    assert (stored.repeat_kind, stored.first_external_id) == ("renewal", "5000")
    type(store).objects.update(is_repeat_counted=True)
    assert "counts" not in send(body).json()


# 10.00 of goods, 1.90 of tax and 5.95 of shipping with its own in it: prices without tax, and prices with it
ON_TOP = {"subtotal_minor": 1000, "tax_minor": 285, "shipping_minor": 500, "total_minor": 1785}


INSIDE = {"subtotal_minor": 1190, "tax_minor": 285, "shipping_minor": 595, "total_minor": 1785}


@pytest.mark.parametrize(
    ("amounts", "refund", "goods"),
    [
        (ON_TOP, {"amount_minor": 1190}, 1000),
        (ON_TOP, {"amount_minor": 595}, 500),
        (ON_TOP, {"amount_minor": 500, "lines": [{"sku": "23084", "quantity": 1}]}, 500),
        (ON_TOP, {"amount_minor": 595, "shipping_minor": 595}, 0),
        (ON_TOP, {"amount_minor": 1785, "shipping_minor": 595, "tax_minor": 190}, 1000),
        (INSIDE, {"amount_minor": 1190}, 1190),
        (INSIDE, {"amount_minor": 1785, "shipping_minor": 595}, 1190),
        (ON_TOP, {"amount_minor": 10, "tax_minor": 99}, 0),
    ],
)
def test_orders_refund_of_an_amount_alone_takes_its_tax_out_where_prices_are_without(
    send, order, amounts, refund, goods
):
    lines = [{"sku": "23084", "quantity": 1, "price_minor": amounts["subtotal_minor"]}]
    sent = {"external_id": "r1", "at": "2026-11-25T08:00:00Z"} | refund
    assert send(order | amounts | {"lines": lines, "refunds": [sent]}).status_code == 200
    assert Refund.objects.get().amount_minor == goods


def test_orders_line_with_the_shops_own_id_is_stored_under_the_catalogues_name_with_its_cost(store, send, order):
    factories.make_product(store, sku="CAT-7", external_id="700", cost_minor=300)
    lines = [
        {"sku": "OLD-NAME", "external_id": "700", "quantity": 1, "price_minor": 990},
        {"sku": "", "external_id": "701", "quantity": 1, "price_minor": 990},
    ]
    assert send(order | {"lines": lines}).status_code == 200
    assert list(OrderLine.objects.values_list("sku", "cost_minor")) == [("CAT-7", 300), ("701", None)]


def test_orders_test_order_is_understood_and_never_stored(store, send, order):
    factories.make_product(store, sku="23166")
    response = send(order | {"test": True})
    answer = response.json()
    understood = answer.pop("understood")
    assert answer == {"order": "5501", "created": True, "visitor_matched": False, "counts": False, "test": True}
    assert (understood["goods_minor"], understood["total_minor"], understood["visitor_id"]) == (7660, 8150, "v_1")
    assert [(line["sku"], line["known"]) for line in understood["lines"]] == [("23166", True), ("23084", False)]
    assert (understood["would_count"], understood["reason"]) == (False, "not_exposed")
    assert not Order.objects.exists()
    assert TrialOrder.objects.get().understood == understood
    assert send(order).json()["created"]


def test_orders_rejected_token_of_a_test_order_is_not_counted(send, order):
    order["lines"][1]["acceptance_token"] = "forged"
    assert send(order | {"test": True}).json()["rejected"] == [{"index": 1, "code": "bad_token"}]
    assert not Rejection.objects.exists()


@pytest.fixture
def told(monkeypatch):
    """What is told of customers, in place of whoever keeps contacts."""
    told = []
    monkeypatch.setattr(customer_news, "receivers", [lambda store, news: told.append((store.pk, news))])
    return told


def test_orders_email_of_a_guest_is_hashed_and_handed_on_and_never_stored(store, send, order, told):
    order |= {"customer_id": None, "email": " Ada@Shop.example"}
    assert send(order).status_code == 200
    stored = Order.objects.get()
    assert stored.customer_key == guest_key(store.pk, "ada@shop.example")
    [(store_id, news)] = told
    assert (store_id, news.order_external_id, news.address) == (store.pk, "5501", "Ada@Shop.example")
    assert "ada" not in repr(news).lower()
    kept = Order.objects.values().get()
    assert not [value for value in kept.values() if "shop.example" in str(value)]


def test_orders_customer_id_goes_before_the_email(store, send, order, told):
    send(order | {"customer_id": "77", "email": "ada@shop.example"})
    assert Order.objects.get().customer_key == "i_77"
    assert told[0][1].customer_id == "77"


@pytest.mark.parametrize("email", ["", "n/a", "none@", "a b@shop.example", "x" * 250 + "@shop.example", None, 7, []])
def test_orders_email_that_is_none_costs_no_order_and_makes_no_customer(send, order, told, email):
    assert send(order | {"customer_id": None, "email": email}).status_code == 200
    assert Order.objects.get().customer_key == ""
    assert told[0][1].address == ""


def test_orders_test_order_tells_nobody_who_ordered(send, order, told):
    assert send(order | {"email": "ada@shop.example", "test": True}).status_code == 200
    assert told == []
