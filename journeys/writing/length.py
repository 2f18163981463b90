"""How long a message's HTML is at most, whoever reads it and in whatever language: a longer one can't be launched.

Pure. The figures are of the longest that fits in: links, names of products, the store, and its postal address. They are
measured on what the template makes (``tests/journeys/writing/test_length.py``).
"""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from django.utils.html import escape

from journeys.writing.block_names import QUOTE

if TYPE_CHECKING:
    from journeys.writing.document import Block, MessageDocument

# https://mailtrap.io/blog/gmail-clipping/: Gmail cuts what is longer, and with it the link to unsubscribe.
LONGEST_HTML = 102_000
MOST_LISTED = 20  # products of an order: one of a business may have a thousand
FRAME_BYTES = 9_500
PLACEHOLDER_BYTES = 1_000  # the name of a product, each of its letters escaped
QUOTE_BYTES = 2_700  # what a customer said, with name, source, and date
ORDERED_ITEM_BYTES = 1_050
BLOCK_BYTES = {
    "headline": 400,
    "text": 300,
    "reason": 300,
    "product": 2_000,
    "comparison": 500,
    "picture": 1_100,
    "quote": 2_300,
    "collection": 900,
    "question": 500,
    "score": 900,
    "order_summary": 900 + MOST_LISTED * ORDERED_ITEM_BYTES,
    "tracking": 1_400,
}
# Of what a block has several of, each: products, facts, answers.
PART_BYTES = {"product": 3_800, "comparison": 200, "question": 1_300, "score": 1_000}


def most_bytes(document: "MessageDocument", texts: Iterable[tuple[str, str]]) -> int:
    """Return how many bytes the document's HTML has at most. ``texts`` are its own, by the names of translations."""
    total = FRAME_BYTES + sum(map(block_bytes, document.blocks))
    for name, text in texts:
        total += max(map(text_bytes, in_all_languages(name, text, document.translations)))
    return total


def block_bytes(block: "Block") -> int:
    """Return how long a block is without its texts."""
    kind = str(block.__struct_config__.tag)
    return BLOCK_BYTES[kind] + PART_BYTES.get(kind, 0) * parts_of(block)


def parts_of(block: "Block") -> int:
    """Return how many products, facts, or answers a block has."""
    several = getattr(block, "rows", None) or getattr(block, "choices", None) or ()
    return len(several) or getattr(block, "most_items", 0)


def in_all_languages(name: str, text: str, translations: Mapping[str, Mapping[str, str]]) -> list[str]:
    """Return a text as it was written and as it is translated."""
    written = [text]
    for texts in translations.values():
        written.append(texts.get(name, ""))
    return written


def text_bytes(text: str) -> int:
    """Return how long a text is in HTML, with the longest in the place of its placeholders."""
    quotes = text.count(QUOTE)
    placeholders = (text.count("{") - quotes) * PLACEHOLDER_BYTES + quotes * QUOTE_BYTES
    return len(escape(text).encode()) + text.count("\n") * len("<br />") + placeholders
