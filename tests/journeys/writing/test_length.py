"""The largest document that may be launched is below what mail programs cut, in every language and for every reader."""

from itertools import count
from typing import Any

import pytest

from journeys.writing.document import MOST_BLOCKS, UnsendableDocument, read
from journeys.writing.length import BLOCK_BYTES, LONGEST_HTML
from journeys.writing.rendering import render
from tests.journeys.writing.documents import EVERY_BLOCK
from tests.journeys.writing.longest import LANGUAGES, longest_context

URL = f"https://shop.example/{'u' * 460}"


def longest_block(kind: str, letter: str) -> dict[str, Any]:
    """A block of a kind with the longest of everything."""
    line, label = letter * 120, letter * 60
    fields: dict[str, dict[str, Any]] = {
        "headline": {"text": line},
        "text": {"text": letter * 2_000},
        "reason": {"text": line},
        "product": {"button": label, "most_items": 4},
        "comparison": {"rows": [{"label": line, "bought": line, "offered": line}] * 6},
        "picture": {"url": URL, "alt": line},
        "quote": {},
        "collection": {"text": label, "url": URL},
        "question": {"text": line, "choices": [{"tag": f"tag{number}", "text": label} for number in range(5)]},
        "score": {"text": line},
        "order_summary": {},
        "tracking": {"button": label},
    }
    return {"kind": kind, "id": kind, **fields[kind]}


def largest_of(*kinds: str, letter: str) -> dict[str, Any]:
    """As many blocks of these kinds, in turns, as may be launched together."""
    document: dict[str, Any] = {"subject": letter * 120, "preheader": letter * 150, "offer": "lid", "blocks": []}
    for number in count():
        block = longest_block(kinds[number % len(kinds)], letter)
        longer = document | {"blocks": [*document["blocks"], block | {"id": f"b{number}"}]}
        try:
            read(longer)
        except UnsendableDocument:
            return document
        document = longer
    raise AssertionError


@pytest.mark.parametrize("letter", ["&", "😀"])
@pytest.mark.parametrize("kinds", [*((kind,) for kind in BLOCK_BYTES), tuple(BLOCK_BYTES)])
def test_largest_document_stays_below_what_mail_programs_cut(kinds, letter):
    document = read(largest_of(*kinds, letter=letter))
    for language in LANGUAGES:
        html = render(document, longest_context(language, letter)).html
        assert len(html.encode()) <= LONGEST_HTML
    # not far below either: so much may be written
    assert len(document.blocks) == MOST_BLOCKS or len(html.encode()) > 0.4 * LONGEST_HTML


def test_every_block_is_measured():
    assert {block["kind"] for block in EVERY_BLOCK["blocks"]} == set(BLOCK_BYTES)


def test_document_that_mail_programs_would_cut_is_refused_in_its_longest_language():
    blocks = [{"kind": "text", "id": f"t{number}", "text": "Rinse it."} for number in range(20)]
    long = {f"t{number}.text": "&" * 2_000 for number in range(20)}
    assert read({"subject": "Care", "blocks": blocks, "translations": {"de": {"t0.text": "Spülen."}}})
    with pytest.raises(UnsendableDocument, match="too long"):
        read({"subject": "Care", "blocks": blocks, "translations": {"de": long}})


def test_ordinary_long_text_is_taken():
    blocks = [{"kind": "text", "id": f"t{number}", "text": "Rinse it with warm water. " * 76} for number in range(20)]
    assert read({"subject": "Care", "blocks": blocks})
