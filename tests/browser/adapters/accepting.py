"""A shopper who accepts in the cart, what the edge answers, and what failed."""

import json
from collections.abc import Callable
from typing import Any

from playwright.sync_api import Page, expect

from experiments import money
from tests.browser.stub import Edge, Reply, content, decision, reference


def accepted(
    edge: Edge, *lines: tuple[str, str | None, int, int], currency: str = "EUR", times: int = 1, **fields: Any
) -> None:
    """What the edge answers to the next accepts: lines of SKU, external id, quantity and price."""
    named = [
        {"sku": sku, "quantity": quantity, "price_minor": price} | ({"external_id": external_id} if external_id else {})
        for sku, external_id, quantity, price in lines
    ]
    answer = {"acceptance_token": "signed", "currency": currency, "decimals": money.decimals(currency), "lines": named}
    answer["parts"] = [reference("kept")]
    edge.replies["/v1/accept"] = [Reply(json.dumps(answer | fields))] * times


def press_accept(page: Page) -> None:
    page.get_by_role("button", name="Add for").click()


def ticked(edge: Edge, page: Page, open_it: Callable[[], None]) -> Any:
    """The checkbox of an accepted order bump."""
    bump = content(layout="bump", accept_label="Add the balm for €9.90")
    edge.decisions = [decision(content=bump)]
    open_it()
    page.get_by_role("checkbox", name="Add the balm").check()
    box = page.get_by_role("checkbox", name="Leather care balm, 75 ml, €9.90")
    expect(box).to_be_checked()
    return box


def reasons(edge: Edge) -> list[str]:
    return [event["props"]["reason"] for event in edge.events() if event["type"] == "accept_failed"]
