"""A document with every kind of block, and what a message with it says."""

from typing import Any

from babel import Locale

from journeys.writing.context import MessageContext, MessageLinks, ShownItem, ShownOffer, ShownOrder

EVERY_BLOCK: dict[str, Any] = {
    "subject": "A lid for your {bought}",
    "preheader": "It keeps tea warm",
    "offer": "lid",
    "blocks": [
        {"kind": "headline", "id": "h", "text": "Does your tea get cold?"},
        {"kind": "text", "id": "t", "text": "You have had the {bought} for two weeks.\nThis lid fits it."},
        {"kind": "reason", "id": "r", "text": "Made for the {bought}"},
        {"kind": "product", "id": "p", "button": "See the offer"},
        {
            "kind": "comparison",
            "id": "c",
            "rows": [{"label": "Warm for", "bought": "20 minutes", "offered": "60 minutes"}],
        },
        {"kind": "picture", "id": "i", "url": "https://shop.example/lid.jpg", "alt": "A lid on a mug"},
        {"kind": "quote", "id": "q", "text": "{quote}"},
        {"kind": "collection", "id": "k", "text": "All lids", "url": "https://shop.example/lids"},
        {
            "kind": "question",
            "id": "a",
            "text": "What would you like to improve next?",
            "choices": [
                {"tag": "warmth", "text": "Warmer tea"},
                {"tag": "size", "text": "More tea"},
                {"tag": "none", "text": "Nothing"},
            ],
        },
        {"kind": "score", "id": "s", "text": "Would you recommend us?"},
        {"kind": "order_summary", "id": "o"},
        {"kind": "tracking", "id": "w", "button": "Where is my parcel?"},
    ],
    "translations": {
        "ar": {"subject": "غطاء لكوبك", "h.text": "هل يبرد الشاي؟", "p.button": "شاهد العرض"},
        "de": {"subject": "Ein Deckel für Ihre {bought}", "a.warmth": "Wärmerer Tee", "c.0.label": "Warm für"},
    },
}


QUOTE = "“It fits.” Ada, Review in our shop, May 3, 2026"


def context(locale: str = "en", **changes: Any) -> MessageContext:
    """What a message is written with."""
    lid, mug = ShownItem(title="Lid", image_url="https://shop.example/l.jpg"), ShownItem(title="Mug", quantity=2)
    fields: dict[str, Any] = {
        "locale": Locale.parse(locale),
        "store_name": "Tea shop",
        "postal_address": "Tea Ltd, 1 Quay Street, Bristol",
        "links": MessageLinks(
            offer="https://edge.example/m/offer",
            unsubscribe="https://edge.example/m/u",
            preferences="https://edge.example/m/p",
            answers={
                "warmth": "https://edge.example/m/q1",
                "size": "https://edge.example/m/q2",
                "score-7": "https://edge.example/m/s7",
            },
        ),
        "offer": ShownOffer(items=[lid], price="€9.90", saving="Save €2.00", saved="€2.00", claims={"quote": QUOTE}),
        "order": ShownOrder(number="1001", items=[mug], total="€24.00", tracking_url="https://post.example/1"),
    }
    return MessageContext(**fields | changes)
