"""What docs/any-other-shop.md tells a developer to copy for a server is run here, word for word but for the keys."""

import json
import re
import shlex
import sys
import urllib.request
from collections.abc import Iterator
from datetime import timedelta
from email.message import Message
from io import BytesIO
from pathlib import Path
from types import ModuleType
from typing import Any
from urllib.error import HTTPError

import pytest
from django.test import Client
from django.utils import timezone

from checkout_widgets.edge import live_configuration
from checkout_widgets.edge.tokens import sign_acceptance
from checkout_widgets.models import TrialOrder
from experiments.models import Order, OrderStatus, Refund
from tests import factories
from tests.fake_edges import fake_edge_module

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "any-other-shop.md").read_text()
KEY = "sk_shop_0123456789abcdef0123456789abcdef"


def example(section: str, language: str, number: int = 0) -> str:
    """A block of this language in a section, the first unless another one is said."""
    text = PAGE.partition(f"\n## {section}\n")[2].partition("\n## ")[0]
    blocks = re.findall(rf"^```{language}\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    return str(blocks[number])


def run(name: str, code: str) -> ModuleType:
    """Run an example as a module that the others can import."""
    module = ModuleType(name)
    sys.modules[name] = module
    exec(compile(code, name, "exec"), module.__dict__)
    return module


@pytest.fixture
def offerlift() -> Iterator[Any]:
    """The module of step 4."""
    yield run("offerlift", example("4. Accepted offers", "python"))
    del sys.modules["offerlift"]


@pytest.fixture
def edge(offerlift: Any, client: Client, monkeypatch: pytest.MonkeyPatch, db: None) -> Any:
    """A store of the real edge, which the module calls."""
    store = factories.make_store(slug="shop", secret_key=KEY, currency="EUR")

    def urlopen(request: urllib.request.Request, timeout: float) -> BytesIO:
        live_configuration.refresh()
        path = request.full_url.removeprefix("https://offers.example")
        answer = client.post(path, request.data, "text/plain", headers=dict(request.header_items()))
        if answer.status_code != 200:
            raise HTTPError(path, answer.status_code, answer.content.decode(), Message(), None)
        return BytesIO(answer.content)

    monkeypatch.setattr("urllib.request.urlopen", urlopen)
    offerlift.SECRET_KEY = KEY
    return store


def test_order_is_sent_refunded_and_cancelled(offerlift, edge):
    order = run("sent", example("6. The order", "python")).order
    stored = Order.objects.get()
    assert (stored.external_id, stored.visitor_id, stored.total_minor) == ("5501", "v_8f14e45fceea167a", 8150)
    # The example's token is cut short, so that nobody takes it for a real one.
    assert [line.refused_code for line in stored.lines.all()] == ["", "bad_token"]
    later = run("refunds", example("7. Refunds and cancellations", "python"))
    later.refund(order, "r1", 990, [{"sku": "23084", "quantity": 1}])
    assert Refund.objects.get().amount_minor == 990
    later.cancel(order)
    stored.refresh_from_db()
    assert stored.status == OrderStatus.CANCELLED


def test_accepted_offer_is_redeemed_once_a_cart(offerlift, edge):
    experiment = factories.make_live_experiment(edge)
    variant = experiment.variants.get(key="treatment")
    until = timezone.now() + timedelta(minutes=30)
    acceptance = factories.make_acceptance(variant.widget.offer, experiment, visitor_id="v_1", expires_at=until)
    token = sign_acceptance(live_configuration.refresh().by_site_key[edge.site_key], acceptance)
    lines = offerlift.accepted_offer(token, "cart-7")["lines"]
    assert lines == offerlift.accepted_offer(token, "cart-7")["lines"]
    with pytest.raises(HTTPError, match="409"):
        offerlift.accepted_offer(token, "cart-8")


def test_test_order_is_understood_as_documented(edge, client):
    live_configuration.refresh()
    command, address, *rest = shlex.split(example("9. Send a test order", "sh"))
    options = dict(zip(rest[::2], rest[1::2], strict=True))
    name, _, value = options["-H"].partition(": ")
    headers = {name: value.replace("$OFFERLIFT_SECRET_KEY", KEY)}
    path = address.removeprefix("https://offers.example")
    answer = client.post(path, options["-d"], "text/plain", headers=headers).json()
    assert command == "curl"
    assert (answer["test"], answer["counts"], answer["understood"]["total_minor"]) == (True, False, 7160)
    assert answer["understood"]["reason"] == "not_exposed"
    assert TrialOrder.objects.get().sent_at <= timezone.now()
    assert not Order.objects.exists()


def test_test_with_a_fake_edge_passes_as_documented(offerlift):
    fake_edge_module()  # what a developer has copied beside the tests
    tests = run("test_shop", example("8. Test it without Offerlift", "python"))
    tests.test_accepted_offer_is_in_the_order()


@pytest.fixture
def fake_edge(offerlift: Any) -> Iterator[Any]:
    """The fake edge of step 8, which the module calls."""
    with fake_edge_module().FakeEdge(secret_key=KEY) as edge:
        offerlift.EDGE, offerlift.SECRET_KEY = edge.url, KEY
        yield edge


BOOTS = {"sku": "23166", "quantity": 2, "price_minor": 3335}


def accepted(offerlift: Any, edge: Any, **changes: Any) -> str:
    """The token of an offer that a shopper accepted; ``changes`` are what it says else."""
    body = {"visitor_id": "v_1", "exposure_token": "fake", "idempotency_key": "one"}
    token = offerlift.call("/v1/accept", body)["acceptance_token"]
    return str(edge.sign({**edge.verified(token), **changes}))


def test_accepted_offer_comes_into_the_cart_once_at_its_price(offerlift, fake_edge):
    cart: dict[str, Any] = {"id": "cart-7", "lines": [dict(BOOTS)]}
    token = accepted(offerlift, fake_edge)
    shop = run("shop_cart", example("4. Accepted offers", "python", 1))
    shop.add_accepted_offer(cart, token)
    shop.add_accepted_offer(cart, token)
    balm = {"sku": "23084", "quantity": 1, "price_minor": 990, "acceptance_token": token}
    assert cart["lines"] == [BOOTS, balm]


def test_upgrade_takes_the_place_of_as_many_units(offerlift, fake_edge):
    cart: dict[str, Any] = {"id": "cart-7", "lines": [dict(BOOTS)]}
    shop = run("shop_cart", example("4. Accepted offers", "python", 1))
    shop.add_accepted_offer(cart, accepted(offerlift, fake_edge, replaces={"sku": "23166"}))
    assert [(line["sku"], line["quantity"]) for line in cart["lines"]] == [("23166", 1), ("23084", 1)]


def test_cart_stays_as_it_was_where_the_token_is_none(offerlift, fake_edge):
    cart: dict[str, Any] = {"id": "cart-7", "lines": [dict(BOOTS)]}
    shop = run("shop_cart", example("4. Accepted offers", "python", 1))
    with pytest.raises(HTTPError, match="401"):
        shop.add_accepted_offer(cart, "x.y.z")
    assert cart["lines"] == [BOOTS]


@pytest.mark.parametrize("visitor_id", ["", None])
def test_order_of_a_shopper_who_has_not_agreed_is_taken(offerlift, edge, visitor_id):
    order = run("sent", example("6. The order", "python")).order
    receipt = offerlift.send_order({**order, "external_id": "5502", "visitor_id": visitor_id})
    assert (receipt["created"], receipt["visitor_matched"]) == (True, False)


def test_page_posts_json_as_frameworks_expect_it():
    page = example("1. Load the snippet", "html")
    assert "{'Content-Type': 'application/json'}" in page
    assert "{method: 'POST', headers, body: JSON.stringify({acceptance_token})}" in page


def test_order_of_the_page_has_sums_that_add_up():
    (order,) = re.findall(r"-d '(\{.*?\n\})'", PAGE, re.DOTALL)
    body = json.loads(order)
    assert body["subtotal_minor"] == sum(line["price_minor"] * line["quantity"] for line in body["lines"])
    assert body["total_minor"] == body["subtotal_minor"] + body["shipping_minor"]
