"""What the plugin tells the snippet about a page, and where it says nothing."""

import pytest

from tests.integrations.woocommerce.plugin import RECEIVED, needs_php, page_of, run, slots


@needs_php
def test_plugin_tells_the_snippet_what_the_page_is():
    head, foot = run("[call('wp_head'), call('wp_footer')]")
    assert '<script async src="https://offers.example/s/upsell.js" data-key="pk_shop"></script>' in head
    assert '<script async src="https://offers.example/s/woocommerce.js"></script>' in head
    assert page_of(foot) == {
        "cart": {
            "currency": "EUR",
            "total_minor": 1487,
            "items": [
                {"sku": "balm", "quantity": 3, "price_minor": 476},
                {"sku": "36", "quantity": 1, "price_minor": 60},
            ],
        },
        "visitor": {"country": "DE"},
        "moments": [],
    }


@needs_php
def test_plugin_tells_prices_without_tax_where_the_cart_shows_them_so():
    foot = run("call('wp_footer')", "$options['woocommerce_tax_display_cart'] = 'excl';")
    cart = page_of(foot)["cart"]
    assert (cart["total_minor"], [item["price_minor"] for item in cart["items"]]) == (1250, [400, 50])


@needs_php
def test_plugin_tells_the_order_on_the_page_that_thanks_for_it():
    foot = run("call('wp_footer')", RECEIVED)
    assert page_of(foot, "order") == {
        "cart": {
            "currency": "EUR",
            "total_minor": 833,
            "items": [{"sku": "balm", "quantity": 2, "price_minor": 476}],
        },
        "visitor": {"country": "FR"},
    }


NO_PAGE = {
    "admin": "$request['is_admin'] = true;",
    "ajax": "$request['is_ajax'] = true;",
    "cron": "$request['is_cron'] = true;",
    "customizer": "$request['is_customizer'] = true;",
    "preview of a draft": "$request['is_preview'] = true;",
    "feed": "$request['is_feed'] = true;",
    "rest": "define('REST_REQUEST', true);",
    "no cart": "$shop->cart = null;",
    "no cart, customer and session": "$shop->cart = $shop->customer = $shop->session = null;",
    "another page": "$request['page'] = 'home';",
    "paying an order": "$request['page'] = 'pay';",
    "somebody else's order": RECEIVED + "$_GET['key'] = 'guessed';",
    "an order without its key": RECEIVED + "unset($_GET['key']);",
    "a key that is a list": RECEIVED + "$_GET['key'] = ['wc_order_secret'];",
    "no such order": RECEIVED + "$request['order-received'] = '8';",
    "a payment that failed": RECEIVED + "$orders[7]->status = 'failed';",
}


@needs_php
@pytest.mark.parametrize("before", NO_PAGE.values(), ids=NO_PAGE.keys())
def test_plugin_prints_nothing_where_no_shopper_sees_a_page(before):
    assert run("[call('wp_head'), call('wp_footer')]", before) == [None, None]
    assert slots(before) == []


@needs_php
def test_plugin_tells_no_country_without_a_customer():
    assert page_of(run("call('wp_footer')", "$shop->customer = null;"))["visitor"] == {"country": None}


@needs_php
def test_plugin_lets_no_sku_end_the_script():
    item = "['data' => new WC_Product(35), 'quantity' => 1, 'line_subtotal' => 1]"
    foot = run("call('wp_footer')", before=f"$shop->cart->items = [{item}];")
    assert foot.count("</script>") == foot.count("<script")


@needs_php
def test_plugin_survives_a_cart_whose_totals_are_not_there_yet():
    foot = run("call('wp_footer')", "$shop->cart->items = [['data' => new WC_Product(34), 'quantity' => 0]];")
    assert page_of(foot)["cart"]["items"] == [{"sku": "balm", "quantity": 1, "price_minor": 0}]
