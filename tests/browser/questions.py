"""A confirmation page with the store's question, as the edge asks it."""

from typing import Any

from tests.browser.stub import reference

SLOT = '<div data-upsell-slot="confirmation" style="min-height:200px"></div>'
ORDER = "upsell('order', {cart: {currency: 'EUR', total_minor: 6670, items: []}});"
CHOICES = [
    {"tag": "trail", "text": "On trails"},
    {"tag": "road", "text": "On roads"},
    {"tag": "gift", "text": "A gift"},
]
MESSAGES = {"skip": "Skip", "thanks": "Thank you for your answer.", "failed": "That did not work. Please try again."}


def question(**content: Any) -> dict[str, Any]:
    shown = {
        "layout": "question",
        "headline": "What are they for?",
        "direction": "ltr",
        "theme": {},
        "messages": MESSAGES,
        "question": {"choices": CHOICES, "token": "asked"},
    }
    return {
        "moment": "question",
        "experiment": "question:1",
        "variant": None,
        "rollout": False,
        "trigger": {"kind": "question"},
        "exposure_token": None,
        "content": shown | content,
        "parts": [reference("card"), reference("question")],
    }
