"""The Function that is deployed is the one of its sources, and its currencies are the product's."""

import hashlib
import re
import subprocess
import tomllib

import pytest

from checkout_widgets.webhooks.shop_systems.shopify import Shopify
from experiments import money
from tests.integrations.shopify.node import ROOT

APP = ROOT / "integrations" / "shopify"
FUNCTION = APP / "extensions" / "accepted-price"


def test_built_function_is_of_its_sources():
    sources = b"".join(path.read_bytes() for path in sorted((FUNCTION / "assembly").glob("*.ts")))
    assert (FUNCTION / "dist/sources.sha256").read_text().strip() == hashlib.sha256(sources).hexdigest()


@pytest.mark.long
def test_built_function_is_what_its_sources_give():
    subprocess.run([ROOT / "tools" / "shopify_function.sh", "check"], check=True)


def test_function_is_smaller_than_shopify_takes():
    assert (FUNCTION / "dist/function.wasm").stat().st_size < 256_000


@pytest.mark.parametrize(
    ("file", "names"),
    [
        ("extensions/accepted-price/assembly/money.ts", ("NO_DECIMALS", "THREE_DECIMALS", "FOUR_DECIMALS")),
        ("extensions/storefront/blocks/cart-offer.liquid", ("NO_DECIMALS", "THREE_DECIMALS")),
        ("shared/money.js", ("NO_DECIMALS", "THREE_DECIMALS", "FOUR_DECIMALS")),
    ],
)
def test_currencies_without_two_decimals_are_the_products(file, names):
    lists = re.findall(r"'((?:[A-Z]{3} ?)+)'", (APP / file).read_text())
    found = {frozenset(codes.split()) for codes in lists}
    assert {getattr(money, name) for name in names} <= found


def test_app_subscribes_to_what_the_edge_reads_and_to_all_requests_about_data():
    app = tomllib.loads((APP / "shopify.app.toml").read_text())
    orders, privacy = app["webhooks"]["subscriptions"]
    for topic in (*orders["topics"], *privacy["compliance_topics"]):
        assert Shopify().recognize_topic(topic), topic
    assert set(privacy["compliance_topics"]) == {"customers/data_request", "customers/redact", "shop/redact"}
    assert orders["uri"] == privacy["uri"] == "https://offers.example/v1/webhooks/shopify/tea"


def test_tokens_are_kept_read_and_copied_under_one_name():
    [namespace] = tomllib.loads((APP / "shopify.app.toml").read_text())["webhooks"]["subscriptions"][0][
        "metafield_namespaces"
    ]
    files = (
        "extensions/accepted-price/src/cart_lines_discounts_generate_run.graphql",
        "extensions/checkout-offer/src/cart.js",
        "scripts/set-up.mjs",
    )
    for file in files:
        text = (APP / file).read_text()
        assert namespace in text, file
        assert "acceptances" in text, file


def test_every_extension_is_described_and_has_its_modules():
    for path in (APP / "extensions").glob("*/shopify.extension.toml"):
        described = tomllib.loads(path.read_text())
        for extension in described.get("extensions", [described]):
            assert extension["type"] in {"function", "theme", "ui_extension", "web_pixel_extension"}
            for target in extension.get("targeting", []):
                assert (path.parent / target.get("module", target.get("input_query"))).is_file()
