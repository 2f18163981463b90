"""The plugin sells and shows a product at the accepted price, and every other at the catalogue's."""

import pytest

from tests.integrations.woocommerce.plugin import FORGED, accepted_in_cart, needs_php, run, token


# what comes out of 3 units for 10.00 in a shop that enters prices without tax: shown with 19% they are 3.33 each
@needs_php
@pytest.mark.parametrize(
    ("shows", "quantity", "price"),
    [("incl", 3, 10 / 3 / 1.19), ("incl", 2, 10 / 3 / 1.19), ("excl", 3, 10 / 3), ("incl", 4, 4.0), ("excl", 4, 4.0)],
)
def test_plugin_sells_at_the_accepted_price_as_many_as_were_accepted(shows, quantity, price):
    before = f"$options['woocommerce_tax_display_cart'] = '{shows}';" + accepted_in_cart(quantity)
    assert run("$item['data']->price", before) == pytest.approx(price, rel=1e-9)


@needs_php
def test_plugin_goes_back_to_the_catalogues_price_when_the_quantity_is_raised():
    before = accepted_in_cart(3) + "$item['quantity'] = 4; $shop->cart->items = [$item];"
    before += "call('woocommerce_before_calculate_totals', $shop->cart);"
    assert run("[$item['data']->price, wc_get_price_including_tax($item['data'])]", before) == [4, 4.76]


@needs_php
@pytest.mark.parametrize(
    ("filter", "displayed", "expected"),
    [
        ("including", 3.34, 3.33),
        ("including", 3.32, 3.33),
        ("including", 9.90, 9.90),
        ("excluding", 3.34, 3.34),
    ],
)
def test_plugin_displays_the_accepted_price_whatever_was_rounded(filter, displayed, expected):
    shown = f"call('woocommerce_get_price_{filter}_tax', {displayed}, 1, $item['data'])"
    assert run(shown, accepted_in_cart(3)) == expected


@needs_php
def test_plugin_displays_other_products_as_the_shop_does():
    before = accepted_in_cart(3)
    assert run("call('woocommerce_get_price_including_tax', 3.34, 1, new WC_Product(34))", before) == 3.34


@needs_php
@pytest.mark.parametrize("text", [token(currency="USD"), FORGED["altered"], ""], ids=["currency", "altered", "none"])
def test_plugin_leaves_other_products_as_they_are(text):
    add = f"call('woocommerce_store_api_add_to_cart_data', ['id' => 34], ['offerlift_acceptance' => '{text}'])"
    assert run(add) == {"id": 34}
