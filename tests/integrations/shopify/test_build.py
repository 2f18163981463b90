"""The Function that is deployed is the one of its sources, and its currencies are the product's."""

import hashlib
import re
import subprocess

import pytest

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
