"""What a real WooCommerce delivered, and what must be made of it: alone, doubled, and in every order that can be.

The recording and the arithmetic behind each right value: ``tests/data/payloads/woocommerce_recorded.md``.
"""

import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import permutations
from typing import Any
from unittest.mock import patch

import jwt
import pytest

from checkout_widgets.edge import live_configuration
from checkout_widgets.models import Connection, ConnectionKind, Delivery
from checkout_widgets.webhooks import queueing
from checkout_widgets.webhooks.deliveries import process
from experiments.accounting.rebuild import rebuild
from experiments.models import Experiment, Exposure, Order, Store
from tests import factories
from tests.checkout_widgets.webhooks.samples import FOLDER

CASES = {case["name"]: case for case in json.loads((FOLDER / "woocommerce_recorded.json").read_text())}
REFUNDED = [name for name, case in CASES.items() if "refunds" in case]
LATER = timedelta(days=2)
ALONE = [name for name, case in CASES.items() if not case.get("after")]
# cases that the same shop sent one after the other, and other orders that may come between them
MIXED = [
    ("accepted_offer", "trashed", "restored", "second_order_with_the_same_token"),
    ("coupon_fixed", "shipping_refunded"),
    ("two_tax_rates", "two_tax_rates_shirts_refunded", "plain"),
    ("quantity_raised", "fully_refunded", "plain"),
]


def before(name: str) -> Sequence[str]:
    """The deliveries that the store got before, in order."""
    return CASES[name].get("after") or []


def body_of(case: dict[str, Any], store: Store, *, with_refunds: bool) -> bytes:
    """The body as it was sent, its tokens signed by the store, with what the plugin says of refunds or without it."""
    body = case["body"]
    if with_refunds and "refunds" in case:
        body = body | {"offerlift_refunds": case["refunds"]}
    text = json.dumps(body)
    for line in case["right"]["accepted"]:
        text = text.replace("ACCEPTANCE_TOKEN", jwt.encode(line["claims"], store.secret_key, "HS256"))
    return text.encode()


class Shop:
    """The recorded shop's store, with the test whose offer was accepted and an exposure of each of its visitors."""

    def __init__(self, currency: str) -> None:
        self.store = factories.make_store(slug="shop", currency=currency)
        self.connection: Connection = factories.make_connection(self.store, kind=ConnectionKind.WOOCOMMERCE)
        self.experiment: Experiment = factories.make_experiment(self.store, key="cart-mug")
        factories.make_product(self.store, sku="CAT-13", external_id="13")
        live_configuration.refresh()

    def expose(self, names: Sequence[str]) -> None:
        treatment = self.experiment.variants.get(key="treatment")
        for visitor_id in sorted({visitor_of(name) for name in names} - {""}):
            at = datetime.fromisoformat("2026-11-29T11:00:00Z")
            factories.make_exposure(treatment, visitor_id=visitor_id, exposed_at=at)

    def keep(self, name: str, *, delay: timedelta = timedelta(0), with_refunds: bool = True) -> Delivery:
        """Take the delivery at the time at which it was sent, or later, and do what the worker does."""
        case = CASES[name]
        at = datetime.fromisoformat(case["delivered_at"]) + delay
        with patch("checkout_widgets.webhooks.queueing.queue"):
            queueing.keep(
                self.connection,
                topic=case["topic"],
                external_id="",
                body=body_of(case, self.store, with_refunds=with_refunds),
                now=at,
            )
        delivery = Delivery.objects.latest("pk")
        process(delivery.pk)
        delivery.refresh_from_db()
        return delivery

    def exposure_of(self, name: str) -> Exposure:
        return Exposure.objects.get(store=self.store, visitor_id=visitor_of(name))

    def order_of(self, name: str) -> Order:
        return Order.objects.get(store=self.store, external_id=str(CASES[name]["body"]["id"]))


def visitor_of(name: str) -> str:
    meta = CASES[name]["body"].get("meta_data", [])
    return next((one["value"] for one in meta if one["key"] == "offerlift_visitor"), "")


@pytest.fixture
def shop(db, request) -> Shop:
    return Shop("KWD" if "kwd_3_decimals" in request.node.name else "EUR")


def net_of(order: Order) -> tuple[int, int]:
    """Goods after discounts, and of them what was paid back."""
    goods = sum(line.price_minor * line.quantity for line in order.lines.all()) - order.discount_minor
    return goods, sum(refund.amount_minor for refund in order.refunds.all())


def check(shop: Shop, name: str, *, with_refunds: bool = True) -> None:
    """The stored order and what it adds to its visitor's outcome are the right ones."""
    right = CASES[name]["right"]
    if right["status"] == "ignored":
        assert not Order.objects.filter(external_id=str(CASES[name]["body"]["id"])).exists()
        return
    order = shop.order_of(name)
    statuses = {"pending": {"on_hold"} if right["counts"] else {"pending"}}
    assert order.status in statuses.get(right["status"], {right["status"]})
    refunded = right["refunded_minor"]
    if not with_refunds:
        refunded = right.get("refunded_from_body_alone_minor", refunded)
    assert net_of(order) == (right["goods_minor"], refunded)
    for accepted in right["accepted"]:
        check_accepted(order, accepted)


def check_accepted(order: Order, accepted: dict[str, Any]) -> None:
    """The line with a token counts for its test at what it brought in, or says why it doesn't."""
    code = accepted.get("code", "")
    lines = [line for line in order.lines.all() if line.sku == accepted["sku"]]
    assert sum(line.price_minor * line.quantity - line.discount_minor for line in lines) == accepted["line_net_minor"]
    assert {line.refused_code for line in lines} == {code}
    assert {line.is_upsell for line in lines} == {accepted["counts"]}
    assert {line.experiment_key for line in lines} == {"cart-mug" if accepted["counts"] else ""}


def check_outcomes(shop: Shop, names: Sequence[str]) -> None:
    """Every visitor's outcome is the sum of the right values of their orders; computed again, nothing differs.

    ``names`` are the last deliveries of each order.
    """
    for visitor_id in {visitor_of(name) for name in names} - {""}:
        theirs = [CASES[name]["right"] for name in names if visitor_of(name) == visitor_id]
        counted = [right for right in theirs if right["counts"]]
        accepted = [line for right in counted for line in right["accepted"] if line["counts"]]
        exposure = Exposure.objects.get(store=shop.store, visitor_id=visitor_id)
        assert exposure.orders == len(counted)
        assert exposure.revenue_minor - exposure.refunded_minor == sum(right["revenue_minor"] for right in theirs)
        assert exposure.upsell_minor == sum(line["line_net_minor"] for line in accepted)
    assert rebuild(shop.experiment).wrong_exposures == 0


@pytest.mark.slow
@pytest.mark.parametrize("times", [1, 2])
@pytest.mark.parametrize("delay", [timedelta(0), LATER], ids=["at once", "later"])
@pytest.mark.parametrize("name", CASES)
def test_recorded_delivery_after_those_before_it_gives_the_right_values(shop, name, delay, times):
    sequence = [*before(name), name]
    shop.expose(sequence)
    for _ in range(times):
        for one in sequence:
            shop.keep(one, delay=delay)
    check(shop, name)


@pytest.mark.parametrize("name", [name for name in CASES if not before(name)])
def test_recorded_delivery_fills_its_visitors_outcome(shop, name):
    shop.expose([name])
    delivery = shop.keep(name)
    assert delivery.status == ("ignored" if CASES[name]["right"]["status"] == "ignored" else "done")
    check_outcomes(shop, [name])


@pytest.mark.parametrize("name", REFUNDED)
def test_recorded_refund_from_the_body_alone_pays_back_goods_first(shop, name):
    for one in [*before(name), name, name]:
        shop.keep(one, with_refunds=False)
    check(shop, name, with_refunds=False)


def orders_that_may_be(names: Sequence[str]) -> list[tuple[str, ...]]:
    """Every order of these deliveries in which each comes after those that the shop sent before it."""
    return [
        order
        for order in permutations(names)
        if all(order.index(earlier) < order.index(name) for name in names for earlier in before(name))
    ]


def last_of_each(names: Sequence[str]) -> list[str]:
    """Of each order the delivery that the shop sent last."""
    newest = sorted(names, key=lambda name: CASES[name]["delivered_at"])
    return list({CASES[name]["body"]["id"]: name for name in newest}.values())


SEQUENCES = [(names, order) for names in MIXED for order in orders_that_may_be(names)]


@pytest.mark.slow
@pytest.mark.parametrize("copies", ["each at once", "all again", "the first again after each"])
@pytest.mark.parametrize(("names", "order"), SEQUENCES, ids=[" ".join(order) for _, order in SEQUENCES])
def test_recorded_deliveries_mixed_with_duplicates_give_the_right_values(shop, names, order, copies):
    doubled = {
        "each at once": [name for name in order for _ in range(2)],
        "all again": [*order, *order],
        "the first again after each": [name for later in order for name in (later, order[0])],
    }
    shop.expose(names)
    for name in doubled[copies]:
        shop.keep(name)
    for name in last_of_each(names):
        check(shop, name)
    check_outcomes(shop, last_of_each(names))


def test_every_recorded_case_that_stands_alone_or_after_others_is_tried():
    assert len(CASES) == 26
    assert set(ALONE) | {name for names in MIXED for name in names} == set(CASES)
