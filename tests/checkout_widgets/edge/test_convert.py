"""``POST /v1/convert``."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checkout_widgets.edge import call
from checkout_widgets.edge.rate import RateLimit
from experiments.accounting import outcomes
from experiments.accounting.order_data import LineData, OrderData
from experiments.accounting.orders import record_order
from experiments.models import Exposure, Order, OrderClaim, OrderLine, Rejection, Store
from tests import factories
from tests.checkout_widgets.edge.conftest import SHOP
from tests.examples import examples

ORDER = {"id": "5501", "currency": "EUR", "total_minor": 8150}


def body(visitor_id: str = "v_1", **order: Any) -> dict[str, Any]:
    return {
        "key": "pk_shop",
        "visitor_id": visitor_id,
        "sent_at": datetime.now(UTC).isoformat(),
        "order": ORDER | order,
    }


@pytest.fixture
def send(store, post):
    def send(*args, **order):
        return post("/v1/convert", body(*args, **order), Origin=SHOP)

    return send


@pytest.fixture
def exposure(experiment) -> Exposure:
    at = datetime.now(UTC) - timedelta(minutes=5)
    return factories.make_exposure(experiment.variants.get(key="control"), visitor_id="v_1", exposed_at=at)


def signed(store: Store, **fields: Any) -> None:
    """The shop itself sends the order, which names nobody."""
    at = datetime.now(UTC) - timedelta(minutes=1)
    defaults: dict[str, Any] = {"lines": (LineData("tea", 1, 7000),), "subtotal_minor": 7000, "total_minor": 8150}
    record_order(store, OrderData("5501", at, at, "EUR", **defaults | fields), source="shopify")


def outcome(exposure: Exposure) -> tuple[int, int]:
    exposure.refresh_from_db()
    return exposure.orders, exposure.revenue_minor


def test_convert_new_order_is_stored_unsigned_and_counts_while_there_is_no_other_source(send, exposure):
    response = send()
    assert response.status_code == 200
    assert response.json() == {"order": "5501", "recorded": True}
    assert response["Access-Control-Allow-Origin"] == SHOP
    order = Order.objects.get()
    assert (order.source, order.total_minor, order.visitor_id, order.linked_visitor_id) == ("snippet", 8150, "", "v_1")
    assert outcome(exposure) == (1, 8150)


def test_convert_id_may_be_a_number(send):
    assert send(id=5501).json() == {"order": "5501", "recorded": True}
    assert send().json()["recorded"] is False


def test_convert_again_changes_nothing(send, exposure):
    send()
    before = Order.objects.values().get(), OrderClaim.objects.values().get()
    assert send(total_minor=9).json() == {"order": "5501", "recorded": False}
    assert (Order.objects.values().get(), OrderClaim.objects.values().get()) == before
    assert outcome(exposure) == (1, 8150)


@pytest.mark.parametrize("is_first", [True, False])
def test_convert_and_signed_order_meet_whichever_comes_first(store, send, exposure, is_first):
    if is_first:
        send()
    signed(store)
    if not is_first:
        assert send().json()["recorded"] is False
    order = Order.objects.get()
    assert (order.source, order.linked_visitor_id) == ("shopify", "v_1")
    assert outcome(exposure) == (1, 7000)


@pytest.mark.parametrize("is_first", [True, False])
def test_convert_that_does_not_know_the_total_gets_nothing(store, send, exposure, is_first):
    if is_first:
        send(total_minor=8151)
    signed(store)
    send(total_minor=8151)
    assert Order.objects.get().linked_visitor_id == ""
    assert outcome(exposure) == (0, 0)
    send("v_2")
    assert Order.objects.get().linked_visitor_id == "v_2", "a forged claim is not in the way of a true one"


def test_convert_link_stays_when_the_order_grows(store, send, exposure):
    send()
    signed(store)
    signed(store, total_minor=9000, lines=(LineData("tea", 1, 7850),))
    assert outcome(exposure) == (1, 7850)


def test_convert_never_takes_an_order_from_whom_it_names(store, send, exposure):
    signed(store, visitor_id="v_other")
    send()
    assert Order.objects.get().linked_visitor_id == ""
    assert outcome(exposure) == (0, 0)


def test_convert_total_may_be_what_the_shopper_saw(store, send, exposure):
    signed(store, presentment_currency="USD", presentment_total_minor=9000)
    send(currency="USD", total_minor=9000)
    assert outcome(exposure) == (1, 7000)


@pytest.mark.slow
def test_convert_made_up_orders_do_not_count_where_the_shop_sends_its_own(store, send, exposure):
    signed(store, visitor_id="v_other")
    for number in range(20):
        send(id=f"made-up-{number}", total_minor=10**9)
    assert outcome(exposure) == (0, 0)
    assert Order.objects.filter(source="snippet").count() == 20, "they stay in sight"


@pytest.mark.parametrize(("choice", "orders"), [("always", 1), ("never", 0), ("until_signed", 0)])
def test_convert_counts_as_the_store_chooses(store, send, exposure, choice, orders):
    at = exposure.exposed_at
    record_order(store, OrderData("1", at, at, "EUR", (), 0, 0, visitor_id="v_other"))
    Store.objects.update(unsigned_orders=choice)
    send()
    assert outcome(exposure)[0] == orders
    outcomes.recompute_store(store.pk)
    assert outcome(exposure)[0] == orders


@pytest.fixture
def accepted(post, visitor_in):
    """A visitor of the treatment who accepted the offer at 9.90: (visitor id, line, token)."""
    visitor_id, decision = visitor_in("treatment")
    token = decision["exposure_token"]
    answer = post(
        "/v1/accept", {"key": "pk_shop", "visitor_id": visitor_id, "exposure_token": token, "idempotency_key": "a"}
    ).json()
    return visitor_id, answer["lines"][0], answer["acceptance_token"]


def lines() -> list[tuple[str, int, int, str]]:
    return list(
        OrderLine.objects.order_by("order_id", "position").values_list(
            "sku", "quantity", "price_minor", "experiment_key"
        )
    )


@pytest.mark.slow
def test_convert_accepted_offer_and_the_rest_of_the_total(send, accepted):
    visitor_id, line, token = accepted
    send(visitor_id, acceptance_tokens=[token, token, "forged"])
    assert lines() == [("", 1, 8150 - 990, ""), (line["sku"], 1, 990, "cart-accessory")]
    assert list(Rejection.objects.values_list("source", "code", "count")) == [("convert", "bad_token", 1)]


def test_convert_accepted_line_counts_at_its_price(send, accepted):
    visitor_id, line, token = accepted
    send(visitor_id, lines=[line, {"sku": "tea", "quantity": 2, "price_minor": 400}], acceptance_tokens=[token])
    assert lines() == [(line["sku"], 1, 990, "cart-accessory"), ("tea", 2, 400, "")]
    send(visitor_id, id="5502", lines=[line | {"price_minor": 991}], acceptance_tokens=[token])
    assert lines()[2:] == [(line["sku"], 1, 991, "")]


def test_convert_token_of_another_visitor_or_dearer_than_the_order_does_not_count(send, accepted):
    visitor_id, _, token = accepted
    send("v_somebody_else", acceptance_tokens=[token])
    send(visitor_id, id="5502", total_minor=5, acceptance_tokens=[token])
    assert lines() == [("", 1, 8150, ""), ("", 1, 5, "")]
    assert Rejection.objects.get().code == "wrong_visitor"


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"id": ""}, "order.id"),
        ({"id": "a\u0000"}, "order.id"),
        ({"id": 55.01}, "order.id"),
        ({"currency": "eur"}, "order.currency"),
        ({"total_minor": -1}, "order.total_minor"),
        ({"lines": [{"sku": "a\u0000", "quantity": 1, "price_minor": 1}]}, "order.lines[0].sku"),
        ({"lines": [{"sku": "a", "quantity": 10**6, "price_minor": 10**12}]}, "order.subtotal_minor"),
    ],
)
def test_convert_wrong_field_is_named(send, change, field):
    response = send(**change)
    assert (response.status_code, response.json()["error"]["field"]) == (400, field)
    assert not Order.objects.exists()


def test_convert_is_for_the_stores_own_pages_and_not_too_often(store, post, monkeypatch):
    assert post("/v1/convert", body(), Origin="https://evil.example").status_code == 403
    assert post("/v1/convert", body() | {"key": "pk_nobody"}).status_code == 401
    monkeypatch.setattr(call, "rate_limit", RateLimit(2))
    assert [post("/v1/convert", body()).status_code for _ in range(3)] == [200, 200, 429]


def test_convert_of_two_stores_with_one_number_stay_apart(send, post):
    factories.make_store(site_key="pk_other")
    send()
    assert post("/v1/convert", body() | {"key": "pk_other"}).json()["recorded"] is True


values = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=70)
names = ["id", "currency", "total_minor", "lines", "acceptance_tokens"]


@pytest.mark.slow
@given(st.dictionaries(st.sampled_from(names), values | st.lists(values, max_size=2)) | st.binary(max_size=200))
@examples(150)
def test_convert_any_body_is_stored_or_refused_with_a_code(send, post, change):
    response = send(**change) if isinstance(change, dict) else post("/v1/convert", change)
    assert response.status_code in {200, 400}
    if response.status_code == 400:
        assert response.json()["error"]["code"] in {"bad_json", "bad_field"}
