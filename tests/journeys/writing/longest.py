"""The longest of everything that a message says beside its document."""

from typing import Any

from babel import Locale

from journeys.scores import ALL, tag_of
from journeys.writing.context import MessageContext, MessageLinks, ShownItem, ShownOffer, ShownOrder
from journeys.writing.length import MOST_LISTED

LANGUAGES = ("en", "de", "fr", "es", "nl", "pl", "ar")
QUOTE = "“%s” , , September 30, 2026"  # 300 letters of text, 80 of a name, 120 of a source
LINK = f"https://edge.example/m/u/{'t' * 400}"
TAGS = [*(f"tag{number}" for number in range(5)), *map(tag_of, ALL)]
PICTURE = f"https://shop.example/{'p' * 475}.jpg"


def longest_context(language: str, letter: str = "&", **changes: Any) -> MessageContext:
    """What fills a message most: ``letter`` is what all names are made of."""
    item = ShownItem(title=letter * 200, quantity=1_000_000, image_url=PICTURE)
    fields: dict[str, Any] = {
        "locale": Locale.parse(language),
        "store_name": letter * 100,
        "postal_address": letter * 300,
        "links": MessageLinks(offer=LINK, unsubscribe=LINK, preferences=LINK, answers=dict.fromkeys(TAGS, LINK)),
        "offer": ShownOffer(
            items=[item] * 4,
            price=letter * 30,
            saving=letter * 60,
            saved=letter * 30,
            claims={"quote": QUOTE % (letter * 500)},
        ),
        "order": ShownOrder(
            number=letter * 64, items=[item] * MOST_LISTED, total=letter * 30, tracking_url=PICTURE, more_items=980
        ),
        "is_similar_customer": True,
    }
    return MessageContext(**fields | changes)
