"""Orders of plugins that sell in several currencies are counted in the shop's own."""

from decimal import Decimal
from typing import Any

import pytest

from checkout_widgets.edge.accepted_lines import NO_TOKEN
from checkout_widgets.webhooks.shop_systems.woocommerce import WooCommerce
from checkout_widgets.webhooks.shop_systems.woocommerce_currencies import BaseCurrency, base_currency
from experiments.accounting.order_data import OrderData
from tests.checkout_widgets.webhooks import samples
from tests.checkout_widgets.webhooks.samples import changed, woocommerce_line

WOOPAYMENTS = {
    "_wcpay_multi_currency_order_default_currency": "EUR",
    "_wcpay_multi_currency_order_exchange_rate": "1.25",
}
FOX = {"_woocs_order_base_currency": "EUR", "_woocs_order_rate": 1.25}
CURCY = {"wmc_order_info": {"EUR": {"rate": "1", "is_main": 1}, "USD": {"rate": "1.25", "is_main": 0}}}
AELIA = {"_base_currency_exchange_rate": "0.8", "_order_total_base_currency": "8.00"}
NOTED = {"_offerlift_currency_rate": "1.25"}  # by our plugin


def order_data(currency: str, meta: dict[str, Any], **fields: Any) -> OrderData:
    system = WooCommerce()
    pairs = [{"key": key, "value": value} for key, value in meta.items()]
    line = woocommerce_line(subtotal="10.00", total="9.00", subtotal_tax="1.90", total_tax="1.71")
    amounts = {"total": "15.71", "total_tax": "1.71", "shipping_total": "5.00", "line_items": [line], "refunds": []}
    body = changed(samples.WOOCOMMERCE_ORDER, currency=currency, meta_data=pairs, **amounts | fields)
    return system.read_order(system.parse_order(body), lambda *_: NO_TOKEN)


@pytest.mark.parametrize(
    ("meta", "fields"),
    [
        (WOOPAYMENTS, {}),
        (FOX, {}),
        (CURCY, {}),
        (AELIA, {"offerlift_base_currency": "EUR"}),
        (NOTED, {"offerlift_base_currency": "EUR"}),
    ],
    ids=["WooPayments", "FOX", "CURCY", "Aelia", "our plugin"],
)
def test_order_is_counted_in_the_shops_currency(meta, fields):
    """Every 1.25 dollars are a euro: 10.00 are 8.00, 9.00 are 7.20, 15.71 are 12.57."""
    data = order_data("USD", meta, **fields)
    assert data.currency == "EUR"
    assert (data.subtotal_minor, data.discount_minor) == (800, 80)
    assert (data.tax_minor, data.shipping_minor, data.total_minor) == (137, 400, 1257)
    assert (data.presentment_currency, data.presentment_total_minor) == ("USD", 1571)


def test_order_in_a_currency_without_decimals_is_counted_in_one_with_them():
    meta = {"_woocs_order_base_currency": "EUR", "_woocs_order_rate": "160"}
    data = order_data("JPY", meta, total="1571", total_tax="171", shipping_total="500")
    assert (data.currency, data.total_minor) == ("EUR", 982)
    assert (data.presentment_currency, data.presentment_total_minor) == ("JPY", 1571)


@pytest.mark.parametrize(
    "meta",
    [
        {},
        AELIA,
        NOTED,
        {**FOX, "_woocs_order_rate": "0"},
        {**FOX, "_woocs_order_rate": "-1"},
        {**FOX, "_woocs_order_rate": "NaN"},
        {**FOX, "_woocs_order_rate": "1e99"},
        {**FOX, "_woocs_order_rate": ["1.25"]},
        {**FOX, "_woocs_order_rate": True},
        {**FOX, "_woocs_order_base_currency": "euro"},
        {**FOX, "_woocs_order_base_currency": None},
        {"_woocs_order_base_currency": "USD", "_woocs_order_rate": "1.25"},
        {"wmc_order_info": {"EUR": {"rate": "1", "is_main": 1}}},
        {"wmc_order_info": {"EUR": "1", "USD": {"rate": "1.25"}}},
        {"wmc_order_info": "none"},
    ],
    ids=str,
)
def test_order_that_does_not_say_both_stays_as_it_is(meta):
    data = order_data("USD", meta)
    assert (data.currency, data.total_minor, data.presentment_currency) == ("USD", 1571, "")


def test_rate_of_the_payment_provider_comes_before_that_of_the_shop():
    meta = WOOPAYMENTS | {"_wcpay_multi_currency_stripe_exchange_rate": "0.79"}
    assert base_currency(meta, "USD") == BaseCurrency("EUR", Decimal("0.79"))
