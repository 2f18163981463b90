"""Events that wait in the browser's storage, and an edge that can't take them yet."""

import json

from tests.browser.stub import Reply

UNAVAILABLE = Reply('{"error": {"code": "unavailable", "message": ""}}', status=503)
STORED = "Object.keys(localStorage).filter(name => name.includes(':event:')).length"


def stored_event(number: int, *, visitor: str = "v_1", padding: int = 0) -> tuple[str, str]:
    """An event as the snippet keeps it."""
    event = {"id": f"id-{number:04}", "type": "click", "at": "2026-11-22T10:00:00.000Z", "exposure_token": "token"}
    waiting = {"visitor": visitor, "event": event | {"props": {"padding": "é" * padding}}}
    return f"upsell:pk_test:event:{number:04}", json.dumps(waiting)


def fill(page, shop, events: list[tuple[str, str]]) -> None:
    """Put these events into the browser's storage."""
    page.goto(shop.put("/empty", head="", body="", call=""))
    page.evaluate("events => events.forEach(([name, value]) => localStorage.setItem(name, value))", events)
