"""A shop that answers as WooCommerce's Store API is documented and written
(https://developer.woocommerce.com/docs/apis/store-api/, plugins/woocommerce/src/StoreApi/Routes/V1)."""

import copy
import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from playwright.sync_api import Page

from tests.browser.stub import Call, Edge, Reply, Shop

API = "/wp-json/wc/store/v1/"
BALM, BOOTS, LARGE = 34, 35, 36


@dataclass
class Product:
    """What the shop sells; the price is in units of the shop's decimals."""

    sku: str
    price: int
    stock: int | None = None
    is_variation: bool = False


@dataclass
class Cart:
    """A session's cart. With the plugin, a line with an acceptance is one of its own, at the accepted price."""

    products: dict[int, Product]
    accepted_prices: dict[str, float] = field(default_factory=dict)
    currency: str = "EUR"
    decimals: int = 2
    items: dict[str, dict[str, Any]] = field(default_factory=dict)

    def add(self, product_id: int, quantity: int, acceptance: str = "") -> str:
        """The code of the refusal, empty where it is added."""
        product = self.products.get(product_id)
        if product is None:
            return "woocommerce_rest_cart_invalid_product"
        held = sum(item["quantity"] for item in self.items.values() if item["id"] == product_id)
        if product.stock == 0:
            return "woocommerce_rest_product_out_of_stock"
        if product.stock is not None and held + quantity > product.stock:
            return "woocommerce_rest_product_partially_out_of_stock"
        token = acceptance if self.accepted_prices else ""
        key = hashlib.md5(f"{product_id}{token}".encode(), usedforsecurity=False).hexdigest()
        item = self.items.setdefault(key, {"id": product_id, "quantity": 0, "acceptance": token})
        item["quantity"] += quantity
        return ""

    def price(self, item: dict[str, Any]) -> int:
        product = self.products[item["id"]]
        accepted = self.accepted_prices.get(product.sku) if item["acceptance"] else None
        return round(product.price if accepted is None else accepted)

    def as_json(self) -> dict[str, Any]:
        money = {"currency_code": self.currency, "currency_minor_unit": self.decimals}
        items = [
            {"key": key, "id": item["id"], "quantity": item["quantity"], "sku": self.products[item["id"]].sku}
            | {"prices": {"price": str(self.price(item))} | money}
            for key, item in self.items.items()
        ]
        total = sum(self.price(item) * item["quantity"] for item in self.items.values())
        return {"items": items, "totals": {"total_price": str(total)} | money, "errors": [], "extensions": {}}


def error(status: int, code: str) -> Reply:
    return Reply(json.dumps({"code": code, "message": code, "data": {"status": status}}), status=status)


class WooShop(Shop):
    """The shop's pages and Store API; ``failures`` come instead of answers, of what is ``lost`` no answer arrives.

    Each of ``overlaps`` undoes one change of the lines, as a call does that began before it and ends after it:
    WooCommerce writes the whole session at the end of a call (``WC_Session_Handler::save_data``).
    """

    def __init__(self, edge: Edge) -> None:
        super().__init__(edge)
        self.cart = Cart({BALM: Product("23084", 990), BOOTS: Product("23166", 3335), LARGE: Product("BALM-L", 1500)})
        self.cart.products[LARGE].is_variation = True
        self.failures: dict[str, list[Reply | None]] = {}
        self.lost: list[str] = []
        self.overlaps: list[Callable[[], None]] = []
        self.calls: list[tuple[str, Any]] = []
        self.nonce = "nonce-1"
        self.token = ""  # where there is one, cookies don't count
        self.used_tokens: list[str] = []
        self.session: dict[str, Any] = {}
        self.has_plugin = True

    def reply(self, call: Call) -> Reply | None:
        if not call.path.startswith(API):
            return super().reply(call)
        path = call.path.removeprefix(API)
        if call.method == "OPTIONS":
            return Reply("", headers={"Access-Control-Allow-Headers": "Content-Type, Nonce, Cart-Token"})
        body = json.loads(call.body) if call.body else None
        self.calls.append((path, body))
        if self.failures.get(path):
            return self.failures[path].pop(0)
        earlier = copy.deepcopy(self.cart.items)
        answer = self.refused(call) or self.answer(path, body, call.query)
        if self.overlaps and self.cart.items != earlier:
            self.cart.items = earlier
            self.overlaps.pop(0)()
        if path in self.lost:
            self.lost.remove(path)
            return None
        return Reply(answer.body, answer.content_type, answer.status, self.headers(path))

    def headers(self, path: str) -> dict[str, str]:
        """Those that every answer about the cart carries; the token is another one each time."""
        if not path.startswith("cart"):
            return {}
        if self.token:
            self.used_tokens.append(self.token)
            self.token = f"token-{len(self.used_tokens)}"
        named = {"Nonce": self.nonce, "Cart-Token": self.token or "of-a-cookie-session"}
        return named | {"Access-Control-Expose-Headers": "Nonce, Cart-Token"}

    def refused(self, call: Call) -> Reply | None:
        """Why a change isn't allowed: neither a valid cart token nor a valid nonce."""
        if self.token and call.headers["Cart-Token"] in (self.token, *self.used_tokens):
            return None
        if call.method == "GET" or (not self.token and call.headers["Nonce"] == self.nonce):
            return None
        if not call.headers["Nonce"]:
            return error(401, "woocommerce_rest_missing_nonce")
        return error(403, "woocommerce_rest_invalid_nonce")

    def answer(self, path: str, body: Any, query: dict[str, str]) -> Reply:
        if path == "products":
            return Reply(json.dumps(self.find(query)))
        if path == "cart/add-item":
            code = self.cart.add(body["id"], body["quantity"], body.get("offerlift_acceptance", ""))
            return error(400, code) if code else Reply(json.dumps(self.cart.as_json()), status=201)
        if path == "cart/remove-item":
            del self.cart.items[body["key"]]
        if path == "cart/update-item":
            self.cart.items[body["key"]]["quantity"] = body["quantity"]
        if path == "cart/extensions":
            if not self.has_plugin:
                return error(400, "woocommerce_rest_cart_extensions_error")
            self.session = body
        return Reply(json.dumps(self.cart.as_json()))

    def find(self, query: dict[str, str]) -> list[dict[str, Any]]:
        """Products by SKU; variations only where asked for."""
        is_variation = query.get("type") == "variation"
        return [
            {"id": number, "sku": product.sku}
            for number, product in self.cart.products.items()
            if product.sku == query["sku"] and product.is_variation == is_variation
        ]

    def held(self) -> list[tuple[int, int]]:
        """What is in the cart: products and quantities."""
        return [(item["id"], item["quantity"]) for item in self.cart.items.values()]


def open_cart(page: Page, shop: WooShop, script: str = "", settings: str = "", head: str = "") -> None:
    """The cart page, with both scripts and whatever else the theme does."""
    adapter = f'<script async src="{shop.edge.url}/s/woocommerce.js" {settings}></script>'
    page.goto(shop.put("/cart", head=head + shop.script() + adapter, call=script + ";upsell('page')"))


def wait_until_noted(shop: WooShop, wait_until: Callable[[Callable[[], bool]], None]) -> None:
    """Wait until the visitor and the exposure have come to the session."""
    wait_until(lambda: bool(shop.session.get("data", {}).get("assignments")))
