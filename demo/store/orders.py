"""The demo store's orders: built from the cart, kept in the session, told to Offerlift over HTTP.

A shop writes its own order down first and tells others afterwards. So does this one: an order that couldn't be
delivered stays in the session as unsent, and the next look at its confirmation tries again; Offerlift counts an order
once however often it arrives.
"""

import json
import logging
import secrets
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from django.contrib.sessions.backends.base import SessionBase

from checkout_widgets.models import Product
from demo.store.acceptance import AcceptedOffer, BadAcceptance
from demo.store.cart import CartLine, SessionCart
from experiments.models import Store

logger = logging.getLogger(__name__)
SESSION_KEY = "demo_store_orders"
ADDRESS_KEY = "demo_store_shipping"
KEPT_ORDERS = 5  # in the session, which is one row of the database
TIMEOUT_S = 3  # the shopper waits for it: an order that takes longer is told by the next look at its confirmation
FREE_SHIPPING_FROM_MINOR = 50_00  # also on the product's page and in the test of free delivery
SHIPPING_MINOR = {"standard": 3_95, "express": 6_95}
LOCALE = "en-GB"
WORDING = "demo-checkout-1"  # which words the box beside the address has
VAT = 6  # 20% on top of the net price: a sixth of the gross one


def shipping_minor(cart: SessionCart, delivery: str) -> int:
    """What delivery costs; standard is free for larger carts."""
    if delivery == "standard" and cart.subtotal_minor >= FREE_SHIPPING_FROM_MINOR:
        return 0
    return SHIPPING_MINOR[delivery]


def place(cart: SessionCart, session: SessionBase, *, address: Mapping[str, Any], visitor_id: str) -> dict[str, Any]:
    """Turn the cart into an order that goes to ``address``, write it down, empty the cart, and return the order."""
    lines, titles = [], []
    for line in cart.lines:
        lines.append(_line_body(line))
        titles.append(line.product.title)
    shipping = shipping_minor(cart, address["delivery"])
    total = cart.subtotal_minor + shipping
    now = timestamp()
    body = {
        "external_id": f"P-{secrets.token_hex(4).upper()}",
        "visitor_id": visitor_id or None,
        "placed_at": now,
        "updated_at": now,
        "currency": cart.store.currency,
        "status": "paid",
        "subtotal_minor": cart.subtotal_minor,
        "discount_minor": 0,
        "tax_minor": round(total / VAT),
        "shipping_minor": shipping,
        "total_minor": total,
        "lines": lines,
        **customer_fields(address, now),
    }
    # titles beside the body: the orders API doesn't take them, and the catalogue may change before the next look
    order = {"body": body, "titles": titles, "is_sent": False, "is_extended": False}
    session[SESSION_KEY] = [order, *placed(session)][:KEPT_ORDERS]
    cart.clear()
    return order


def customer_fields(address: Mapping[str, Any], now: str) -> dict[str, Any]:
    """What the order says of its customer: whom to write to, and whether they want to be written to."""
    basis = "none"
    if address.get("wants_offers"):
        basis = "opt_in"
    return {
        "email": address["email"],
        "locale": LOCALE,
        "country": address["country"],
        "consent": {"basis": basis, "at": now, "source": "checkout", "wording": WORDING},
    }


def _line_body(line: CartLine) -> dict[str, Any]:
    body: dict[str, Any] = {"sku": line.product.sku, "quantity": line.quantity, "price_minor": line.price_minor}
    if line.offer is not None:
        body["acceptance_token"] = line.offer.token
    return body


def add_offer(order: dict[str, Any], offer: AcceptedOffer, session: SessionBase, *, store: Store) -> list[str]:
    """Add an accepted offer to a placed order, once, and return the names of its products.

    What the order comes to has to be told again. Raises ``BadAcceptance`` where not all of it is on sale.
    """
    skus = {line.sku for line in offer.lines}
    titles = dict(Product.objects.filter(store=store, sku__in=skus).values_list("sku", "title"))
    if set(titles) != skus:
        raise BadAcceptance("The shop no longer sells this offer's products.")
    names = []
    for line in offer.lines:
        names.append(titles[line.sku])
    body = order["body"]
    # sent again by a script that got no answer: it is in the order already
    if any(line.get("acceptance_token") == offer.token for line in body["lines"]):
        return names
    for line in offer.lines:
        body["lines"].append(asdict(line) | {"acceptance_token": offer.token})
    order["titles"] += names
    order |= {"is_extended": True, "extended_by": offer.token}
    amend(order, offer.total_minor, session)
    return names


def take_out(order: dict[str, Any], token: str, session: SessionBase) -> list[str]:
    """Take back an offer that was added to the placed order; returns the names of what went.

    What was in the order when it was placed stays: it is paid.
    """
    # an offer of the cart was paid with the order; only what was added after it can go
    if order.get("extended_by") != token:
        return []
    body = order["body"]
    lines, titles, gone, gone_minor = [], [], [], 0
    for line, title in zip(body["lines"], order["titles"], strict=True):
        if line.get("acceptance_token") == token:
            gone.append(title)
            gone_minor += line["quantity"] * line["price_minor"]
        else:
            lines.append(line)
            titles.append(title)
    body["lines"], order["titles"] = lines, titles
    order |= {"is_extended": False, "extended_by": None}
    amend(order, -gone_minor, session)
    return gone


def amend(order: dict[str, Any], difference_minor: int, session: SessionBase) -> None:
    """Write down what a changed order comes to; it has to be told again."""
    body = order["body"]
    body["subtotal_minor"] += difference_minor
    body["total_minor"] += difference_minor
    body["tax_minor"] = round(body["total_minor"] / VAT)
    body["updated_at"] = timestamp()  # Offerlift keeps the newer of two versions of an order
    order["is_sent"] = False
    session.modified = True  # the session doesn't notice a change inside of a value


def timestamp() -> str:
    """Now, as the orders API reads it."""
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def conversion(order: dict[str, Any]) -> dict[str, Any]:
    """The order as the confirmation page tells the snippet: the argument of ``upsell('convert', ...)``."""
    body = order["body"]
    lines, tokens = [], []
    for line in body["lines"]:
        lines.append({"sku": line["sku"], "quantity": line["quantity"], "price_minor": line["price_minor"]})
        if "acceptance_token" in line:
            tokens.append(line["acceptance_token"])
    return {
        "id": body["external_id"],
        "currency": body["currency"],
        "total_minor": body["total_minor"],
        "lines": lines,
        "acceptance_tokens": tokens,
    }


def placed(session: SessionBase) -> list[dict[str, Any]]:
    """The shopper's latest orders, newest first."""
    orders: list[dict[str, Any]] = session.get(SESSION_KEY, [])
    return orders


def deliver(order: dict[str, Any], session: SessionBase, *, store: Store, api: str) -> None:
    """Tell Offerlift about an order, unless it knows; what fails is logged and left for the next time."""
    if order["is_sent"]:
        return
    order["is_sent"] = post_order(store, order["body"], api=api)
    session.modified = True


def post_order(store: Store, body: dict[str, Any], *, api: str) -> bool:
    """Send an order to ``/v1/orders`` at the address ``api``; returns whether it was taken."""
    request = urllib.request.Request(  # noqa: S310
        f"{api}/v1/orders",
        data=json.dumps(body).encode(),
        headers={"Authorization": f"Bearer {store.secret_key}", "Content-Type": "application/json"},
        method="POST",
    )
    try:
        with urllib.request.urlopen(request, timeout=TIMEOUT_S):  # noqa: S310
            return True
    # no answer, a refusal, or an address that is none: the shopper's order is placed all the same
    except (OSError, ValueError) as error:
        logger.warning("Order %s was not delivered to %s: %s", body["external_id"], api, error)
        return False
