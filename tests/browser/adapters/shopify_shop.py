"""A shop that answers as Shopify's Cart API is documented (https://shopify.dev/docs/api/ajax/reference/cart)."""

import json
from dataclasses import dataclass, field
from typing import Any

from tests.browser.stub import Call, Edge, Reply, Shop

BALM, BOOTS = 41000000000001, 41000000000002


@dataclass
class Variant:
    """What the shop sells: the price in hundredths; ``stock`` is null where it isn't counted."""

    price: int
    stock: int | None = None


def error(status: int, description: str, message: str = "Cart Error") -> Reply:
    return Reply(json.dumps({"status": status, "message": message, "description": description}), status=status)


@dataclass
class Cart:
    """The session's cart; ``discounts`` are per unit, by variant, and for lines with an accepted offer only."""

    variants: dict[int, Variant]
    currency: str = "EUR"
    discounts: dict[int, int] = field(default_factory=dict)
    items: list[dict[str, Any]] = field(default_factory=list)
    attributes: dict[str, str] = field(default_factory=dict)
    changes: int = 0

    def add(self, items: list[dict[str, Any]]) -> Reply:
        """Adds as many as there are, and complains if that is fewer than asked for."""
        if any(item["id"] not in self.variants for item in items):
            return error(404, "Cannot find variant")
        failed = None
        for item in items:
            failed = self.add_one(item["id"], item["quantity"], item.get("properties") or {}) or failed
        return failed or Reply(json.dumps({"items": self.items[-len(items) :]}))

    def add_one(self, variant_id: int, quantity: int, properties: dict[str, str]) -> Reply | None:
        stock = self.variants[variant_id].stock
        held = sum(item["quantity"] for item in self.items if item["variant_id"] == variant_id)
        left = quantity if stock is None else min(quantity, stock - held)
        if left <= 0:
            return error(422, "The product 'Leather care balm' is already sold out.")
        same = [i for i in self.items if i["variant_id"] == variant_id and (i["properties"] or {}) == properties]
        if same:
            same[0]["quantity"] += left
        else:
            line = {"id": variant_id, "variant_id": variant_id, "quantity": left, "properties": properties or None}
            self.items.append(line)
        return None if left == quantity else error(422, "You can't add more Leather care balm to the cart.")

    def change(self, key: str, quantity: int) -> Reply:
        found = [item for item in self.items if self.key(item) == key]
        if not found:
            return error(400, "no valid id or line parameter", "no valid id or line parameter")
        found[0]["quantity"] = quantity
        self.items = [item for item in self.items if item["quantity"]]
        return Reply(json.dumps(self.as_json()))

    def key(self, item: dict[str, Any]) -> str:
        """Not persistent: another one after each change of the cart."""
        return f"{item['variant_id']}:{self.items.index(item)}-{self.changes}"

    def as_json(self) -> dict[str, Any]:
        items = []
        for item in self.items:
            price = self.variants[item["variant_id"]].price
            off = self.discounts.get(item["variant_id"], 0) if item["properties"] else 0
            final = {"price": price, "final_price": price - off, "final_line_price": (price - off) * item["quantity"]}
            items.append(item | final | {"key": self.key(item), "sku": f"SKU-{item['variant_id']}"})
        total = sum(item["final_line_price"] for item in items)
        return {"currency": self.currency, "attributes": self.attributes, "items": items, "total_price": total}


class ShopifyShop(Shop):
    """The theme's pages and the cart; ``failures`` come instead of answers, of what is ``lost`` no answer arrives."""

    def __init__(self, edge: Edge) -> None:
        super().__init__(edge)
        self.cart = Cart({41000000000001: Variant(990), 41000000000002: Variant(3335)})
        self.failures: dict[str, list[Reply | None]] = {}
        self.lost: list[str] = []
        self.calls: list[tuple[str, Any]] = []

    def reply(self, call: Call) -> Reply | None:
        path = call.path.removeprefix("/de")
        if not path.startswith("/cart") or path in self.pages:
            return super().reply(call)
        body = json.loads(call.body) if call.body else None
        if path != "/cart.js":
            assert call.method == "POST"
            assert call.headers["Content-Type"] == "application/json"
        self.calls.append((call.path, body))
        if self.failures.get(path):
            return self.failures[path].pop(0)
        answer = self.answer(path, body)
        if path in self.lost:
            self.lost.remove(path)
            return None
        return answer

    def answer(self, path: str, body: Any) -> Reply:
        if path != "/cart.js":
            self.cart.changes += 1
        if path == "/cart/add.js":
            return self.cart.add(body["items"])
        if path == "/cart/change.js":
            self.cart.changes -= 1
            return self.cart.change(body["id"], body["quantity"])
        if path == "/cart/update.js":
            self.cart.attributes |= body["attributes"]
        return Reply(json.dumps(self.cart.as_json()))

    def held(self) -> list[tuple[int, int]]:
        """What is in the cart: variants and quantities."""
        return [(item["variant_id"], item["quantity"]) for item in self.cart.items]
