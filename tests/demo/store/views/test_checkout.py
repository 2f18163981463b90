"""Shipping, payment, confirmation, and the order that Offerlift is told."""

import json
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest
from django.test import Client

from demo.store.forms import CARD, SHOPPER
from tests.demo.store.accepting import accept, acceptance
from tests.demo.store.conftest import add

pytestmark = pytest.mark.django_db


class OrdersApi(HTTPServer):
    """Takes orders on loopback and remembers them; ``status`` is what it answers."""

    status = 200

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), OrdersApiHandler)
        self.received: list[tuple[str, str | None, dict[str, Any]]] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class OrdersApiHandler(BaseHTTPRequestHandler):
    server: OrdersApi

    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.received.append((self.path, self.headers["Authorization"], body))
        self.send_response(self.server.status)
        self.end_headers()

    def log_message(self, *args):
        pass


@pytest.fixture
def api(settings):
    with OrdersApi() as server:
        settings.DEMO_STORE_API_URL = server.url + "/"
        thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def pay(shopper: Client, **fields: str) -> Any:
    shopper.post("/demo/shipping/", SHOPPER)
    return shopper.post("/demo/payment/", CARD | {"visitor_id": "v_1"} | fields)


def test_invoice_needs_no_card(shopper, store, api):
    add(shopper, "22423")
    assert pay(shopper, number="", expiry="soon").status_code == 200
    response = pay(shopper, method="invoice", number="", expiry="soon", holder="", security_code="")
    assert response.status_code == 302
    assert len(api.received) == 1
    add(shopper, "22423")
    assert pay(shopper, method="barter").status_code == 200


def test_confirmation_has_an_offer_and_tells_of_the_order(shopper, store, api):
    add(shopper, "22423", 2)
    page = shopper.get(pay(shopper).url)
    assert page.context["snippet_page"]["moments"] == ["confirmation"]
    assert page.context["snippet_page"]["cart"]["total_minor"] == 2550
    assert page.context["snippet_page"]["cart"]["items"][0]["sku"] == "22423"
    number = page.context["order"]["external_id"]
    assert page.context["conversion"] == {
        "id": number,
        "currency": "GBP",
        "total_minor": 2945,
        "lines": [{"sku": "22423", "quantity": 2, "price_minor": 1275}],
        "acceptance_tokens": [],
    }
    assert f'data-accept-url="/demo/orders/{number}/accept/"' in page.content.decode()


def test_offer_accepted_after_the_order_is_added_once_and_told(shopper, store, api):
    add(shopper, "22423", 2)
    url = pay(shopper).url
    token = acceptance(store)
    for _ in range(2):
        response = shopper.post(f"{url}accept/", {"acceptance_token": token}, content_type="application/json")
        assert response.json()["total_minor"] == 2945 + 70
        assert response.json()["said"] == "Red Retrospot Cup added for £0.70. Your new total is £30.15."
    assert len(api.received) == 2
    before, after = (body for _, _, body in api.received)
    assert after["external_id"] == before["external_id"]
    assert after["updated_at"] > before["updated_at"]
    assert after["lines"][1:] == [{"sku": "21238", "quantity": 1, "price_minor": 70, "acceptance_token": token}]
    assert (after["subtotal_minor"], after["total_minor"], after["tax_minor"]) == (2620, 3015, 502)
    page = shopper.get(url)
    assert "Red Retrospot Cup" in page.content.decode()
    assert page.context["snippet_page"]["moments"] == []  # one offer is enough


def test_offer_taken_back_after_the_order_is_told_without_its_token(shopper, store, api):
    add(shopper, "22423", 2)
    earlier = acceptance(store, jti="before")
    accept(shopper, earlier)
    url = pay(shopper).url
    token = acceptance(store)
    shopper.post(f"{url}accept/", {"acceptance_token": token}, content_type="application/json")
    for said in ("Red Retrospot Cup removed. Your new total is £30.15.", ""):
        answer = shopper.post(f"{url}undo/", {"acceptance_token": token}, content_type="application/json")
        assert answer.json() == {"total_minor": 3015, "summary": {"total": "£30.15"}, "said": said}
    assert len(api.received) == 3
    placed, _, now = (body for _, _, body in api.received)
    assert now["lines"] == placed["lines"]
    assert token not in json.dumps(now)
    assert (now["subtotal_minor"], now["total_minor"], now["tax_minor"]) == (2620, 3015, 502)
    shopper.post(f"{url}undo/", {"acceptance_token": earlier}, content_type="application/json")
    assert len(api.received) == 3  # what was paid with the order stays
    assert shopper.get(url).context["snippet_page"]["moments"] == ["confirmation"]


def test_payment_and_delivery_list_what_is_in_the_cart(shopper, store):
    add(shopper, "22423", 2)
    accept(shopper, acceptance(store))
    shopper.post("/demo/shipping/", SHOPPER)
    for path in ("shipping", "payment"):
        page = shopper.get(f"/demo/{path}/").text
        assert "2 × Regency Cakestand" in page  # noqa: RUF001
        assert "£25.50" in page
        assert "1 × Red Retrospot Cup" in page  # noqa: RUF001


@pytest.mark.parametrize("body", [{}, {"acceptance_token": "forged"}, []])
def test_forged_acceptance_changes_no_placed_order(shopper, store, api, body):
    add(shopper, "22423")
    url = pay(shopper).url
    response = shopper.post(f"{url}accept/", body, content_type="application/json")
    assert (response.status_code, response.json()["error"]["code"]) == (400, "bad_acceptance")
    assert len(api.received) == 1


def test_order_of_somebody_else_takes_no_offer(shopper, store, api):
    add(shopper, "22423")
    url = pay(shopper).url
    body = {"acceptance_token": acceptance(store)}
    assert Client().post(f"{url}accept/", body, content_type="application/json").status_code == 404


def test_checkout_sends_the_order_with_the_secret_key(shopper, store, api):
    add(shopper, "22423", 2)
    token = acceptance(store)
    accept(shopper, token)
    response = pay(shopper)
    ((path, authorization, body),) = api.received
    assert (path, authorization) == ("/v1/orders", f"Bearer {store.secret_key}")
    assert response.url == f"/demo/orders/{body['external_id']}/"
    assert body["lines"] == [
        {"sku": "22423", "quantity": 2, "price_minor": 1275},
        {"sku": "21238", "quantity": 1, "price_minor": 70, "acceptance_token": token},
    ]
    money = {name: value for name, value in body.items() if name.endswith("_minor")}
    assert money == {  # 25.50 + 0.70, delivery 3.95, a sixth of 30.15 is VAT
        "subtotal_minor": 2620,
        "discount_minor": 0,
        "shipping_minor": 395,
        "tax_minor": 502,
        "total_minor": 3015,
    }
    assert (body["visitor_id"], body["currency"], body["status"]) == ("v_1", "GBP", "paid")


def test_checkout_shows_the_order_and_empties_the_cart(shopper, api):
    add(shopper, "22423", 4)
    page = shopper.get(pay(shopper).url)
    assert "£51.00" in page.text
    assert "Free" in page.text  # delivery, from 50 pounds
    assert page.context["cart"].count == 0
    assert page.context["snippet_page"]["visitor"] == {"customer_type": "returning", "orders": 1}
    assert len(api.received) == 1


def test_checkout_express_delivery_costs_more(shopper, api):
    add(shopper, "22423", 4)
    shopper.post("/demo/shipping/", SHOPPER | {"delivery": "express"})
    shopper.post("/demo/payment/", CARD)
    assert api.received[0][2]["shipping_minor"] == 695


@pytest.mark.parametrize("visitor_id", ["", "<script>", "v" * 65, "v 1"])
def test_checkout_without_a_good_visitor_id_still_takes_the_order(shopper, api, visitor_id):
    add(shopper, "22423")
    assert pay(shopper, visitor_id=visitor_id).status_code == 302
    assert api.received[0][2]["visitor_id"] is None


@pytest.mark.slow
def test_an_order_that_could_not_be_delivered_is_sent_again_from_the_confirmation(shopper, api, caplog):
    api.status = 503
    add(shopper, "22423")
    url = pay(shopper).url
    assert "was not delivered" in caplog.text
    api.status = 200
    for _ in range(2):
        assert shopper.get(url).status_code == 200
    first, second = (body for _, _, body in api.received)
    assert first == second


def test_an_order_without_a_server_keeps_the_confirmation_fine_and_the_key_secret(shopper, store, settings, caplog):
    settings.DEMO_STORE_API_URL = "http://127.0.0.1:9"
    add(shopper, "22423")
    assert shopper.get(pay(shopper).url).status_code == 200
    assert store.secret_key not in caplog.text


def test_the_secret_key_goes_to_known_addresses_alone(shopper, store, caplog, settings):
    settings.ALLOWED_HOSTS = ["*"]
    add(shopper, "22423")
    shopper.post("/demo/shipping/", SHOPPER)
    shopper.post("/demo/payment/", CARD, headers={"Host": "evil.example"})
    assert "was not delivered to http://127.0.0.1:9:" in caplog.text


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("number", "1234", "16 digits"),
        ("number", "4000 0000 0000 0002", "declined"),
        ("expiry", "13/30", "12/30"),
        ("security_code", "x", "3 or 4 digits"),
        ("holder", "", "required"),
    ],
)
def test_payment_with_a_bad_card_takes_nothing_and_says_why(shopper, api, field, value, message):
    add(shopper, "22423")
    response = pay(shopper, **{field: value})
    assert response.status_code == 200
    assert message in response.text
    assert api.received == []


def test_payment_error_asks_the_snippet_for_silence(shopper, api):
    add(shopper, "22423")
    assert 'data-friction="payment_error"' in pay(shopper, number="4000000000000002").text
    assert "data-friction" not in pay(shopper, number="1234").text


def test_shipping_with_a_missing_field_says_so(shopper):
    add(shopper, "22423")
    response = shopper.post("/demo/shipping/", SHOPPER | {"email": "nonsense", "delivery": "pigeon"})
    assert "valid email" in response.text
    assert "This choice isn&#x27;t available." in response.text


@pytest.mark.parametrize("path", ["/demo/shipping/", "/demo/payment/"])
def test_checkout_of_an_empty_cart_goes_back_to_it(shopper, path):
    assert shopper.get(path).url == "/demo/cart/"


def test_payment_before_shipping_goes_there(shopper):
    add(shopper, "22423")
    assert shopper.get("/demo/payment/").url == "/demo/shipping/"


def test_an_order_of_another_shopper_is_not_found(shopper, api, client):
    add(shopper, "22423")
    assert client.get(pay(shopper).url).status_code == 404
