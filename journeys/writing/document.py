"""The document of a message: its subject and its blocks, which are checked wherever one comes in.

A block's ``id`` is unique in its document. Translations name texts by it, such as ``h.text`` of the block ``h``.
"""

import re
from collections.abc import Iterator
from typing import Annotated, Any

import msgspec
from django.utils.translation import gettext as _

from checkout_widgets.claims import CLAIMED_BY
from journeys import scores
from journeys.writing.block_names import BLOCK_NAMES, QUOTE, TEXT_NAMES
from journeys.writing.length import LONGEST_HTML, most_bytes

MOST_BLOCKS = 20
Id = Annotated[str, msgspec.Meta(pattern=r"^[a-z0-9_]{1,32}$")]
Line = Annotated[str, msgspec.Meta(min_length=1, max_length=120)]
Paragraph = Annotated[str, msgspec.Meta(min_length=1, max_length=2_000)]
Label = Annotated[str, msgspec.Meta(min_length=1, max_length=60)]
# Nothing that a message loads or leads to is fetched over a line that others can read.
Address = Annotated[str, msgspec.Meta(pattern=r"^https://[^\s\"'<>]{1,480}$")]
Tag = Annotated[str, msgspec.Meta(pattern=r"^[a-z0-9_-]{1,64}$")]
# Where msgspec's errors name a text: ``$.subject``, ``$.blocks[2].url``, ``$.blocks[0].choices[1].text``.
PLACE = re.compile(r"`\$(?:\.blocks\[(?P<block>\d+)\])?(?:\.\w+\[\d+\])?\.(?P<name>\w+)`$")
PLACEHOLDER = re.compile(r"\{([^{}]*)\}")
# What is claimed of the offer is the same in widgets, and left out where it isn't true.
PLACEHOLDERS = {"price", "product", "bought", "store", "order", *(name.strip("{}") for name in CLAIMED_BY)}


class UnsendableDocument(ValueError):
    """A document that can't be sent as it is; the message names the block and the fix."""


class HeadlineBlock(msgspec.Struct, tag="headline", tag_field="kind", forbid_unknown_fields=True):
    """A line in large type."""

    id: Id
    text: Line


class TextBlock(msgspec.Struct, tag="text", tag_field="kind", forbid_unknown_fields=True):
    """A paragraph."""

    id: Id
    text: Paragraph


class ProductBlock(msgspec.Struct, tag="product", tag_field="kind", forbid_unknown_fields=True):
    """The offer: its products with picture and price, and the button that leads to it."""

    id: Id
    button: Label
    most_items: Annotated[int, msgspec.Meta(ge=1, le=4)] = 2


class ComparedFact(msgspec.Struct, forbid_unknown_fields=True):
    """A line of a comparison: what is compared, what was bought, what is offered."""

    label: Line
    bought: Line
    offered: Line


class ComparisonBlock(msgspec.Struct, tag="comparison", tag_field="kind", forbid_unknown_fields=True):
    """What was bought beside what is offered."""

    id: Id
    rows: Annotated[list[ComparedFact], msgspec.Meta(min_length=1, max_length=6)]


class PictureBlock(msgspec.Struct, tag="picture", tag_field="kind", forbid_unknown_fields=True):
    """A picture: the message is understood without it, as ``alt`` says what it shows."""

    id: Id
    url: Address
    alt: Line


class QuoteBlock(msgspec.Struct, tag="quote", tag_field="kind", forbid_unknown_fields=True):
    """What a customer said of the offer, with name, source and date: a claim like others, so that it is left out once
    the offer has it no longer. ``text`` has its placeholder."""

    id: Id
    text: Paragraph = QUOTE


class CollectionBlock(msgspec.Struct, tag="collection", tag_field="kind", forbid_unknown_fields=True):
    """A link to several products in the store."""

    id: Id
    text: Label
    url: Address


class ReasonBlock(msgspec.Struct, tag="reason", tag_field="kind", forbid_unknown_fields=True):
    """Why this product fits what was bought."""

    id: Id
    text: Line


class AnswerChoice(msgspec.Struct, forbid_unknown_fields=True):
    """An answer to a question, and the tag that it leaves."""

    tag: Tag
    text: Label


class QuestionBlock(msgspec.Struct, tag="question", tag_field="kind", forbid_unknown_fields=True):
    """One question with three to five answers, each a link to a page that asks once more."""

    id: Id
    text: Line
    choices: Annotated[list[AnswerChoice], msgspec.Meta(min_length=3, max_length=5)]


class ScoreBlock(msgspec.Struct, tag="score", tag_field="kind", forbid_unknown_fields=True):
    """The question of the Net Promoter Score: how likely somebody is to recommend the store, from 0 to 10."""

    id: Id
    text: Line

    @property
    def choices(self) -> list[AnswerChoice]:
        """The answers, each a number with a tag of its own."""
        choices = []
        for score in scores.ALL:
            choices.append(AnswerChoice(tag=scores.tag_of(score), text=str(score)))
        return choices


class OrderSummaryBlock(msgspec.Struct, tag="order_summary", tag_field="kind", forbid_unknown_fields=True):
    """What was ordered."""

    id: Id


class TrackingBlock(msgspec.Struct, tag="tracking", tag_field="kind", forbid_unknown_fields=True):
    """Where the parcel is."""

    id: Id
    button: Label


AskingBlock = QuestionBlock | ScoreBlock
WordBlock = HeadlineBlock | TextBlock | ReasonBlock | QuoteBlock | AskingBlock
ShownBlock = ProductBlock | ComparisonBlock | PictureBlock | CollectionBlock | OrderSummaryBlock | TrackingBlock
Block = WordBlock | ShownBlock


LONGEST_DELAY_HOURS = 60 * 24


class MessageDocument(msgspec.Struct, forbid_unknown_fields=True):
    """A message as it is written: ``offer`` is the key of what it offers, or empty. ``delay_hours``: how much later
    than the step's own message this further one goes out, which tests timing."""

    subject: Line
    blocks: Annotated[list[Block], msgspec.Meta(min_length=1, max_length=MOST_BLOCKS)]
    preheader: Annotated[str, msgspec.Meta(max_length=150)] = ""
    offer: Annotated[str, msgspec.Meta(max_length=64)] = ""
    translations: dict[str, dict[str, str]] = {}
    delay_hours: Annotated[int, msgspec.Meta(ge=0, le=LONGEST_DELAY_HOURS)] = 0


def read(stored: dict[str, Any]) -> MessageDocument:
    """Return the document of what was stored or typed. Raises ``UnsendableDocument``."""
    try:
        document = msgspec.convert(stored, MessageDocument)
    except msgspec.ValidationError as error:
        raise UnsendableDocument(problem_in_words(str(error), stored)) from error
    ids = [block.id for block in document.blocks]
    if len(set(ids)) < len(ids):
        raise UnsendableDocument(_("Two blocks have the same ID."))
    for name, text in texts_of(document):
        refuse_unknown_placeholders(name, text)
    for language, texts in document.translations.items():
        for name, text in texts.items():
            refuse_unknown_placeholders(f"{language}: {name}", text)
    refuse_typed_quotes(document)
    needs_offer = any(isinstance(block, ProductBlock | ComparisonBlock | QuoteBlock) for block in document.blocks)
    if needs_offer and not document.offer:
        raise UnsendableDocument(_("Choose an offer: a block shows one."))
    if most_bytes(document, texts_of(document)) > LONGEST_HTML:
        raise UnsendableDocument(_("The message is too long: mail programs would cut it. Remove a block."))
    return document


def problem_in_words(error: str, stored: dict[str, Any]) -> str:
    """Return what msgspec says of a text in the words of the page; as it stands where no page has the field."""
    found = PLACE.search(error)
    if found is None or found["name"] not in TEXT_NAMES:
        return error
    place = str(TEXT_NAMES[found["name"]])
    if found["block"] is not None:
        kind = stored["blocks"][int(found["block"])].get("kind")
        place = f"{BLOCK_NAMES.get(kind, kind)}: {place}"
    if "length >= " in error:
        return _("Fill in “%(field)s”.") % {"field": place}
    if found["name"] == "url":
        return _("“%(field)s” has to begin with https:// and have no spaces.") % {"field": place}
    if found["name"] == "tag":
        return _("“%(field)s” takes small letters, digits, - and _ only.") % {"field": place}
    return _("“%(field)s” is too long.") % {"field": place}


def refuse_unknown_placeholders(name: str, text: str) -> None:
    """Raise ``UnsendableDocument`` where the text has a placeholder that nothing fills."""
    for unknown in set(PLACEHOLDER.findall(text)) - PLACEHOLDERS:
        known = ", ".join(f"{{{one}}}" for one in sorted(PLACEHOLDERS))
        values = {"field": name, "unknown": f"{{{unknown}}}", "known": known}
        raise UnsendableDocument(_("%(field)s: %(unknown)s is no placeholder. Use one of %(known)s.") % values)


def refuse_typed_quotes(document: MessageDocument) -> None:
    """Raise ``UnsendableDocument`` where a quote, in any language, says something else than the offer's does."""
    for block in document.blocks:
        if not isinstance(block, QuoteBlock):
            continue
        translated = [texts.get(f"{block.id}.text") for texts in document.translations.values()]
        for text in filter(None, [block.text, *translated]):
            if QUOTE not in text:
                raise UnsendableDocument(_("Write {quote} in the quote, and what the customer said in the offer."))


def texts_of(document: MessageDocument) -> Iterator[tuple[str, str]]:
    """Yield the texts that somebody wrote, by the names that translations call them."""
    yield "subject", document.subject
    yield "preheader", document.preheader
    for block in document.blocks:
        yield from block_texts(block)


def block_texts(block: Block) -> Iterator[tuple[str, str]]:
    """Yield a block's texts by name."""
    for field in ("text", "button", "alt"):
        if hasattr(block, field):
            yield f"{block.id}.{field}", getattr(block, field)
    if isinstance(block, QuestionBlock):
        for choice in block.choices:
            yield f"{block.id}.{choice.tag}", choice.text
    if isinstance(block, ComparisonBlock):
        for number, row in enumerate(block.rows):
            for field in ("label", "bought", "offered"):
                yield f"{block.id}.{number}.{field}", getattr(row, field)
