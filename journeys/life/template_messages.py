"""What the messages of templates are put together of: blocks, and the question that two journeys ask.

The words are for customers: a first draft in English, for the store to rewrite. gettext is for the console.
"""

from typing import Any

Block = dict[str, Any]
TRACKING: Block = {"kind": "tracking", "id": "tracking", "button": "Track the parcel"}


def text(words: str, number: int = 1) -> Block:
    """Return a paragraph."""
    return {"kind": "text", "id": f"text{number}", "text": words}


def headline(words: str) -> Block:
    """Return a headline."""
    return {"kind": "headline", "id": "headline", "text": words}


def pairing_reason(words: str) -> Block:
    """Return why the product fits what was bought."""
    return {"kind": "reason", "id": "reason", "text": words}


def product(button: str = "See it for {price}", items: int = 1) -> Block:
    """Return the offer with its button."""
    return {"kind": "product", "id": "product", "button": button, "most_items": items}


def asked(words: str, **choices: str) -> Block:
    """Return a question; its answers by their tags."""
    answers = [{"tag": tag, "text": label} for tag, label in choices.items()]
    return {"kind": "question", "id": "question", "text": words, "choices": answers}


def score() -> Block:
    """Return the question of the Net Promoter Score."""
    return {
        "kind": "score", "id": "score",
        "text": "How likely are you to recommend us, from 0 (not at all) to 10 (very likely)?",
    }  # fmt: skip


def message(subject: str, *blocks: Block, **others: Any) -> dict[str, Any]:
    """Return a message; ``others`` are the messages of further variants, by key."""
    document: dict[str, Any] = {"subject": subject, "blocks": list(blocks)}
    if others:
        document["variants"] = others
    return document


QUESTION = message(
    "How is your {bought}?",
    headline("One question"),
    asked("What are you trying to improve next?", comfort="Comfort", speed="Speed", look="The look"),
)
