"""A shopper's browser in a real shop, and an edge that offers the mug: for tests and commands."""

import json
from typing import Any

from playwright.sync_api import Page, expect

from tests.browser import stub
from tests.browser.stub import Reply, content, decision, euros
from tests.shop_rig.edge import acceptance

WAIT_MS = 60_000
# A busy machine must not look like a slow edge.
PATIENT = (
    "const set = window.setTimeout;"
    "window.setTimeout = (callback, ms, ...rest) => set(callback, ms === 800 ? 15000 : ms, ...rest)"
)


class Edge(stub.Edge):
    """An edge that offers the mug in the cart and on the checkout, at 7.90."""

    def __init__(self) -> None:
        super().__init__()
        mug = [{"sku": "MUG", "title": "Mug", "quantity": 1, "price": euros(790)}]
        shown = content(headline="Mug", items=mug, price=euros(790), accept_label="Add for €7.90", compare_at=None)
        self.decisions = [decision(moment, content=shown) for moment in ("cart", "payment", "shipping")]
        self.decisions.append(decision("exit_intent", content=shown | {"layout": "dialog"}))
        self.moments = ["cart", "payment"]

    def usual(self, path: str, body: dict[str, Any]) -> Reply:
        """What the real edge would answer of the mug."""
        if path == "/v1/moments":
            return Reply(json.dumps({"moments": self.moments, "ttl_s": 60}))
        if path != "/v1/accept":
            return super().usual(path, body)
        token = acceptance("MUG", 1, 790)
        lines = '[{"sku": "MUG", "quantity": 1, "price_minor": 790}]'
        answer = (
            f'"acceptance_token": "{token}", "currency": "EUR", "total_minor": 790, "quantity": 1, "lines": {lines}'
        )
        return Reply("{" + answer + "}")

    def decided(self) -> list[dict[str, Any]]:
        """What pages asked to decide."""
        return [body for _, path, body in self.requests if path == "/v1/decide"]


def accept_at(page: Page, moment: str) -> None:
    """Press the offer's button, and read that it is in the order."""
    slot = page.locator(f'[data-upsell-slot="{moment}"]')
    button = slot.get_by_role("button", name="Add for €7.90")
    expect(button).to_be_visible(timeout=WAIT_MS)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    button.click()
    expect(slot.get_by_text("Added to your order.")).to_be_visible(timeout=WAIT_MS)


def cart_of(page: Page) -> Any:
    """The cart as the shop has it: names, quantities and prices."""
    return page.evaluate(
        "fetch('/wp-json/wc/store/v1/cart').then((answer) => answer.json())"
        ".then((cart) => cart.items.map((item) => [item.sku, item.quantity, item.prices.price]))"
    )


WITH_MUG = [["BOOTS", 1, "3335"], ["MUG", 1, "790"]]
