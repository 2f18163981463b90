"""What targeting rules can ask about, from what a page says of the cart, the visitor and itself."""

from typing import Any
from urllib.parse import parse_qsl

from checkout_widgets.edge.payloads import Cart, DecideBody, Visitor
from experiments.assignment.targeting import Context

CAMPAIGN = frozenset(["utm_source", "utm_medium", "utm_campaign", "utm_term", "utm_content"])
MAX_QUERY_FIELDS = 100


def context_of(body: DecideBody, hour: int) -> Context:
    """Return what targeting rules can ask about; ``hour`` is that of the store's clock.

    Texts are in lower case, as compiled rules have theirs.
    """
    language, _, _ = (body.locale or "").lower().replace("_", "-").partition("-")
    # one dict for all, which each part of the body adds to: this runs for every visitor
    known: dict[str, Any] = {"device": body.device or "", "language": language, "hour": hour}
    if body.cart is not None:
        add_cart(known, body.cart)
    if body.visitor is not None:
        known["customer_type"] = customer_type(body).lower()
        add_visitor(known, body.visitor)
    if body.page is not None:
        known["path"] = body.page.path.lower()
        known.update(campaign(body.page.query))
    return Context(**known)


def add_cart(known: dict[str, Any], cart: Cart) -> None:
    """Add what rules can ask of a cart."""
    quantity, skus, categories = 0, set(), set()
    for item in cart.items:
        quantity += item.quantity
        skus.add(item.sku.lower())
        if item.category:
            categories.add(item.category.lower())
    known["currency"] = cart.currency.lower()
    known["cart_value_minor"] = cart.total_minor
    known["cart_items"] = quantity
    known["skus"] = frozenset(skus)
    known["categories"] = frozenset(categories)


def add_visitor(known: dict[str, Any], visitor: Visitor) -> None:
    """Add what rules can ask of a visitor."""
    known["country"] = (visitor.country or "").lower()
    known["orders"] = visitor.orders
    known["tags"] = frozenset(map(str.lower, visitor.tags))


def campaign(query: str) -> dict[str, str]:
    """Return the ``utm_`` fields of an address's query, in lower case; the first of each name."""
    if not query:
        return {}
    try:
        fields = parse_qsl(query.lstrip("?&").lower(), max_num_fields=MAX_QUERY_FIELDS)
    except ValueError:  # more fields than any campaign has: somebody tries how much is read
        return {}
    found: dict[str, str] = {}
    for name, value in fields:
        if name in CAMPAIGN:
            found.setdefault(name, value)
    return found


def customer_type(body: DecideBody) -> str:
    """Return what the store calls the customer; ``new`` or ``returning`` by their orders where it only counts those."""
    visitor = body.visitor
    if visitor is None:
        return ""
    if visitor.customer_type or visitor.orders is None:
        return visitor.customer_type or ""
    if visitor.orders:
        return "returning"
    return "new"
