"""How many instructions the discount Function takes, counted by the engine that Shopify counts with."""

import json
from pathlib import Path
from typing import Any

import jwt
import pytest
from wasmtime import Config, Engine, Linker, Module, Store, WasiConfig

from tests.integrations.shopify import carts
from tests.integrations.shopify.carts import PREVIOUS_KEY, Cart, Line, Product
from tests.integrations.shopify.function import run_function, settings
from tests.integrations.shopify.node import ROOT

# For carts of up to 200 lines: https://shopify.dev/docs/apps/build/functions/optimize-instruction-counts
LIMIT = 11_000_000
BUILT = ROOT / "integrations/shopify/extensions/accepted-price/dist/function.wasm"
LARGEST_INPUT = 128_000  # bytes: https://shopify.dev/docs/api/functions/current#other-limitations
LINES, TOKENS, PARTS = 200, 5, 5


def instructions(shown: dict[str, Any], folder: Path) -> tuple[dict[str, Any], int]:
    """The Function's answer, and how many instructions it took."""
    config = Config()
    config.consume_fuel = True
    engine = Engine(config)
    linker, store = Linker(engine), Store(engine)
    linker.define_wasi()
    store.set_fuel(LIMIT)
    files = WasiConfig()
    (folder / "input").write_text(json.dumps(shown))
    files.stdin_file, files.stdout_file = folder / "input", folder / "output"
    store.set_wasi(files)
    function: Any = linker.instantiate(store, Module.from_file(engine, BUILT)).exports(store)["run"]
    function(store)
    output: dict[str, Any] = json.loads((folder / "output").read_text())
    return output, LIMIT - store.get_fuel()


def largest_cart(tokens: int) -> Cart:
    """A cart of 200 lines, the first few with bundles that were accepted just before the store's key was replaced."""
    products = [Product(str(43_229_298_160 + number), "776770", f"TEA-{number}", "12.50") for number in range(LINES)]
    cart = Cart("EUR", products, [Line(product, 1) for product in products])
    for number in range(tokens):
        sold = products[number * PARTS : number * PARTS + PARTS]
        parts = [carts.part_of(product, 1, 990, by="variant") for product in sold]
        claims = carts.claims_of(cart, parts, jti=f"00000000-0000-4000-8000-00000000000{number}")
        for line in cart.lines[number * PARTS : number * PARTS + PARTS]:
            line.token = jwt.encode(claims, PREVIOUS_KEY, "HS256")
    return cart


@pytest.mark.slow
def test_largest_cart_takes_less_than_half_of_what_shopify_allows(tmp_path):
    known = settings()
    found = run_function([carts.shown(largest_cart(tokens), known) for tokens in (0, 1, TOKENS)])
    taken = []
    for number, result in enumerate(found):
        folder = tmp_path / str(number)
        folder.mkdir()
        assert len(json.dumps(result["input"])) < LARGEST_INPUT
        output, used = instructions(result["input"], folder)
        assert output == result["output"]  # both engines
        taken.append(used)
    assert taken == sorted(taken)
    assert taken[-1] < LIMIT / 2
    assert [verdict["code"] for verdict in found[-1]["verdicts"]] == [""] * TOKENS * PARTS
