"""The plugin of the docs speaks the names that webhooks read back, and trusts only what the store's key has signed."""

import json
import os
import shutil
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import jwt
import pytest

from checkout_widgets.webhooks import payloads

PLUGIN = Path(__file__).resolve().parents[2] / "docs" / "woocommerce" / "offerlift.php"
PHP = os.environ.get("PHP") or shutil.which("php")
SECRET = "sk_shop_0123456789abcdef0123456789abcdef"
needs_php = pytest.mark.skipif(PHP is None, reason="no PHP is installed (apt-get install php-cli, or set PHP)")

WORDPRESS = Path(__file__).with_name("wordpress.php")


def run(expression: str, before: str = "") -> Any:
    """The value of a PHP expression, with the plugin loaded into a WordPress of a few functions."""
    code = f"const OFFERLIFT_SECRET = '{SECRET}'; require '{WORDPRESS}'; require '{PLUGIN}';"
    code += f"{before} echo json_encode({expression});"
    result = subprocess.run([PHP or "", "-r", code], capture_output=True, text=True, check=True, timeout=60)
    return json.loads(result.stdout)


def token(key: str = SECRET, algorithm: str = "HS256", **changes: Any) -> str:
    """An acceptance of three units of balm for 10.00 and a pair of boots."""
    lines = [
        {"sku": "balm", "quantity": 1, "price_minor": 334},
        {"sku": "balm", "quantity": 2, "price_minor": 333},
        {"sku": "boots", "quantity": 1, "price_minor": 3000, "external_id": "35"},
    ]
    expires_at = datetime.now(UTC) + timedelta(minutes=5)
    claims = {"iss": "offerlift", "exp": int(expires_at.timestamp()), "currency": "EUR", "lines": lines}
    return jwt.encode(claims | changes, key, algorithm)


def test_plugin_writes_what_webhooks_read():
    text = PLUGIN.read_text()
    assert f"add_meta_data('{payloads.ACCEPTANCE_NAMES[0]}'" in text
    assert f"update_meta_data('{payloads.VISITOR_NAMES[0]}'" in text
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


FORGED = {
    "another key": token(key="sk_other_0123456789abcdef0123456789abcdef"),
    "expired": token(exp=1),
    "another issuer": token(iss="other"),
    "no signature": token().rpartition(".")[0] + ".",
    "algorithm none": token(key="", algorithm="none"),
    "altered": token().replace(".", ".e", 1),
    "no token": "x.y.z",
    "nothing": "",
}


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
@pytest.mark.parametrize(("currency", "units"), [("EUR", 100), ("JPY", 1), ("KWD", 1000)])
def test_plugin_knows_the_decimals_of_currencies(currency, units):
    assert run(f"offerlift_minor_units('{currency}')") == units


@needs_php
def test_plugin_tells_the_snippet_what_the_page_is():
    head = run("call('wp_head')")
    assert '<script async src="https://offers.example/s/upsell.js" data-key="pk_shop"></script>' in head
    assert '<script async src="https://offers.example/s/woocommerce.js"></script>' in head
    page = json.loads(head.partition("upsell('page', ")[2].partition(")</script>")[0])
    assert page == {
        "cart": {
            "currency": "EUR",
            "total_minor": 1250,
            "items": [
                {"sku": "balm", "quantity": 3, "price_minor": 400},
                {"sku": "36", "quantity": 1, "price_minor": 50},
            ],
        },
        "visitor": {"country": "DE"},
    }


@needs_php
def test_plugin_lets_no_sku_end_the_script():
    item = "['data' => new Product(35), 'quantity' => 1, 'line_subtotal' => 1]"
    head = run("call('wp_head')", before=f"$shop->cart->items = [{item}];")
    assert head.count("</script>") == head.count("<script")


@needs_php
@pytest.mark.parametrize(
    ("hook", "slot"),
    [
        ("woocommerce_after_cart_table", "cart"),
        ("woocommerce_review_order_before_payment", "payment"),
        ("woocommerce_thankyou", "confirmation"),
    ],
)
def test_plugin_makes_room_for_offers(hook, slot):
    assert f'data-upsell-slot="{slot}"' in run(f"call('{hook}')")


@needs_php
@pytest.mark.parametrize(("quantity", "price"), [(3, 10 / 3), (2, 10 / 3), (4, 4.0)])
def test_plugin_sells_at_the_accepted_price_as_many_as_were_accepted(quantity, price):
    add = f"call('woocommerce_store_api_add_to_cart_data', ['id' => 34], ['offerlift_acceptance' => '{token()}'])"
    before = f"$item = {add}['cart_item_data'] + ['data' => new Product(34), 'quantity' => {quantity}];"
    before += "$shop->cart->items = [$item]; call('woocommerce_before_calculate_totals', $shop->cart);"
    assert run("$item['data']->price", before) == pytest.approx(price)


@needs_php
@pytest.mark.parametrize("text", [token(currency="USD"), FORGED["altered"], ""], ids=["currency", "altered", "none"])
def test_plugin_leaves_other_products_as_they_are(text):
    add = f"call('woocommerce_store_api_add_to_cart_data', ['id' => 34], ['offerlift_acceptance' => '{text}'])"
    assert run(add) == {"id": 34}


@needs_php
def test_plugin_writes_the_token_into_the_orders_line():
    before = "$line = new Bag(); call('woocommerce_checkout_create_order_line_item', $line, 'k',"
    before += " ['offerlift' => ['token' => 'signed']]);"
    assert run("$line->meta", before) == {"_offerlift_acceptance": "signed"}


@needs_php
def test_plugin_carries_the_visitor_and_all_variants_into_the_order():
    before = """call('woocommerce_blocks_loaded');
        call('extensions', ['visitor' => 'v_1', 'assignments' => ['cart-test' => 'treatment']]);
        call('extensions', ['visitor' => 'v_1', 'assignments' => ['exit-test' => 'control']]);
        $order = new Bag(); call('woocommerce_store_api_checkout_update_order_meta', $order);"""
    assert run("$order->meta", before) == {
        "offerlift_visitor": "v_1",
        "offerlift_assignments": "exit-test=control, cart-test=treatment",
        "saved": True,
    }


@needs_php
@pytest.mark.parametrize(
    ("cookie", "meta"),
    [("$_COOKIE['upsell_visitor'] = 'v_2';", {"offerlift_visitor": "v_2", "offerlift_assignments": ""}), ("", [])],
    ids=["cookie", "nothing"],
)
def test_plugin_takes_the_visitor_of_the_cookie_where_the_session_has_none(cookie, meta):
    assert (
        run("$order->meta", f"{cookie} $order = new Bag(); call('woocommerce_checkout_create_order', $order);") == meta
    )


@needs_php
def test_plugin_respects_a_withdrawn_consent():
    before = """call('woocommerce_blocks_loaded'); $_COOKIE['upsell_visitor'] = 'v_1';
        call('extensions', ['visitor' => 'v_1', 'assignments' => ['cart-test' => 'treatment']]);
        call('extensions', ['visitor' => '', 'assignments' => []]);
        $order = new Bag(); call('woocommerce_checkout_create_order', $order);"""
    assert run("$order->meta", before) == []
