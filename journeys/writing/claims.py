"""A message's copy without what isn't true of its offer any more. Pure.

By the same claims as widgets (``checkout_widgets.claims``): what one stands in is left out once it isn't true, so that
nobody reads of a saving of nothing.
"""

from functools import partial

import msgspec
from django.utils.translation import gettext as _

from checkout_widgets.claims import ClaimSet, claims_in, is_honest
from journeys.writing.document import (
    Block,
    HeadlineBlock,
    MessageDocument,
    ProductBlock,
    UnsendableDocument,
    block_texts,
    texts_of,
)

PRICE, PRODUCT = "{price}", "{product}"  # what is said in its place: it is always true


class ClaimUntrue(UnsendableDocument):
    """A message that says nothing but what isn't true any more."""


def claims_of(document: MessageDocument) -> ClaimSet:
    """Return what any of its texts claims."""
    return claims_in(text for _name, text in texts_of(document))


def claims_in_any_language(document: MessageDocument) -> ClaimSet:
    """Return what any of its texts claims, translations included."""
    claims = claims_of(document)
    for texts in document.translations.values():
        claims |= claims_in(texts.values())
    return claims


def without_untrue(document: MessageDocument, true: ClaimSet) -> MessageDocument:
    """Return the document without what claims more than is ``true``: blocks are left out, and a button says the price.

    A subject becomes the first headline that is left, or the product's name. Raises ``ClaimUntrue`` where no block is
    left.
    """
    if claims_of(document) <= true:
        return document
    blocks = []
    for block in map(partial(with_honest_button, true=true), document.blocks):
        if all(is_honest(text, true) for _name, text in block_texts(block)):
            blocks.append(block)
    if not blocks:
        raise ClaimUntrue(_("The message contains only claims that aren't true now. Add other text."))
    preheader = document.preheader
    if not is_honest(preheader, true):
        preheader = ""
    subject = document.subject
    if not is_honest(subject, true):
        subject = subject_without_claim(blocks)
    return msgspec.structs.replace(document, subject=subject, preheader=preheader, blocks=blocks)


def with_honest_button(block: Block, true: ClaimSet) -> Block:
    """Return a product with a button that claims nothing untrue; any other block as it is."""
    if isinstance(block, ProductBlock) and not is_honest(block.button, true):
        return msgspec.structs.replace(block, button=PRICE)
    return block


def subject_without_claim(blocks: list[Block]) -> str:
    """Return a subject that claims nothing."""
    for block in blocks:
        if isinstance(block, HeadlineBlock):
            return block.text
    return PRODUCT
