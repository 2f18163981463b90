"""What can be done to a message that is being written: blocks, other messages, languages. Pure: each returns a new one.

A stored document may be unfinished, such as with a picture that has no address yet: the checklist refuses to launch it.
"""

from copy import deepcopy
from typing import Any

from journeys.writing import wording
from journeys.writing.document import MOST_BLOCKS

Document = dict[str, Any]
MOST_MESSAGES = 4  # of a step: with more, each has too few contacts to tell them apart
LETTERS = "bcdefgh"  # further messages are called message B, C, ...
LANGUAGES = tuple(wording.UNSUBSCRIBE)  # those that the product has its own words in: a message is in one language
FIRST_CHOICES = ("yes", "no", "other")
FEWEST_ANSWERS, MOST_ANSWERS, MOST_LINES = 3, 5, 6  # as the document takes them

# What a new block says: a first draft where there is something that fits any product, else nothing yet.
BLANK_BLOCKS: dict[str, Document] = {
    "headline": {"text": ""},
    "text": {"text": ""},
    "reason": {"text": "Made for your {bought}."},
    "product": {"button": "See it for {price}"},
    "comparison": {"rows": [{"label": "", "bought": "", "offered": ""}]},
    "picture": {"url": "", "alt": ""},
    "quote": {"text": "{quote}"},
    "collection": {"text": "", "url": ""},
    "question": {"text": "", "choices": [{"tag": tag, "text": ""} for tag in FIRST_CHOICES]},
    "score": {"text": "How likely are you to recommend us, from 0 (not at all) to 10 (very likely)?"},
    "order_summary": {},
    "tracking": {"button": "Track the parcel"},
}


class UneditableDocument(ValueError):
    """An edit that a document doesn't take: a bound is reached, or what it names is gone."""


def with_block(document: Document, kind: str) -> Document:
    """Return the document with one more block at its end. Raises ``UneditableDocument``."""
    changed = deepcopy(document)
    blocks = changed.setdefault("blocks", [])
    if kind not in BLANK_BLOCKS or len(blocks) >= MOST_BLOCKS:
        raise UneditableDocument(kind)
    blocks.append({"kind": kind, "id": free_id(blocks, kind), **deepcopy(BLANK_BLOCKS[kind])})
    return changed


def free_id(blocks: list[Document], kind: str) -> str:
    """Return an ID that no block has yet."""
    taken = {block["id"] for block in blocks}
    number = 1
    while f"{kind}{number}" in taken:
        number += 1
    return f"{kind}{number}"


def without_block(document: Document, block_id: str) -> Document:
    """Return the document without a block and its translations. Raises ``UneditableDocument``."""
    changed = deepcopy(document)
    changed["blocks"].pop(index_of(document, block_id))
    for texts in changed.get("translations", {}).values():
        for name in list(texts):
            if name.startswith(f"{block_id}."):
                del texts[name]
    return changed


def with_block_moved(document: Document, block_id: str, by: int) -> Document:
    """Return the document with a block moved down by so many places, up where negative; at most to the end.

    Raises ``UneditableDocument``.
    """
    changed = deepcopy(document)
    index = index_of(document, block_id)
    block = changed["blocks"].pop(index)
    changed["blocks"].insert(max(index + by, 0), block)
    return changed


def index_of(document: Document, block_id: str) -> int:
    """Return where a block stands. Raises ``UneditableDocument``."""
    for index, block in enumerate(document.get("blocks", [])):
        if block["id"] == block_id:
            return index
    raise UneditableDocument(block_id)


def with_row(document: Document, block_id: str) -> Document:
    """Return the document with one more answer to a question, or one more line of a comparison.

    Raises ``UneditableDocument``.
    """
    changed = deepcopy(document)
    block = changed["blocks"][index_of(document, block_id)]
    if block["kind"] == "question" and len(block["choices"]) < MOST_ANSWERS:
        number = len(block["choices"]) + 1
        block["choices"].append({"tag": f"answer-{number}", "text": ""})
    elif block["kind"] == "comparison" and len(block["rows"]) < MOST_LINES:
        block["rows"].append({"label": "", "bought": "", "offered": ""})
    else:
        raise UneditableDocument(block_id)
    return changed


def without_row(document: Document, block_id: str) -> Document:
    """Return the document without the last answer of a question, or the last line of a comparison.

    Raises ``UneditableDocument``.
    """
    changed = deepcopy(document)
    block = changed["blocks"][index_of(document, block_id)]
    if block["kind"] == "question" and len(block["choices"]) > FEWEST_ANSWERS:
        block["choices"].pop()
    elif block["kind"] == "comparison" and len(block["rows"]) > 1:
        block["rows"].pop()
    else:
        raise UneditableDocument(block_id)
    return changed


def with_language(document: Document, language: str) -> Document:
    """Return the document with room for its texts in another language. Raises ``UneditableDocument``."""
    if language not in LANGUAGES:
        raise UneditableDocument(language)
    changed = deepcopy(document)
    changed.setdefault("translations", {}).setdefault(language, {})
    return changed


def without_language(document: Document, language: str) -> Document:
    """Return the document without its texts in a language."""
    changed = deepcopy(document)
    changed.get("translations", {}).pop(language, None)
    return changed


def with_message(document: Document) -> Document:
    """Return a step's document with one more message, at first a copy of its own. Raises ``UneditableDocument``."""
    changed = deepcopy(document)
    others = changed.setdefault("variants", {})
    if len(others) + 1 >= MOST_MESSAGES:
        raise UneditableDocument("variants")
    keys = (f"message-{letter}" for letter in LETTERS)
    others[next(key for key in keys if key not in others)] = own_message(document)
    return changed


def own_message(document: Document) -> Document:
    """Return a copy of a step's own message, without the further ones."""
    own = deepcopy(document)
    own.pop("variants", None)
    return own


def without_message(document: Document, variant: str) -> Document:
    """Return a step's document without one of its further messages. Raises ``UneditableDocument``."""
    changed = deepcopy(document)
    if changed.get("variants", {}).pop(variant, None) is None:
        raise UneditableDocument(variant)
    if not changed["variants"]:
        del changed["variants"]
    return changed
