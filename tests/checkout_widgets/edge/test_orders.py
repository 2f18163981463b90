"""``POST /v1/orders``."""

from datetime import UTC, datetime, timedelta

import jwt
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from checkout_widgets.models import Offer, OfferTier, Product
from experiments.models import Exposure, Order, OrderLine, Refund, Rejection
from tests import factories

REFUND = {
    "external_id": "r1",
    "amount_minor": 990,
    "at": "2026-11-25T08:00:00Z",
    "lines": [{"sku": "23084", "quantity": 1}],
}


def iso(**delta: float) -> str:
    return (datetime.now(UTC) + timedelta(**delta)).isoformat()


@pytest.fixture
def order():
    at = iso()
    return {
        "external_id": "5501",
        "visitor_id": "v_1",
        "customer_id": None,
        "placed_at": at,
        "updated_at": at,
        "currency": "EUR",
        "status": "paid",
        "subtotal_minor": 7660,
        "discount_minor": 0,
        "tax_minor": 1223,
        "shipping_minor": 490,
        "total_minor": 8150,
        "lines": [
            {"sku": "23166", "quantity": 2, "price_minor": 3335},
            {"sku": "23084", "quantity": 1, "price_minor": 990},
        ],
        "refunds": [],
    }


@pytest.fixture
def send(store, post):
    def send(body):
        return post("/v1/orders", body, Authorization=f"Bearer {store.secret_key}")

    return send


@pytest.fixture
def accepted(post, visitor_in):
    """A visitor of the treatment who was exposed and accepted: (visitor id, order line)."""
    visitor_id, decision = visitor_in("treatment")
    token = decision["exposure_token"]
    event = {"id": "0193a1c2-7d1e-7cc1-9c5e-2f6b0d0e7a11", "type": "exposure", "at": iso(), "exposure_token": token}
    post("/v1/events", {"key": "pk_shop", "visitor_id": visitor_id, "events": [event]})
    body = {"key": "pk_shop", "visitor_id": visitor_id, "exposure_token": token, "idempotency_key": "a"}
    answer = post("/v1/accept", body).json()
    return visitor_id, answer["lines"][0] | {"acceptance_token": answer["acceptance_token"]}


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


def test_orders_exposed_visitors_order_becomes_their_outcome(send, order, accepted):
    visitor_id, line = accepted
    body = order | {"visitor_id": visitor_id, "lines": [order["lines"][0], line], "placed_at": iso()}
    assert send(body).json() == {"order": "5501", "created": True, "visitor_matched": True}
    exposure = Exposure.objects.get()
    assert (exposure.orders, exposure.revenue_minor, exposure.upsell_minor) == (1, 7660, 990)
    assert exposure.has_accepted
    upsell = OrderLine.objects.get(is_upsell=True)
    assert (upsell.sku, upsell.experiment_key) == (line["sku"], "cart-accessory")


def test_orders_without_visitor_are_not_theirs_who_accepted(send, order, accepted):
    """Only treated visitors can accept: to find their orders alone would look like a lift."""
    _, line = accepted
    assert send(order | {"visitor_id": None, "lines": [line]}).json()["visitor_matched"] is False
    assert (Order.objects.get().visitor_id, Exposure.objects.get().orders) == ("", 0)


def test_orders_that_name_only_the_customer_are_matched(store, send, order, accepted):
    visitor_id, _ = accepted
    send(order | {"visitor_id": visitor_id, "customer_id": "c"})
    other = order | {"external_id": "5502", "visitor_id": None, "customer_id": "c"}
    assert send(other).json() == {"order": "5502", "created": True, "visitor_matched": True}
    assert send(other | {"customer_id": "d", "external_id": "5503"}).json()["visitor_matched"] is False


def test_orders_line_keeps_its_discount_and_the_order_has_at_least_that(send, order, accepted):
    visitor_id, line = accepted
    lines = [order["lines"][0] | {"discount_minor": 100}, line | {"price_minor": 1200, "discount_minor": 210}]
    del order["discount_minor"]
    body = order | {"visitor_id": visitor_id, "lines": lines, "placed_at": iso()}
    assert "rejected" not in send(body).json()
    assert list(OrderLine.objects.values_list("discount_minor", "is_upsell")) == [(100, False), (210, True)]
    exposure = Exposure.objects.get()
    assert (exposure.revenue_minor, exposure.upsell_minor) == (2 * 3335 - 100 + 990, 990)
    refused = send(order | {"lines": lines, "discount_minor": 309}).json()["error"]
    assert (refused["code"], refused["field"]) == ("bad_field", "discount_minor")


def test_orders_acceptance_counts_after_it_has_expired(store, send, order, accepted):
    visitor_id, line = accepted
    claims = jwt.decode(line["acceptance_token"], options={"verify_signature": False})
    expired = jwt.encode(claims | {"exp": claims["iat"] - 60}, store.secret_key, "HS256")
    body = order | {"visitor_id": visitor_id, "lines": [line | {"acceptance_token": expired}]}
    assert "rejected" not in send(body).json()
    assert OrderLine.objects.get().is_upsell


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"acceptance_token": "nonsense"}, "bad_token"),
        ({"acceptance_token": jwt.encode({"sub": "v"}, "another-key-" * 4, "HS256")}, "bad_token"),
        ({"sku": "gold-bar"}, "wrong_product"),
        ({"price_minor": 1}, "wrong_price"),
    ],
)
def test_orders_acceptance_that_does_not_fit_costs_only_the_credit(send, order, accepted, change, code):
    visitor_id, line = accepted
    body = order | {"visitor_id": visitor_id, "lines": [order["lines"][0], line | change]}
    assert send(body).json() == {
        "order": "5501",
        "created": True,
        "visitor_matched": True,
        "rejected": [{"index": 1, "code": code}],
    }
    assert Order.objects.get().lines.count() == 2
    assert not OrderLine.objects.filter(is_upsell=True).exists()
    assert Rejection.objects.get(source="orders").code == code
    assert list(OrderLine.objects.order_by("position").values_list("refused_code", flat=True)) == ["", code]


@pytest.mark.parametrize(
    ("lines", "codes"),
    [
        ([(2, 900)], []),
        ([(3, 900)], ["wrong_quantity"]),
        ([(1, 900)], ["wrong_quantity"]),  # the price was for two
        ([(2, 990)], ["wrong_price"]),
    ],
)
def test_orders_tier_counts_as_many_as_were_accepted(send, post, order, visitor_in, lines, codes):
    OfferTier.objects.create(offer=Offer.objects.get(), quantity=2, price_minor=1800)
    visitor_id, decision = visitor_in("treatment")
    body = {"key": "pk_shop", "visitor_id": visitor_id, "exposure_token": decision["exposure_token"]}
    answer = post("/v1/accept", body | {"idempotency_key": "a", "quantity": 2}).json()
    accepted = {"sku": answer["lines"][0]["sku"], "acceptance_token": answer["acceptance_token"]}
    sent = [accepted | {"quantity": quantity, "price_minor": price} for quantity, price in lines]
    rejected = send(order | {"visitor_id": None, "lines": sent}).json().get("rejected", [])
    assert [rejection["code"] for rejection in rejected] == codes
    assert OrderLine.objects.filter(is_upsell=True).count() == len(lines) - len(codes)


@pytest.mark.parametrize(("quantity", "is_counted"), [(1, True), (2, False)])
def test_orders_more_than_was_accepted_does_not_count(send, order, accepted, quantity, is_counted):
    _, line = accepted
    send(order | {"visitor_id": None, "lines": [line | {"quantity": quantity}]})
    assert OrderLine.objects.get().is_upsell is is_counted


def test_orders_tier_in_two_lines_of_its_prices_counts(send, post, order, visitor_in):
    OfferTier.objects.create(offer=Offer.objects.get(), quantity=2, price_minor=1801)
    visitor_id, decision = visitor_in("treatment")
    body = {"key": "pk_shop", "visitor_id": visitor_id, "exposure_token": decision["exposure_token"]}
    answer = post("/v1/accept", body | {"idempotency_key": "a", "quantity": 2}).json()
    assert [(line["quantity"], line["price_minor"]) for line in answer["lines"]] == [(1, 901), (1, 900)]
    lines = [line | {"acceptance_token": answer["acceptance_token"]} for line in answer["lines"]]
    send(order | {"visitor_id": None, "lines": lines})
    assert OrderLine.objects.filter(is_upsell=True).count() == 2


def test_orders_acceptance_of_another_visitor_does_not_count(send, order, accepted):
    body = order | {"visitor_id": "v_somebody_else", "lines": [accepted[1]]}
    assert send(body).json()["rejected"] == [{"index": 0, "code": "wrong_visitor"}]


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
    with django_assert_max_num_queries(40):
        send(order | {"lines": order["lines"] * 200})
    assert OrderLine.objects.count() == 400
    assert not Product.objects.exists()


values = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=70) | st.datetimes().map(str)
names = ["external_id", "visitor_id", "placed_at", "updated_at", "currency", "subtotal_minor", "lines", "refunds"]


@given(st.dictionaries(st.sampled_from(names), values | st.lists(values, max_size=2)) | st.binary(max_size=200))
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
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


def test_orders_acceptance_in_a_second_order_is_refused_and_the_order_kept(send, order, accepted):
    visitor_id, line = accepted
    body = order | {"visitor_id": visitor_id, "placed_at": iso(minutes=1), "lines": [order["lines"][0], line]}
    assert "rejected" not in send(body).json()
    second = send(body | {"external_id": "5502", "placed_at": iso(minutes=2)}).json()
    assert second["rejected"] == [{"index": 1, "code": "already_used"}]
    assert Rejection.objects.get(source="orders").code == "already_used"
    assert list(OrderLine.objects.filter(is_upsell=True).values_list("order__external_id", flat=True)) == ["5501"]
    assert Exposure.objects.get(visitor_id=visitor_id).upsell_minor == line["price_minor"]


def test_orders_acceptance_in_two_lines_counts_once(send, order, accepted):
    visitor_id, line = accepted
    answer = send(order | {"visitor_id": visitor_id, "lines": [line, line]}).json()
    assert answer["rejected"] == [{"index": 1, "code": "wrong_quantity"}]


@pytest.mark.parametrize(
    ("external_id", "sku", "code"),
    [
        ("77", "", ""),
        ("77", "OLD-NAME", ""),  # which the catalogue doesn't know
        ("77", "23166", "wrong_product"),  # which is another product of it
        ("78", None, "wrong_product"),
        ("", "OLD-NAME", "wrong_product"),
    ],
)
def test_orders_product_is_known_by_the_shops_own_id(store, send, post, order, visitor_in, external_id, sku, code):
    product = Product.objects.get(offer_items__isnull=False)
    Product.objects.filter(pk=product.pk).update(external_id="77")
    factories.make_product(store, sku="23166")
    visitor_id, decision = visitor_in("treatment")
    body = {"key": "pk_shop", "visitor_id": visitor_id, "exposure_token": decision["exposure_token"]}
    answer = post("/v1/accept", body | {"idempotency_key": "a"}).json()
    line = {"quantity": 1, "price_minor": answer["total_minor"], "acceptance_token": answer["acceptance_token"]}
    line |= {"sku": product.sku if sku is None else sku, "external_id": external_id}
    rejected = send(order | {"visitor_id": visitor_id, "lines": [line]}).json().get("rejected", [])
    assert [one["code"] for one in rejected] == ([code] if code else [])
    if not code:
        assert OrderLine.objects.get().sku == product.sku


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
