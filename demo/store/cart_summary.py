"""What a page's script is told once the cart has changed: amounts and lines as texts, and a sentence to say."""

from collections.abc import Iterable
from typing import Any

from demo.store import orders
from demo.store.cart import CartLine, SessionCart
from demo.templatetags.demo_store import price


def summary(cart: SessionCart, delivery: str) -> dict[str, Any]:
    """The cart as the summary beside it has it."""
    # texts and not numbers, so that the script beside the page writes amounts as the page does
    currency = cart.store.currency
    lines = []
    for line in cart.lines:
        lines.append(line_of(line, currency))
    shipping_minor = orders.shipping_minor(cart, delivery)
    total_minor = cart.subtotal_minor + shipping_minor
    delivery_text = "Free"
    if shipping_minor:
        delivery_text = price(shipping_minor, currency)
    return {
        "total_minor": total_minor,
        "summary": {
            "items": price(cart.subtotal_minor, currency),
            "delivery": delivery_text,
            "total": price(total_minor, currency),
        },
        "lines": lines,
    }


def line_of(line: CartLine, currency: str) -> dict[str, Any]:
    """A line as the summary has it."""
    return {
        "text": f"{line.quantity} × {line.product.title}",  # noqa: RUF001
        "price": price(line.total_minor, currency),
        "is_offer": line.offer is not None,
    }


def added(titles: Iterable[str], cost: str, total: str) -> str:
    """What is said of an accepted offer: what it is, what it costs, what the order comes to."""
    return f"{joined(titles)} added for {cost}. Your new total is {total}."


def removed(titles: Iterable[str], total: str) -> str:
    """What is said of an offer that was taken back."""
    return f"{joined(titles)} removed. Your new total is {total}."


def joined(titles: Iterable[str]) -> str:
    """Titles as one subject: ``A, B and C``."""
    *first, last = titles
    if not first:
        return last
    return f"{', '.join(first)} and {last}"


def titles_of(lines: Iterable[CartLine]) -> list[str]:
    """The products' names, each once."""
    titles: list[str] = []
    for line in lines:
        if line.product.title not in titles:
            titles.append(line.product.title)
    return titles
