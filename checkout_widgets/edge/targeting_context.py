"""What targeting rules can ask about, from what a page says of the cart, the visitor and itself."""

from typing import Any
from urllib.parse import parse_qsl

from checkout_widgets.edge.payloads import Cart, DecideBody, Page, Visitor
from experiments.assignment.targeting import Context

CAMPAIGN = frozenset(["utm_source", "utm_medium", "utm_campaign", "utm_term", "utm_content"])
MAX_QUERY_FIELDS = 100


def context_of(body: DecideBody, hour: int) -> Context:
    """Return what targeting rules can ask about; ``hour`` is that of the store's clock.

    Texts are in lower case, as compiled rules have theirs.
    """
    language, _, _ = (body.locale or "").lower().replace("_", "-").partition("-")
    return Context(
        device=body.device or "",
        language=language,
        customer_type=customer_type(body).lower(),
        hour=hour,
        **cart_context(body.cart),
        **visitor_context(body.visitor),
        **page_context(body.page),
    )


def cart_context(cart: Cart | None) -> dict[str, Any]:
    """Return what rules can ask of a cart; nothing where the page doesn't say what is in it."""
    if cart is None:
        return {}
    categories = [item.category.lower() for item in cart.items if item.category]
    return {
        "currency": cart.currency.lower(),
        "cart_value_minor": cart.total_minor,
        "cart_items": sum(item.quantity for item in cart.items),
        "skus": frozenset([item.sku.lower() for item in cart.items]),
        "categories": frozenset(categories),
    }


def visitor_context(visitor: Visitor | None) -> dict[str, Any]:
    """Return what rules can ask of a visitor."""
    if visitor is None:
        return {}
    return {
        "country": (visitor.country or "").lower(),
        "orders": visitor.orders,
        "tags": frozenset([tag.lower() for tag in visitor.tags]),
    }


def page_context(page: Page | None) -> dict[str, Any]:
    """Return what rules can ask of a page's address."""
    if page is None:
        return {}
    return {"path": page.path.lower(), **campaign(page.query or "")}


def campaign(query: str) -> dict[str, str]:
    """Return the ``utm_`` fields of an address's query, in lower case; the first of each name."""
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
