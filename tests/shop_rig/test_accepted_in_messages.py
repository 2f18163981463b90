"""A real shop's cart takes an offer that was accepted in a message: by the address to which the message leads."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.shop_rig.edge import acceptance, signed
from tests.shop_rig.shop import Shop
from tests.shop_rig.visitors import Visitor, found, place_classically

IN_CART = "The offer is in your cart."
NOT_VALID = "the link is no longer valid"
AS_IT_WAS = "Your cart is unchanged."


def take(visitor: Visitor, token: str) -> str:
    """Follow the address that the edge leads to; the page on which the shopper is then."""
    status, page = visitor.get(f"/?offerlift_token={token}")
    assert status == 200
    return page


def contents(visitor: Visitor) -> list[tuple[int, int, str]]:
    """What is in the cart: product, units, and the price of one as it is shown."""
    return [(item["id"], item["quantity"], item["prices"]["price"]) for item in visitor.api("cart")["items"]]


def line(sku: str, quantity: int, price_minor: int, **more: str) -> dict[str, Any]:
    return {"sku": sku, "quantity": quantity, "price_minor": price_minor} | more


def test_guest_gets_the_offer_once_at_its_price_and_can_order_it(shop, edge, products, visitor):
    token = acceptance("MUG", 1, 790)
    with shop.no_complaints():
        assert IN_CART in take(visitor, token)
        take(visitor, token)
        assert contents(visitor) == [(products["MUG"], 1, "790")]
        visitor.live_in("DE")
        order = visitor.order()
    meta = shop.php(f"array_values(wc_get_order({order})->get_items())[0]->get_meta('_offerlift_acceptance')")
    assert meta == token


@pytest.mark.parametrize("country", ["DE", "FR", "CH"])
def test_offer_costs_the_same_wherever_the_shopper_lives(shop, edge, products, visitor, country):
    visitor.add(products["BOOTS"])
    visitor.live_in(country)
    with shop.no_complaints():
        take(visitor, signed([line("MUG", 2, 333), line("MUG", 1, 334), line("TEA", 1, 333)]))
    items = visitor.api("cart")["items"][1:]
    shown = [int(item["totals"]["line_subtotal"]) + int(item["totals"]["line_subtotal_tax"]) for item in items]
    assert [(item["id"], item["quantity"]) for item in items] == [(products["MUG"], 3), (products["TEA"], 1)]
    assert shown == [1000, 333]


@pytest.mark.parametrize(
    "token",
    [
        "nonsense",
        acceptance("MUG", 1, 790) + "x",
        signed([line("MUG", 1, 790)], exp=1),
        signed([line("MUG", 1, 790)], key="sk_other_0123456789abcdef0123456789abcdef"),
        signed([line("MUG", 1, 790)], iss="other"),
    ],
    ids=["nonsense", "altered", "expired", "another store's", "another issuer's"],
)
def test_token_that_is_wrong_leaves_the_cart_as_it_was_and_says_so(shop, edge, products, visitor, token):
    visitor.add(products["BOOTS"])
    before = contents(visitor)
    with shop.no_complaints():
        assert NOT_VALID in take(visitor, token)
    assert contents(visitor) == before
    assert NOT_VALID not in visitor.get("/cart/")[1]  # said once


def test_guest_without_a_cart_reads_what_is_wrong(shop, edge, visitor):
    with shop.no_complaints():
        assert NOT_VALID in take(visitor, "nonsense")


def test_classic_cart_takes_the_offer_and_says_so(shop, edge, products, visitor, classic_pages):
    with shop.no_complaints():
        assert IN_CART in take(visitor, acceptance("MUG", 1, 790))
        assert NOT_VALID in take(visitor, "nonsense")
        visitor.live_in("DE")
        order = found(r"order-received/(\d+)", place_classically(visitor, visitor.get("/classic-checkout/")[1]))
    total = shop.php(f"array_values(wc_get_order({order})->get_items())[0]->get_total()")
    assert float(total) == pytest.approx(7.90 / 1.19, abs=0.005)


def test_variation_and_product_without_a_sku_are_found(shop, edge, products, visitor):
    token = signed([line("SHIRT-S", 1, 1500), line("Tea", 1, 500, external_id=str(products["NoSku"]))])
    with shop.no_complaints():
        take(visitor, token)
    assert contents(visitor) == [(products["SHIRT-S"], 1, "1500"), (products["NoSku"], 1, "500")]


def test_upgrade_takes_one_of_what_it_replaces_out(shop, edge, products, visitor):
    visitor.add(products["BOOTS"], 2)
    with shop.no_complaints():
        take(visitor, signed([line("MUG", 1, 790)], replaces={"sku": "BOOTS"}))
    assert contents(visitor) == [(products["BOOTS"], 1, "3335"), (products["MUG"], 1, "790")]


@pytest.fixture
def sold_out(shop: Shop, products: dict[str, int]) -> Iterator[None]:
    """The mug is sold out."""
    state = f"$mug = wc_get_product({products['MUG']}); $mug->set_stock_status('%s'); return $mug->save();"
    shop.php(state % "outofstock")
    yield
    shop.php(state % "instock")


def test_offer_of_which_a_part_is_sold_out_leaves_the_cart_as_it_was(shop, edge, products, visitor, sold_out):
    visitor.add(products["BOOTS"])
    before = contents(visitor)
    with shop.no_complaints():
        page = take(visitor, signed([line("TEA", 1, 300), line("MUG", 1, 490)]))
    assert AS_IT_WAS in page
    assert "out of stock" in page  # WooCommerce's own reason
    assert contents(visitor) == before


def test_offer_that_another_plugin_makes_dearer_leaves_the_cart_as_it_was(shop, edge, products, visitor):
    visitor.add(products["BOOTS"])
    before = contents(visitor)
    dearer = (
        "add_action('woocommerce_before_calculate_totals', function ($cart) {"
        " foreach ($cart->get_cart() as $item) { isset($item['offerlift']) && $item['data']->set_price(20); } }, 2000);"
    )
    with shop.mu_plugin("dearer", dearer), shop.no_complaints():
        assert AS_IT_WAS in take(visitor, acceptance("MUG", 1, 790))
        assert contents(visitor) == before


def test_copy_of_the_shop_takes_nothing(shop, edge, visitor):
    settings = {"site": "aHR0cHM6Ly9saXZlLmV4YW1wbGU="}  # https://live.example
    with shop.wordpress_options(offerlift_settings=settings):
        assert IN_CART not in take(visitor, acceptance("MUG", 1, 790))
        assert contents(visitor) == []
