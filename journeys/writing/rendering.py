"""From a document to what is handed to the mail server: subject, HTML and plain text."""

import re
from dataclasses import dataclass
from typing import Any

import mjml
import msgspec
from babel import Locale
from django.template.loader import render_to_string
from django.utils.html import escape

from checkout_widgets.claims import NO_CLAIMS
from checkout_widgets.edge.languages import direction, translated
from journeys.writing import wording
from journeys.writing.claims import without_untrue
from journeys.writing.context import MessageContext
from journeys.writing.document import PLACEHOLDER, AskingBlock, Block, MessageDocument
from journeys.writing.length import LONGEST_HTML
from journeys.writing.personal import Blanks, personal_values, with_stand_ins


class MessageTooLong(ValueError):
    """A message that mail programs would cut."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rendered:
    """A message as it is handed over."""

    subject: str
    html: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageLayout:
    """A message that is laid out, with blanks for what is one reader's own."""

    subject: Blanks
    html: Blanks
    text: Blanks

    def filled(self, context: MessageContext) -> Rendered:
        """Write the message for one reader. Raises ``MessageTooLong``."""
        values = personal_values(context)
        html = self.html.filled(values, escape)
        if len(html.encode()) > LONGEST_HTML:
            raise MessageTooLong(
                "The message is too long: mail programs would cut it, and with it the link to unsubscribe."
            )
        # A subject is one line, whatever a product's name holds.
        subject = " ".join(self.subject.filled(values).split())
        return Rendered(subject=subject, html=html, text=self.text.filled(values))


def render(document: MessageDocument, context: MessageContext) -> Rendered:
    """Write the document for one reader. Raises ``MessageTooLong``."""
    return layout_of(document, context).filled(context)


def layout_of(document: MessageDocument, context: MessageContext) -> MessageLayout:
    """Lay a document out for all readers whose context has the same shape, as ``personal.shape_of`` says.

    Without claims that aren't true (any more). Raises ``ClaimUntrue``.
    """
    true = NO_CLAIMS
    if context.offer is not None:
        true = context.offer.true_claims
    localized = without_untrue(in_language(document, context.locale), true)
    laid_out = with_stand_ins(context)
    written = filled(localized, laid_out.values())
    values = template_values(written, laid_out)
    # Of the words alone: a placeholder's own letters, or a product's name, say nothing of the language.
    values["direction"] = direction(PLACEHOLDER.sub("", localized.subject))
    html = mjml.mjml2html(render_to_string("journeys/message.mjml", values))
    return MessageLayout(subject=Blanks.of(written.subject), html=Blanks.of(html), text=Blanks.of(plain_text(values)))


def template_values(document: MessageDocument, context: MessageContext) -> dict[str, object]:
    """Return what the template needs, but for the direction."""
    return {
        "blocks": [shown_block(block, context) for block in document.blocks],
        "document": document,
        "context": context,
        "language": context.locale.language,
        "words": words_for(context),
    }


def shown_block(block: Block, context: MessageContext) -> tuple[str | int | None, Block, list[tuple[str, str]]]:
    """Return a block with its kind, and the answers of a question with where each leads."""
    answers = []
    if isinstance(block, AskingBlock):
        answers = [(choice.text, context.links.answers.get(choice.tag, "")) for choice in block.choices]
    return block.__struct_config__.tag, block, answers


def words_for(context: MessageContext) -> dict[str, str]:
    """Return the product's own words in the reader's language."""
    why = wording.WHY_OPT_IN
    if context.is_similar_customer:
        why = wording.WHY_CUSTOMER
    order_number, more = "", ""
    if context.order is not None:
        order_number = context.order.number
        if context.order.more_items:
            more = translated(wording.MORE_ITEMS, context.locale).replace("{count}", str(context.order.more_items))
    return {
        "why": translated(why, context.locale).replace("{store}", context.store_name),
        "unsubscribe": translated(wording.UNSUBSCRIBE, context.locale),
        "preferences": translated(wording.PREFERENCES, context.locale),
        "your_order": translated(wording.YOUR_ORDER, context.locale).replace("{order}", order_number),
        "more": more,
        "have": translated(wording.WHAT_YOU_HAVE, context.locale),
        "offered": translated(wording.WHAT_IS_OFFERED, context.locale),
    }


def in_language(document: MessageDocument, locale: Locale) -> MessageDocument:
    """Return the document with the texts of the language; a text without one stays as it was written."""
    texts = document.translations.get(str(locale)) or document.translations.get(locale.language) or {}
    if not texts:
        return document
    return with_texts(document, texts)


def with_texts(document: MessageDocument, texts: dict[str, str]) -> MessageDocument:
    """Return the document with other texts, by their names; what none is given for stays."""
    changed = msgspec.to_builtins(document)
    for field in ("subject", "preheader"):
        changed[field] = texts.get(field) or changed[field]
    for block in changed["blocks"]:
        replace_texts(block, texts)
    return msgspec.convert(changed, MessageDocument)


def replace_texts(block: dict[str, object], texts: dict[str, str]) -> None:
    """Put texts into a block of plain values, where there are any for it."""
    name = block["id"]
    for field in ("text", "button", "alt"):
        if field in block:
            block[field] = texts.get(f"{name}.{field}") or block[field]
    for choice in block.get("choices", ()):  # type: ignore[attr-defined]
        choice["text"] = texts.get(f"{name}.{choice['tag']}") or choice["text"]
    for number, row in enumerate(block.get("rows", ())):  # type: ignore[arg-type, var-annotated]
        for field in ("label", "bought", "offered"):
            row[field] = texts.get(f"{name}.{number}.{field}") or row[field]


def filled(document: MessageDocument, values: dict[str, str]) -> MessageDocument:
    """Return the document with the values in the place of its placeholders, however long they are."""
    written: MessageDocument = fill(document, values)
    return written


def fill(part: Any, values: dict[str, str]) -> Any:
    """Fill the placeholders of all texts in a part of a document.

    Its limits hold for what somebody writes: they aren't asked again, as a product's name may be longer.
    """
    if isinstance(part, str):
        return PLACEHOLDER.sub(lambda found: values.get(found[1], found[0]), part)
    if isinstance(part, list):
        return [fill(one, values) for one in part]
    if isinstance(part, msgspec.Struct):
        texts = {name: fill(getattr(part, name), values) for name in part.__struct_fields__}
        return msgspec.structs.replace(part, **texts)
    return part


def plain_text(values: dict[str, object]) -> str:
    """Return the message as plain text, with all that the HTML says."""
    written = render_to_string("journeys/message.txt", values)
    lines = map(str.strip, written.splitlines())
    # The template's own tags leave empty lines behind.
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip() + "\n"
