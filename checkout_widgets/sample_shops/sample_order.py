"""What a test order says, whichever shop system renders it."""

import secrets
from dataclasses import dataclass
from datetime import datetime

from checkout_widgets.models import Product
from experiments.models import Store

FIRST_NUMBER = 9 * 10**15  # beyond the ids of any shop's own orders, and still exact as a number of JavaScript
NUMBERS = 10**12
MOST_PRODUCTS = 2  # as many lines as the longest recorded order has


@dataclass(frozen=True, slots=True)
class SampleOrder:
    """A test order of the store's ``products``, none where its catalog is empty. ``mark`` says that it is one."""

    store: Store
    number: int
    placed_at: datetime
    visitor_id: str
    mark: str
    products: tuple[Product, ...]


def sample_order(store: Store, *, visitor_id: str, mark: str, now: datetime) -> SampleOrder:
    """Return a test order of the first products that the store sells."""
    products = Product.objects.filter(store=store, is_active=True, currency=store.currency).order_by("pk")[
        :MOST_PRODUCTS
    ]
    number = FIRST_NUMBER + secrets.randbelow(NUMBERS)
    return SampleOrder(store, number, now.replace(microsecond=0), visitor_id or new_visitor(), mark, tuple(products))


def new_visitor() -> str:
    """Return a visitor who was never here."""
    return f"v_test-{secrets.token_hex(8)}"
