"""Real plugins that sell in several currencies: their orders are read in the shop's own."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from checkout_widgets.edge.accepted_lines import NO_TOKEN
from checkout_widgets.webhooks.shop_systems.woocommerce import WooCommerce
from experiments.accounting.order_data import OrderData
from tests.shop_rig.shop import Shop
from tests.shop_rig.visitors import Visitor

RATE = 1.25  # dollars for a euro
FOX = {"rate": RATE, "position": "left", "is_etalon": 0, "description": "", "hide_cents": 0, "hide_on_front": 0}
FOX |= {"rate_plus": "", "decimals": 2, "separators": 0, "flag": ""}
CURCY = {
    "enable": 1,
    "enable_multi_payment": 1,
    "currency_default": "EUR",
    "currency": ["EUR", "USD"],
    "currency_rate": [1, RATE],
    "currency_rate_fee": [0, 0],
    "currency_hidden": [0, 0],
    "currency_decimals": [2, 2],
    "currency_custom": ["", ""],
    "currency_pos": ["left", "left"],
}
WCML_CURRENCY = {"rate": RATE, "position": "left", "thousand_sep": ",", "decimal_sep": ".", "num_decimals": 2}
WCML_CURRENCY |= {"rounding": "disabled", "rounding_increment": 1, "auto_subtract": 0, "location_mode": "all"}
WCML_CURRENCY |= {"countries": [], "gateways_enabled": False, "languages": {}}
PLUGINS: dict[str, dict[str, Any]] = {
    "woocommerce-currency-switcher": {
        "woocs": {
            "EUR": FOX | {"name": "EUR", "symbol": "€", "rate": 1, "is_etalon": 1},
            "USD": FOX | {"name": "USD", "symbol": "$"},
        },
        "woocs_is_multiple_allowed": 1,
        "woocs_storage": "session",
        "woocs_first_activation": 1,
    },
    "woo-multi-currency": {"woo_multi_currency_params": CURCY},
    "woocommerce-multilingual": {
        "_wcml_settings": {
            "enable_multi_currency": 2,
            "currency_mode": "by_location",
            "currencies_order": ["EUR", "USD"],
            "currency_options": {"EUR": WCML_CURRENCY | {"rate": 1}, "USD": WCML_CURRENCY},
            "default_currencies": [],
        }
    },
    "woocommerce-payments": {
        "_wcpay_feature_customer_multi_currency": "1",
        "wcpay_multi_currency_enabled_currencies": ["USD"],
        "wcpay_multi_currency_exchange_rate_usd": "manual",
        "wcpay_multi_currency_manual_rate_usd": RATE,
        "wcpay_multi_currency_price_rounding_usd": "0",
        "wcpay_multi_currency_price_charm_usd": "0",
        # it sells in currencies only where it is connected to its makers' site, by these tokens
        "jetpack_options": {"id": 1, "master_user": 1},
        "jetpack_private_options": {"blog_token": "a.b", "user_tokens": {"1": "a.b.1"}},
    },
}
# A page with this makes the shopper's currency dollars; WCML's switcher works by JavaScript.
SWITCH = {
    "woocommerce-currency-switcher": "/?currency=USD",
    "woo-multi-currency": "/?wmc-currency=USD",
    "woocommerce-multilingual": "/",
    "woocommerce-payments": "/?currency=USD",
}
# WooPayments asks the payment provider which currencies the shop's account has.
ACCOUNT = """add_filter('pre_option_wcpay_account_data', fn() => [
    'data' => ['account_id' => 'acct_rig', 'is_live' => true, 'customer_currencies' => ['supported' => ['eur', 'usd']]],
    'fetched' => time(), 'errored' => false,
]);"""
IN_DOLLARS = "add_filter('wcml_client_currency', fn() => ($_COOKIE['rig_currency'] ?? '') === 'USD' ? 'USD' : 'EUR');"
PAYLOAD = """
    $hook = new WC_Webhook();
    $hook->set_topic('order.updated');
    $hook->set_user_id(1);
    $hook->set_api_version('wp_api_v3');
    $hook->set_delivery_url('https://offers.example/v1/webhooks/woocommerce/tea');
    $hook->set_name('of a test');
    $hook->save();
    $body = $hook->build_payload($id);
    $hook->delete(true);
    return $body;
"""


@pytest.fixture(params=list(PLUGINS))
def currencies(request: pytest.FixtureRequest, shop: Shop) -> Iterator[str]:
    """A shop that sells in euros and in dollars by this plugin."""
    name = request.param
    with (
        shop.mu_plugin("account", ACCOUNT + IN_DOLLARS),
        shop.plugin(name),
        shop.wordpress_options(**PLUGINS[name]),
    ):
        yield name


def order_in_dollars(shop: Shop, visitor: Visitor, name: str, products: dict[str, int]) -> dict[str, Any]:
    """What a webhook says of an order of boots and two teas that was paid in dollars."""
    visitor.set_cookie("rig_currency", "USD")
    visitor.get(SWITCH[name])
    visitor.add(products["BOOTS"])
    visitor.add(products["TEA"], 2)
    visitor.live_in("DE")
    order = visitor.order()
    body: dict[str, Any] = shop.php(f"$id = {order}; {PAYLOAD}")
    return body


def read(body: dict[str, Any]) -> OrderData:
    """What Offerlift makes of it."""
    system = WooCommerce()
    return system.read_order(system.parse_order(json.dumps(body).encode()), lambda token, sold: NO_TOKEN)


def test_order_in_dollars_is_read_in_the_shops_euros(shop, edge, products, visitor, currencies):
    with shop.no_complaints():
        body = order_in_dollars(shop, visitor, currencies, products)
    assert body["currency"] == "USD"
    assert abs(float(body["total"]) - (33.35 + 2 * 4.00 + 5.83) * RATE) < 0.05
    order = read(body)
    assert (order.currency, order.presentment_currency) == ("EUR", "USD")
    # 33.35 with 19% and 8.00 with 7% tax; each line was rounded to a cent of a dollar
    net = 33.35 / 1.19 + 8.00 / 1.07
    assert abs(order.subtotal_minor - net * 100) <= 2
    assert abs(order.total_minor - 4718) <= 2
    assert order.lines[0].price_minor in (2802, 2803)


def test_order_in_the_shops_own_currency_stays_as_it_is(shop, edge, products, visitor, currencies):
    visitor.add(products["BOOTS"])
    visitor.live_in("DE")
    order = read(shop.php(f"$id = {visitor.order()}; {PAYLOAD}"))
    assert (order.currency, order.presentment_currency, order.total_minor) == ("EUR", "", 3918)
