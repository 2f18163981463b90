"""``POST /v1/orders`` of visitors who were exposed, and accepted an offer."""

import jwt
import pytest

from checkout_widgets.models import Offer, OfferTier, Product
from experiments.models import Exposure, Order, OrderLine, Rejection
from tests import factories
from tests.checkout_widgets.edge.conftest import iso


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


@pytest.mark.slow
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


@pytest.mark.slow
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
