"""The WooCommerce plugin, run by PHP in a WordPress of a few functions."""

import json
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import jwt
import pytest

from tests.integrations.woocommerce.php import run_php

FOLDER = Path(__file__).resolve().parents[3] / "integrations" / "woocommerce"
PLUGIN = FOLDER / "offerlift.php"


SECRET = "sk_shop_0123456789abcdef0123456789abcdef"


needs_php = pytest.mark.php  # which the tests bring


WORDPRESS = FOLDER / "tests" / "wordpress.php"


WOOCOMMERCE = FOLDER / "tests" / "woocommerce.php"


KEYS = {"OFFERLIFT_EDGE": "https://offers.example/", "OFFERLIFT_KEY": "pk_shop", "OFFERLIFT_SECRET": SECRET}


# what WordPress and WooCommerce call while they draw a cart, a checkout or a thank-you page
SLOT_HOOKS = [
    "woocommerce_before_cart_collaterals",
    "woocommerce_checkout_order_review",
    "woocommerce_review_order_before_payment",
    "woocommerce_thankyou",
]
BLOCKS = [
    "woocommerce/cart-line-items-block",
    "woocommerce/checkout-shipping-methods-block",
    "woocommerce/checkout-actions-block",
]


ADMIN = "$request['is_admin'] = true;"


def run(
    expression: str,
    before: str = "",
    *,
    first: str = "",
    constants: dict[str, Any] | None = None,
    shop: bool = True,
) -> Any:
    """The value of a PHP expression, with the plugin loaded into a WordPress of a few functions.

    ``first`` happens before the plugin is loaded and ``before`` after it. ``shop`` says whether WooCommerce is there,
    ``constants`` what wp-config.php defines. Whatever PHP complains about fails the test.
    """
    defined = KEYS if constants is None else constants
    code = "error_reporting(E_ALL); set_error_handler(function ($n, $why) { throw new Exception($why); });"
    code += "".join(f"define('{name}', {json.dumps(value)});" for name, value in defined.items())
    code += f"require '{WORDPRESS}';" + (f"require '{WOOCOMMERCE}';" if shop else "")
    code += f"{first} require '{PLUGIN}';"
    code += f"{before} echo json_encode({expression});"
    result = run_php(code)
    assert result.code == 0, result.text
    return json.loads(result.text)


def slots(before: str = "") -> list[str]:
    """The moments whose slots are drawn on the page, by the hooks of the classic pages and of the blocks."""
    drawn = [f"call('{hook}')" for hook in SLOT_HOOKS]
    drawn += [f"call('render_block_{block}', '')" for block in BLOCKS]
    html = " ".join(text or "" for text in run(f"[{', '.join(drawn)}]", before))
    return sorted(set(re.findall('data-upsell-slot="([a-z_]+)"', html)))


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


def page_of(foot: str, command: str = "page") -> Any:
    """What the page tells the snippet."""
    assert f"upsell('{command}', offerliftPage)" in foot
    return json.loads(foot.partition("offerliftPage=")[2].partition(";upsell(")[0])


RECEIVED = (
    "$request['page'] = 'received'; $request['order-received'] = '7'; $_GET['key'] = 'wc_order_secret';"
    "$shop->cart->items = [];"
)


def accepted_in_cart(quantity: int) -> str:
    """The accepted balm in the cart, so many of it, and the cart's totals calculated."""
    add = f"call('woocommerce_store_api_add_to_cart_data', ['id' => 34], ['offerlift_acceptance' => '{token()}'])"
    item = f"$item = {add}['cart_item_data'] + ['data' => new WC_Product(34), 'quantity' => {quantity}];"
    return item + "$shop->cart->items = [$item]; call('woocommerce_before_calculate_totals', $shop->cart);"
