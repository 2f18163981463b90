"""What a message claims of its offer, and its copy without what isn't true any more. Pure.

``{saving}`` is a claim: true as long as the offer costs less than it may be said to have cost. What it stands in is
left out once it isn't, so that nobody reads of a saving of nothing.
"""

import msgspec
from django.utils.translation import gettext as _

from journeys.writing.document import (
    Block,
    HeadlineBlock,
    MessageDocument,
    ProductBlock,
    UnsendableDocument,
    block_texts,
    texts_of,
)

SAVING = "{saving}"
PRICE, PRODUCT = "{price}", "{product}"  # what is said in its place: it is always true


class ClaimUntrue(UnsendableDocument):
    """A message that says nothing but what isn't true any more."""


def claims_saving(document: MessageDocument) -> bool:
    """Return whether any of its texts names the saving."""
    return any(SAVING in text for _name, text in texts_of(document))


def without_saving(document: MessageDocument) -> MessageDocument:
    """Return the document without what names the saving: blocks are left out, and a button says the price.

    A subject becomes the first headline that is left, or the product's name. Raises ``ClaimUntrue`` where no block is
    left.
    """
    if not claims_saving(document):
        return document
    blocks = []
    for block in map(with_honest_button, document.blocks):
        if not names_saving(block):
            blocks.append(block)
    if not blocks:
        raise ClaimUntrue(_("The message is only about a saving, and the offer has none. Write what else it offers."))
    preheader = document.preheader
    if SAVING in preheader:
        preheader = ""
    return msgspec.structs.replace(
        document, subject=honest_subject(document.subject, blocks), preheader=preheader, blocks=blocks
    )


def with_honest_button(block: Block) -> Block:
    """Return a product with a button that names no saving; any other block as it is."""
    if isinstance(block, ProductBlock) and SAVING in block.button:
        return msgspec.structs.replace(block, button=PRICE)
    return block


def names_saving(block: Block) -> bool:
    """Return whether any text of a block names the saving."""
    return any(SAVING in text for _name, text in block_texts(block))


def honest_subject(subject: str, blocks: list[Block]) -> str:
    """Return a subject that names no saving."""
    if SAVING not in subject:
        return subject
    for block in blocks:
        if isinstance(block, HeadlineBlock):
            return block.text
    return PRODUCT
