"""A document is refused with the block and the fix."""

import copy

import pytest

from journeys.writing.document import UnsendableDocument, read
from tests.journeys.writing.documents import EVERY_BLOCK


def changed(**fields: object) -> dict[str, object]:
    return copy.deepcopy(EVERY_BLOCK) | fields


def test_document_with_every_block_is_read():
    assert len(read(EVERY_BLOCK).blocks) == 12


@pytest.mark.parametrize(
    ("stored", "said"),
    [
        (changed(subject=""), "Fill in “Subject”"),
        (changed(subject="For {name}"), r"subject: \{name\} is no placeholder"),
        (changed(offer=""), "Choose an offer"),
        (changed(blocks=[]), "Fill in “Message”"),
        (changed(blocks=[{"kind": "script", "id": "x"}]), "script"),
        (
            changed(blocks=[{"kind": "picture", "id": "i", "url": "https://shop.example/x.png", "alt": ""}]),
            "What the picture shows",
        ),
        (
            changed(blocks=[{"kind": "picture", "id": "i", "url": "http://shop.example/x.png", "alt": "A"}]),
            "begin with https",
        ),
        (changed(blocks=[{"kind": "text", "id": "t", "text": "a"}] * 2), "same ID"),
        (changed(translations={"de": {"subject": "{preis}"}}), r"de: subject: \{preis\}"),
    ],
)
def test_document_that_cant_be_sent_is_refused(stored, said):
    with pytest.raises(UnsendableDocument, match=said):
        read(stored)
