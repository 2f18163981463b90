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


def example(section: str, language: str) -> str:
    """The block of this language in a section."""
    text = PAGE.partition(f"\n## {section}\n")[2].partition("\n## ")[0]
    (body,) = re.findall(rf"^```{language}\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    return str(body)


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


def test_order_of_the_page_has_sums_that_add_up():
    (order,) = re.findall(r"-d '(\{.*?\n\})'", PAGE, re.DOTALL)
    body = json.loads(order)
    assert body["subtotal_minor"] == sum(line["price_minor"] * line["quantity"] for line in body["lines"])
    assert body["total_minor"] == body["subtotal_minor"] + body["shipping_minor"]
