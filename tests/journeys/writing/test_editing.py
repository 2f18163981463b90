"""Messages are edited piece by piece, and what is edited can still be read."""

from typing import Any

import pytest

from journeys.writing import editing
from journeys.writing.document import MOST_BLOCKS, UnsendableDocument, read
from journeys.writing.editing import BLANK_BLOCKS, UneditableDocument

DOCUMENT: dict[str, Any] = {
    "subject": "Hello",
    "blocks": [{"kind": "headline", "id": "h", "text": "One"}, {"kind": "text", "id": "t", "text": "Two"}],
    "translations": {"de": {"h.text": "Eins", "t.text": "Zwei"}},
}


def ids(document) -> list[str]:
    return [block["id"] for block in document["blocks"]]


def test_every_kind_of_block_can_be_added_with_an_id_of_its_own():
    document = DOCUMENT
    for kind in BLANK_BLOCKS:
        document = editing.with_block(editing.with_block(document, kind), kind)
        if len(document["blocks"]) > MOST_BLOCKS - 2:
            document = DOCUMENT
        assert len(set(ids(document))) == len(document["blocks"])
    assert ids(DOCUMENT) == ["h", "t"]


def test_unfinished_block_is_refused_in_the_words_of_the_page():
    unfinished = editing.with_block(DOCUMENT, "picture")
    with pytest.raises(UnsendableDocument, match="“Picture: Address” has to begin with https://"):
        read(unfinished)
    with pytest.raises(UnsendableDocument, match="Fill in “Comparison: What is compared”"):
        read(editing.with_block(DOCUMENT, "comparison"))


def test_blocks_move_and_go_with_their_translations():
    assert ids(editing.with_block_moved(DOCUMENT, "t", -1)) == ["t", "h"]
    assert ids(editing.with_block_moved(DOCUMENT, "h", -1)) == ["h", "t"]
    removed = editing.without_block(DOCUMENT, "h")
    assert ids(removed) == ["t"]
    assert removed["translations"] == {"de": {"t.text": "Zwei"}}


def test_answers_and_lines_stay_within_what_a_message_takes():
    question = editing.with_block(DOCUMENT, "question")
    longer = editing.with_row(editing.with_row(question, "question1"), "question1")
    assert len(longer["blocks"][2]["choices"]) == 5
    with pytest.raises(UneditableDocument):
        editing.with_row(longer, "question1")
    with pytest.raises(UneditableDocument):
        editing.without_row(question, "question1")
    comparison = editing.with_block(DOCUMENT, "comparison")
    assert len(editing.with_row(comparison, "comparison1")["blocks"][2]["rows"]) == 2


def test_further_messages_begin_as_copies_and_are_bounded():
    document = DOCUMENT
    for _number in range(editing.MOST_MESSAGES - 1):
        document = editing.with_message(document)
    assert list(document["variants"]) == ["message-b", "message-c", "message-d"]
    assert document["variants"]["message-c"] == DOCUMENT
    with pytest.raises(UneditableDocument):
        editing.with_message(document)
    without = editing.without_message(document, "message-b")
    assert list(editing.with_message(without)["variants"]) == ["message-c", "message-d", "message-b"]


def test_last_further_message_leaves_a_plain_document():
    assert editing.without_message(editing.with_message(DOCUMENT), "message-b") == DOCUMENT


def test_what_a_document_does_not_hold_is_refused():
    for edit in (editing.without_block, editing.with_row, editing.without_message, editing.with_language):
        with pytest.raises(UneditableDocument):
            edit(DOCUMENT, "nothing")
    with pytest.raises(UneditableDocument):
        editing.with_block(DOCUMENT, "video")


def test_languages_come_and_go():
    french = editing.with_language(DOCUMENT, "fr")
    assert french["translations"]["fr"] == {}
    assert editing.without_language(french, "de")["translations"] == {"fr": {}}
