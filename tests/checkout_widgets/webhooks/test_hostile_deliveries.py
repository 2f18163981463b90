"""Whatever stands in any field of a signed delivery: it is done, ignored or given up at once, and never tried again."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from checkout_widgets.edge import live_configuration
from checkout_widgets.models import Connection, Delivery, DeliveryStatus
from checkout_widgets.webhooks import deliveries
from checkout_widgets.webhooks.shop_systems import shopify_refunds
from checkout_widgets.webhooks.shop_systems.payloads import BadPayload
from experiments.accounting.order_data import BadOrder
from experiments.models import Order
from tests import hostile
from tests.checkout_widgets.webhooks import samples
from tests.checkout_widgets.webhooks.shop_systems.reading import BASIS, SHOPIFY, WOOCOMMERCE, nothing_accepted

FINAL = {DeliveryStatus.DONE, DeliveryStatus.IGNORED, DeliveryStatus.DEAD}
VALUES = ["\x00", "x" * 10_000, 2**31, 2**63 - 1, 10**18, 0.1, *hostile.TIMES, None, {"\x00": "\x00"}]


@pytest.fixture(autouse=True)
def configuration(store):
    live_configuration.refresh()


def outcome(connection: Connection, topic: str, body: bytes) -> tuple[str, str]:
    """What becomes of a delivery, and why."""
    row = Delivery.objects.create(connection=connection, topic=topic, body=body, received_at="2026-11-22T10:00:00Z")
    deliveries.process(row.pk)
    row.refresh_from_db()
    return row.status, row.error


def bodies_that_are_read(body: bytes, read: Callable[[bytes], object]) -> Iterator[tuple[hostile.Place, Any, bytes]]:
    """Each body with one hostile value that the reader takes, and reads as something that no other one says.

    What it refuses never comes to the database, and what it doesn't look at changes nothing.
    """
    good, known = json.loads(body), {repr(read(body))}
    for place in hostile.places(good):
        for value in VALUES:
            changed = json.dumps(hostile.put(good, place, value)).encode()
            try:
                said = repr(read(changed))
            except (BadPayload, BadOrder):
                continue
            if said not in known:
                known.add(said)
                yield place, value, changed


WOOCOMMERCE_ORDER = samples.changed(samples.WOOCOMMERCE_ORDER, refunds=[{"id": 1, "total": "-1.00"}])
READERS: dict[str, tuple[bytes, Callable[[bytes], object]]] = {
    "shopify orders/create": (
        samples.SHOPIFY_ORDER,
        lambda body: SHOPIFY.read_order(SHOPIFY.parse_order(body), nothing_accepted),
    ),
    "shopify refunds/create": (
        samples.SHOPIFY_REFUND,
        lambda body: shopify_refunds.refund_data(SHOPIFY.parse_refund(body), is_tax_included=bool, basis=BASIS),
    ),
    "woocommerce order.updated": (
        WOOCOMMERCE_ORDER,
        lambda body: WOOCOMMERCE.read_order(WOOCOMMERCE.parse_order(body), nothing_accepted),
    ),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", READERS)
def test_hostile_value_that_is_read_is_stored_or_given_up_at_once(request, name):
    kind, topic = name.split()
    connection, (body, read) = request.getfixturevalue(kind), READERS[name]
    if topic == "refunds/create":
        order = samples.changed(samples.SHOPIFY_ORDER, id=json.loads(body)["order_id"])
        assert outcome(connection, "orders/create", order)[0] == DeliveryStatus.DONE
    statuses, wrong = [], []
    for place, value, changed in bodies_that_are_read(body, read):
        status, error = outcome(connection, topic, changed)
        statuses.append(status)
        if status not in FINAL:
            wrong.append((place, value, error))
    assert wrong == []
    assert statuses.count(DeliveryStatus.DONE) > 10


@pytest.mark.parametrize("offset", ["+16:00", "-16:00", "+23:59"])
def test_offset_that_postgres_refuses_is_given_up_at_once_and_says_the_field(woocommerce, shopify, offset):
    at = f"2026-11-22T10:02:00{offset}"
    body = samples.changed(samples.SHOPIFY_ORDER, created_at=at, processed_at=at)
    status, error = outcome(shopify, "orders/create", body)
    assert (status, error) == (
        DeliveryStatus.DEAD,
        "placed_at must have an offset from UTC of less than 16 hours.",
    )
    body = samples.changed(samples.WOOCOMMERCE_ORDER, date_modified_gmt=at)
    assert outcome(woocommerce, "order.updated", body)[0] == DeliveryStatus.DEAD
    assert not Order.objects.exists()


def test_what_only_the_database_refuses_is_given_up_at_once(shopify, monkeypatch):
    """The net under the checks: a value that they let pass."""
    monkeypatch.setattr("experiments.accounting.order_data.is_storable", lambda text: True)
    body = samples.changed(samples.SHOPIFY_ORDER, lambda order: order["line_items"][0].update(sku="\x00"))
    status, error = outcome(shopify, "orders/create", body)
    assert status == DeliveryStatus.DEAD
    assert error.startswith("It has a value that can't be stored: ")
