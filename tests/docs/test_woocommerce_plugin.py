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

WORDPRESS = """
define('ABSPATH', '/'); define('OFFERLIFT_SECRET', '%s');
function add_filter(...$arguments) {} function add_action(...$arguments) {}
require '%s';
"""


def run(expression: str) -> Any:
    """The value of a PHP expression, with the plugin loaded."""
    code = WORDPRESS % (SECRET, PLUGIN) + f"echo json_encode({expression});"
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
