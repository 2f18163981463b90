"""What happened in ``corner`` and ``lamps``, whose shop systems deliver their orders."""

import base64
import hashlib
import hmac
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

from django.test import Client
from django.urls import reverse

from checkout_widgets.edge import live_configuration
from checkout_widgets.models import Connection, Delivery
from checkout_widgets.webhooks import deliveries
from experiments.models import (
    Store,
)
from experiments.running import lifecycle
from tests.upgrade.answers import decide, post
from tests.upgrade.story_cast import CLOCK, SECRET, make_test
from tests.upgrade.story_tea import meet

PAYLOADS = Path(__file__).parents[1] / "data" / "payloads"


def sell_in_corner(corner: Store) -> None:
    """WooCommerce's orders, in each status, beside one test that runs."""
    test = make_test(corner, "corner-cup", "cart")
    lifecycle.start(experiment=test, actor="ada", now=CLOCK.at - timedelta(days=10))
    Connection.objects.create(store=corner, kind="woocommerce", secret=SECRET)
    live_configuration.refresh()
    CLOCK.at = datetime(2026, 11, 9, 8, tzinfo=UTC)
    statuses = ("processing", "completed", "on-hold", "pending", "failed", "cancelled", "refunded", "processing")
    for number, status in enumerate(statuses):
        visitor_id = f"v_corner{number:010d}"
        meet(corner, visitor_id, number, decide(corner, visitor_id, ["cart"], 5_000, "phone")["decisions"][0])
        deliver_woocommerce(7_000 + number, status, visitor_id)
        CLOCK.pass_(days=1)
    order = {"external_id": "own-1", "currency": "EUR", "subtotal_minor": 3_000, "total_minor": 3_000}
    times = {"placed_at": CLOCK.at.isoformat(), "updated_at": CLOCK.at.isoformat()}
    lines = [{"sku": "cup", "quantity": 1, "price_minor": 3_000}]
    post("orders", corner.secret_key, **order, **times, lines=lines, status="pending", visitor_id="v_corner0000000000")
    deliver("woocommerce", "corner", "order.updated", b'{"id": 7000, "status": "processing"}')  # is given up
    deliver_woocommerce(7_100, "processing", "v_corner0000000001", is_done=False)


def deliver_woocommerce(number: int, status: str, visitor_id: str, *, is_done: bool = True) -> None:
    """An order as WooCommerce sends it."""
    body = json.loads((PAYLOADS / "woocommerce_order_created.json").read_text())
    at = f"{CLOCK.at:%Y-%m-%dT%H:%M:%S}"
    body |= {"id": number, "number": str(number), "status": status, "date_created_gmt": at, "date_modified_gmt": at}
    is_paid = status in ("processing", "completed", "refunded")
    body |= {"date_paid_gmt": at if is_paid else None, "date_paid": at if is_paid else None}
    body["meta_data"][0]["value"] = visitor_id
    if status == "refunded":
        body["refunds"] = [{"id": 1, "reason": "", "total": "-58.67"}]
    deliver("woocommerce", "corner", "order.updated", json.dumps(body).encode(), is_done=is_done)


def sell_in_lamps(lamps: Store) -> None:
    """Shopify's orders, beside one test that runs without a plan."""
    test = make_test(lamps, "lamp-cart", "cart", sku="tin")
    lifecycle.start(experiment=test, actor="ada", now=CLOCK.at - timedelta(days=10))
    Connection.objects.create(store=lamps, kind="shopify", secret=SECRET)
    live_configuration.refresh()
    paid = json.loads((PAYLOADS / "shopify_orders_paid.json").read_text())
    for number, status in enumerate(("paid", "pending", "authorized", "voided", "paid", "partially_refunded")):
        visitor_id = f"v_lamps{number:011d}"
        meet(lamps, visitor_id, number, decide(lamps, visitor_id, ["cart"], 14_000, "phone")["decisions"][0])
        at = CLOCK.pass_(hours=3).isoformat()
        names = [{"name": "_upsell_vid", "value": visitor_id}]
        body = paid | {"id": 8_000 + number, "created_at": at, "processed_at": at, "updated_at": at}
        body |= {"financial_status": status, "note_attributes": names, "refunds": []}
        deliver("shopify", "lamps", "orders/updated", json.dumps(body).replace('"EUR"', '"USD"').encode())
    deliver("shopify", "lamps", "orders/paid", (PAYLOADS / "shopify_orders_paid.json").read_bytes())
    deliver("shopify", "lamps", "refunds/create", (PAYLOADS / "shopify_refunds_create.json").read_bytes())


def deliver(kind: str, slug: str, topic: str, body: bytes, *, is_done: bool = True) -> None:
    """Sign and send it as the shop system does, and let the worker do it where it comes to that."""
    signature = base64.b64encode(hmac.new(SECRET.encode(), body, hashlib.sha256).digest()).decode()
    names = {
        "shopify": {"X-Shopify-Topic": topic, "X-Shopify-Hmac-Sha256": signature},
        "woocommerce": {"X-WC-Webhook-Topic": topic, "X-WC-Webhook-Signature": signature},
    }
    url = reverse("webhook", kwargs={"kind": kind, "slug": slug})
    answer = Client(SERVER_NAME="localhost", headers=names[kind]).post(url, data=body, content_type="application/json")
    assert answer.status_code == 200, answer.content
    if is_done:
        deliveries.process(Delivery.objects.latest("pk").pk)
