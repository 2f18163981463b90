"""The bounds of what is read of a page's address."""

import pytest

from checkout_widgets.edge.payloads import Cart, CartItem, DecideBody, Visitor
from checkout_widgets.edge.targeting_context import campaign, known_items, known_orders


def test_campaign_is_read_from_100_fields_and_from_no_more():
    assert campaign("x=1&" * 99 + "utm_source=news") == {"utm_source": "news"}
    assert campaign("x=1&" * 100 + "utm_source=news") == {}


@pytest.mark.parametrize(
    ("items", "total_minor", "known"),
    [([], 0, 0), ([], 100, None), ([CartItem(quantity=2), CartItem()], 100, 3), ([CartItem(quantity=5_000)], 1, 1_000)],
    ids=["empty cart", "products not sent", "products", "an accident"],
)
def test_known_items_are_those_of_a_cart_that_was_sent(items, total_minor, known):
    cart = Cart(currency="EUR", total_minor=total_minor, items=items)
    assert known_items(DecideBody(moments=["cart"], cart=cart)) == known


def test_known_counts_of_a_page_that_says_nothing_are_unknown():
    body = DecideBody(moments=["cart"])
    assert (known_items(body), known_orders(body)) == (None, None)
    assert known_orders(DecideBody(moments=["cart"], visitor=Visitor(orders=0))) == 0
