"""The texts of a stored message that somebody writes: where each stands, and how its field is called."""

from collections.abc import Iterator
from copy import deepcopy
from typing import Any, NamedTuple

from django.utils.translation import gettext

from journeys.writing.block_names import TEXT_NAMES
from journeys.writing.document import LONGEST_DELAY_HOURS

Document = dict[str, Any]
Path = tuple[str | int, ...]

OF_BLOCK = ("text", "button", "alt", "url")  # in the order of their fields
# As long as the document takes them (journeys/writing/document.py), so that the field itself says what is too long.
LONGEST_LINE, LONGEST_LINK, LONGEST_PARAGRAPH, LONGEST_PREHEADER = 120, 60, 2_000, 150
LONGEST = {"button": LONGEST_LINK, "url": 480, "tag": 64}
LONG_BLOCKS = frozenset({"text", "quote"})
TRANSLATED = frozenset({"text", "button", "alt"})


class EditableText(NamedTuple):
    """A text: ``path`` leads to it in the document, ``key`` names its field, ``translation`` its place among the texts
    of another language, empty where it stays as it is."""

    path: Path
    key: str
    label: str
    longest: int
    translation: str = ""


def opening_texts() -> tuple[EditableText, EditableText]:
    """Return the texts that an inbox shows."""
    return (
        EditableText(("subject",), "subject", str(TEXT_NAMES["subject"]), LONGEST_LINE, "subject"),
        EditableText(("preheader",), "preheader", str(TEXT_NAMES["preheader"]), LONGEST_PREHEADER, "preheader"),
    )


def block_texts(index: int, block: Document) -> Iterator[EditableText]:
    """Yield the texts of a block, its answers or lines after its own."""
    for name in OF_BLOCK:
        if name in block:
            label = TEXT_NAMES[name]
            translation = ""
            if name in TRANSLATED:
                translation = f"{block['id']}.{name}"
            longest = longest_text(block["kind"], name)
            yield EditableText(("blocks", index, name), f"{block['id']}.{name}", str(label), longest, translation)
    yield from answer_texts(index, block)
    yield from line_texts(index, block)


def longest_text(kind: str, name: str) -> int:
    """Return how many characters a text of a block may have."""
    if name == "text" and kind in LONG_BLOCKS:
        return LONGEST_PARAGRAPH
    if name == "text" and kind == "collection":
        return LONGEST_LINK
    return LONGEST.get(name, LONGEST_LINE)


def answer_texts(index: int, block: Document) -> Iterator[EditableText]:
    """Yield the answers of a question, each with the tag that it leaves."""
    for number, choice in enumerate(block.get("choices", ())):
        path, key = ("blocks", index, "choices", number), f"{block['id']}.choices.{number}"
        label = gettext("Answer %(number)s") % {"number": number + 1}
        yield EditableText((*path, "text"), f"{key}.text", label, LONGEST_LINK, f"{block['id']}.{choice['tag']}")
        label = gettext("Tag of answer %(number)s") % {"number": number + 1}
        yield EditableText((*path, "tag"), f"{key}.tag", label, LONGEST["tag"])


def line_texts(index: int, block: Document) -> Iterator[EditableText]:
    """Yield the lines of a comparison, cell by cell."""
    for number, row in enumerate(block.get("rows", ())):
        for name in row:
            place = f"{block['id']}.{number}.{name}"
            path = ("blocks", index, "rows", number, name)
            label = f"{TEXT_NAMES[name]} ({number + 1})"
            yield EditableText(path, f"{block['id']}.rows.{number}.{name}", label, LONGEST_LINE, place)


class EditableNumber(NamedTuple):
    """A whole number that somebody chooses: ``path``, ``key`` and ``label`` as of a text; ``usual`` where the document
    doesn't say."""

    path: Path
    key: str
    label: str
    least: int
    most: int
    usual: int


def block_numbers(index: int, block: Document) -> Iterator[EditableNumber]:
    """Yield the numbers of a block: how many of the offer's products are shown."""
    if block["kind"] == "product":
        label = gettext("Products shown at most")
        yield EditableNumber(("blocks", index, "most_items"), f"{block['id']}.most_items", label, 1, 4, 2)


def message_numbers(variant: str) -> Iterator[EditableNumber]:
    """Yield the numbers of a message itself: how much later than the first one a further message goes out."""
    if variant:
        label = gettext("Hours later than message 1")
        yield EditableNumber(("delay_hours",), "delay_hours", label, 0, LONGEST_DELAY_HOURS, 0)


def all_numbers(variant: str, document: Document) -> Iterator[EditableNumber]:
    """Yield all numbers of a message, in its order."""
    yield from message_numbers(variant)
    for index, block in enumerate(document.get("blocks", [])):
        yield from block_numbers(index, block)


def number_at(document: Document, number: EditableNumber) -> int:
    """Return a number of a document."""
    part: Any = document
    for key in number.path[:-1]:
        part = part[key]
    found: int = part.get(number.path[-1], number.usual)
    return found


def with_numbers(document: Document, typed: dict[EditableNumber, int]) -> Document:
    """Return the document with other numbers; one that stays as usual adds nothing."""
    changed = deepcopy(document)
    for number, value in typed.items():
        if value == number_at(changed, number):
            continue
        part: Any = changed
        for key in number.path[:-1]:
            part = part[key]
        part[number.path[-1]] = value
    return changed


def all_texts(document: Document) -> Iterator[EditableText]:
    """Yield all texts of a message, in its order."""
    yield from opening_texts()
    for index, block in enumerate(document.get("blocks", [])):
        yield from block_texts(index, block)


def text_at(document: Document, path: Path) -> str:
    """Return the text at a path; empty where there is none yet."""
    part: Any = document
    for key in path[:-1]:
        part = part[key]
    return str(part.get(path[-1], ""))


def with_texts(document: Document, texts: dict[Path, str]) -> Document:
    """Return the document with other texts, by path; an empty one where there was none adds nothing."""
    changed = deepcopy(document)
    for path, text in texts.items():
        part: Any = changed
        for key in path[:-1]:
            part = part[key]
        if text or path[-1] in part:
            part[path[-1]] = text
    return changed
