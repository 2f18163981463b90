"""The WooCommerce plugin speaks the names that webhooks read back, and trusts only what the store's key has signed."""

import json

import pytest
from babel.core import get_global

from checkout_widgets.webhooks.shop_systems import payloads
from experiments import money
from experiments.accounting.order_data import VISITOR_NAMES
from tests.integrations.woocommerce.plugin import (
    FORGED,
    PLUGIN,
    needs_php,
    run,
    token,
)


def test_plugin_writes_what_webhooks_read():
    text = "".join(file.read_text() for file in PLUGIN.parent.glob("includes/**/*.php"))
    assert f"add_meta_data('{payloads.ACCEPTANCE_NAMES[0]}'" in text
    assert f"update_meta_data('{VISITOR_NAMES[0]}'" in text
    assert f"update_meta_data('{payloads.PLACED_AT_NAMES[0]}'" in text
    adapter = (PLUGIN.parents[2] / "static" / "src" / "adapters" / "woocommerce.js").read_text()
    for shared in ("offerlift_acceptance", "namespace: 'offerlift'"):
        assert shared in adapter
    assert "$request['offerlift_acceptance']" in text
    assert "'namespace' => 'offerlift'" in text


@needs_php
def test_plugin_reads_a_token_of_the_stores_key():
    claims = run(f"offerlift_claims('{token()}')")
    assert claims["currency"] == "EUR"
    assert len(claims["lines"]) == 3


@needs_php
@pytest.mark.parametrize("text", FORGED.values(), ids=FORGED.keys())
def test_plugin_takes_nothing_else(text):
    assert run(f"offerlift_claims('{text}')") is None


@needs_php
@pytest.mark.parametrize(
    ("sku", "product", "accepted"),
    [
        ("balm", "34", {"quantity": 3, "price": 10 / 3}),
        ("other", "35", {"quantity": 1, "price": 30}),
        ("other", "36", None),
        ("", "36", None),
    ],
)
def test_plugin_prices_a_product_as_accepted(sku, product, accepted):
    found = run(f"offerlift_accepted(offerlift_claims('{token()}'), '{sku}', '{product}')")
    assert found == (accepted and pytest.approx(accepted))


@needs_php
def test_plugin_knows_the_decimals_of_all_currencies():
    currencies = sorted(get_global("all_currencies"))
    assert len(currencies) > 150
    units = run(f"array_map('offerlift_minor_units', {json.dumps(currencies)})")
    assert units == [10 ** money.decimals(currency) for currency in currencies]
