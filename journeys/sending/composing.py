"""From a claimed message to the e-mail: its document in the reader's language, with the prices of now and its links."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email.utils import formataddr
from operator import attrgetter

from babel import Locale
from django.conf import settings
from django.core.mail import EmailMultiAlternatives

from checkout_widgets.edge import languages
from checkout_widgets.edge.honest_copy import claim_values
from checkout_widgets.edge.paired import with_products
from checkout_widgets.edge.rows import PairedProduct
from checkout_widgets.edge.savings import compare_at_minor
from checkout_widgets.edge.wording import SAVING
from checkout_widgets.models import Offer, Product
from checkout_widgets.pair_offers import RANKS, price_minor_of
from journeys.addresses import UnreadableAddress
from journeys.checks.offered import as_widgets_have_it, chosen_pairs
from journeys.checks.pairs import products_by_sku, skus_of
from journeys.models import CustomerMessage, JourneyStep, Sender, SendVerdict
from journeys.sending.letters import FollowedOrder, Letter, read_letters, read_orders, secure
from journeys.sending.marks import MARK_NAME, MessageMark
from journeys.signed_links.signing import AddressLink, AnswerLink, OfferLink, sign
from journeys.writing.claims import ClaimUntrue
from journeys.writing.context import MessageContext, MessageLinks, ShownItem, ShownOffer
from journeys.writing.document import AskingBlock, MessageDocument, OrderSummaryBlock, UnsendableDocument, read
from journeys.writing.personal import shape_of
from journeys.writing.rendering import MessageLayout, MessageTooLong, Rendered, layout_of

LINK_LIFETIME = timedelta(days=30)  # an offer's own end is before, or the page says that it has ended


class CannotBeWritten(Exception):
    """A message that can't be written now; ``reason`` is why, as the message's row keeps it."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class OutgoingMail:
    """What is handed over: ``email`` as Django sends it."""

    message_id: int
    email: EmailMultiAlternatives


Sold = tuple[Product | PairedProduct, ...]  # what an offer of pairs sells; empty of fixed products


@dataclass(slots=True, kw_only=True)
class StepWords:
    """What a step says to those who got one variant: its document, and what it offers now.

    ``shown_offers`` and ``layouts`` are filled as readers' languages and products come up: every other reader's message
    is written from them.
    """

    document: MessageDocument
    offer: Offer | None
    shown_offers: dict[tuple[str, Sold], ShownOffer] = field(default_factory=dict)
    layouts: dict[tuple[object, ...], MessageLayout] = field(default_factory=dict)

    @property
    def lists_order(self) -> bool:
        """Whether it lists what was ordered."""
        return any(isinstance(block, OrderSummaryBlock) for block in self.document.blocks)

    def offer_in(self, locale: Locale, sold: Sold = ()) -> ShownOffer | None:
        """Return what is offered, as it is shown in a language; None where nothing is.

        ``sold`` are the products that an offer of pairs sells.
        """
        if self.offer is None:
            return None
        key = (str(locale), sold)
        if key not in self.shown_offers:
            self.shown_offers[key] = shown_offer(self.offer, sold, locale)
        return self.shown_offers[key]

    def layout_for(self, context: MessageContext) -> MessageLayout:
        """Return the layout that a reader's values are filled into."""
        shape = shape_of(context)
        if shape not in self.layouts:
            self.layouts[shape] = layout_of(self.document, context)
        return self.layouts[shape]


class Writer:
    """Writes the messages of one store that are to go out within moments: what they share is read and laid out once."""

    def __init__(self, sender: Sender, message_ids: list[int], now: datetime) -> None:
        self.sender = sender
        self.now = now
        self.letters = read_letters(message_ids)
        self.orders: Mapping[int, FollowedOrder] = read_orders(sender.store_id, self.letters.values())
        self.products = products_by_sku(sender.store_id, skus_kept(self.letters.values()))
        step_ids = set(map(attrgetter("step_id"), self.letters.values())) - {None}
        self.steps = JourneyStep.objects.in_bulk(step_ids)
        self.words: dict[tuple[int, str | None], StepWords] = {}

    def write(self, message_id: int) -> "OutgoingMail":
        """Write a message. Raises ``CannotBeWritten``."""
        letter = self.letters.get(message_id)
        if letter is None:
            raise CannotBeWritten("no_address")  # erased a moment ago
        try:
            address = letter.opened_address()
            if address is None:
                raise CannotBeWritten("no_address")
            words = self.words_of(letter)
            context = self.context_of(letter, words)
            rendered = words.layout_for(context).filled(context)
            email = email_of(letter, rendered, self.sender, address)
            email.extra_headers |= unsubscribe_headers(context.links)
            return OutgoingMail(message_id, email)
        except ClaimUntrue as error:
            raise CannotBeWritten(SendVerdict.CLAIM_UNTRUE.value) from error
        except UnsendableDocument as error:
            raise CannotBeWritten("bad_document") from error
        except MessageTooLong as error:
            raise CannotBeWritten("too_long") from error
        except UnreadableAddress as error:
            raise CannotBeWritten("unreadable_address") from error

    def words_of(self, letter: Letter) -> StepWords:
        """Return what the letter's step says. Raises ``CannotBeWritten`` and ``UnsendableDocument``."""
        step = self.steps.get(letter.step_id or 0)
        if step is None:
            raise CannotBeWritten("no_document")
        key = (step.pk, letter.variant_key)
        if key not in self.words:
            document = read(document_in(step, letter.variant_key))
            self.words[key] = StepWords(document=document, offer=offer_of(self.sender, document, self.now))
        return self.words[key]

    def context_of(self, letter: Letter, words: StepWords) -> MessageContext:
        """Return what the message says beside its document."""
        locale = languages.known_locale(letter.locale)
        order = self.orders.get(letter.order_id or 0)
        shown_order = None
        if order is not None:
            shown_order = order.shown(locale, has_items=words.lists_order)
        sold = self.sold_to(letter, words)
        return MessageContext(
            locale=locale,
            store_name=self.sender.name or self.sender.store.name,
            postal_address=self.sender.postal_address,
            links=links_of(letter, words, sold, self.now),
            offer=words.offer_in(locale, sold),
            order=shown_order,
            is_similar_customer=letter.is_similar_customer,
        )

    def sold_to(self, letter: Letter, words: StepWords) -> tuple[Product, ...]:
        """Return what an offer of pairs sells to the reader, as chosen at the send point; nothing of a fixed offer.

        Raises ``CannotBeWritten`` where a product is gone.
        """
        if words.offer is None or not words.offer.pairing:
            return ()
        sold = []
        for sku in chosen_pairs(letter.pairs).offers.get(words.offer.key, ()):
            if sku in self.products:
                sold.append(self.products[sku])
        if len(sold) < len(RANKS[words.offer.pairing]):
            raise CannotBeWritten(SendVerdict.NO_PAIR.value)
        return tuple(sold)


def skus_kept(letters: Iterable[Letter]) -> set[str]:
    """Name all products that the send points of the letters keep."""
    skus: set[str] = set()
    for letter in letters:
        skus |= skus_of(chosen_pairs(letter.pairs))
    return skus


def document_of(message: CustomerMessage) -> dict[str, object]:
    """Return what a message said, as its step holds it. Raises ``CannotBeWritten`` where it has none."""
    if message.send_point is None:
        raise CannotBeWritten("no_document")
    variant_key = None
    if message.send_point.variant is not None:
        variant_key = message.send_point.variant.key
    return document_in(message.send_point.step, variant_key)


def document_in(step: JourneyStep, variant_key: str | None) -> dict[str, object]:
    """Return what a step says to those who got a variant, where the step is a test of words; else what it says."""
    documents: dict[str, dict[str, object]] = step.document.get("variants", {})
    if variant_key is not None and variant_key in documents:
        return documents[variant_key]
    return step.own_document


def offer_of(sender: Sender, document: MessageDocument, now: datetime) -> Offer | None:
    """Return what the message offers, or none where it offers nothing. Raises ``CannotBeWritten``."""
    if not document.offer:
        return None
    offer = Offer.objects.filter(store=sender.store_id, key=document.offer).first()
    if offer is None or not offer.is_open(now):
        raise CannotBeWritten("offer_closed")
    if not offer.is_in_stock():
        raise CannotBeWritten("out_of_stock")
    return offer


def shown_offer(offer: Offer, sold: Sold, locale: Locale) -> ShownOffer:
    """Return the offer as it is shown now; of pairs with the products that it sells."""
    rows = list(offer.items.select_related("product"))
    shown = as_widgets_have_it(offer, rows)
    if offer.pairing:
        shown = with_products(shown, sold)
    items = []
    for item in shown.items:
        items.append(ShownItem(title=item.title, quantity=item.quantity, image_url=secure(item.image_url)))
    price = languages.money(shown.price_minor, offer.currency, locale)
    saved_minor, saving, saved = max(0, compare_at_minor(shown) - shown.price_minor), "", ""
    if saved_minor:
        saved = languages.money(saved_minor, offer.currency, locale)["text"]
        saving = languages.translated(SAVING, locale).replace("{saving}", saved)
    return ShownOffer(
        items=items,
        price=languages.price_per(price, offer.billing_period, locale)["text"],
        saving=saving,
        saved=saved,
        claims=claim_values(shown, locale),
        is_personal=bool(offer.pairing),
    )


def links_of(letter: Letter, words: StepWords, sold: tuple[Product, ...], now: datetime) -> MessageLinks:
    """Return where the message leads to; ``sold`` is what an offer of pairs sells to the reader."""
    token = sign(address_link(letter))
    offer_url = ""
    if words.offer is not None:
        link = OfferLink(
            store_id=letter.store_id,
            message_id=letter.message_id,
            offer_id=words.offer.pk,
            price_minor=price_minor_of(words.offer, sold),
            expires_at=int((now + LINK_LIFETIME).timestamp()),
            sold=tuple(map(attrgetter("pk"), sold)),
            pairs_version=chosen_pairs(letter.pairs).version,
        )
        offer_url = page_url("", sign(link))
    return MessageLinks(
        offer=offer_url,
        unsubscribe=page_url("u/", token),
        preferences=page_url("p/", token),
        answers=answer_urls(letter, words.document),
    )


def address_link(letter: Letter) -> AddressLink:
    """Return what leads to what the address gets."""
    return AddressLink(
        store_id=letter.store_id,
        digest=bytes.fromhex(letter.address_digest),
        topic=letter.topic or "",
        message_id=letter.message_id,
        locale=letter.locale,
    )


def answer_urls(letter: Letter, document: MessageDocument) -> dict[str, str]:
    """Return where each answer of the message's questions leads, by its tag."""
    urls = {}
    for block in document.blocks:
        if isinstance(block, AskingBlock):
            for choice in block.choices:
                link = AnswerLink(
                    store_id=letter.store_id, message_id=letter.message_id, question=block.id, tag=choice.tag
                )
                urls[choice.tag] = page_url("q/", sign(link))
    return urls


def page_url(kind: str, token: str) -> str:
    """Return the public address of a page that a message leads to."""
    return f"{settings.EDGE_URL or settings.CONSOLE_URL}{settings.SCRIPT_NAME}/m/{kind}{token}"


def unsubscribe_headers(links: MessageLinks) -> dict[str, str]:
    """Return the headers by which mail programs offer to unsubscribe (RFC 8058)."""
    return {"List-Unsubscribe": f"<{links.unsubscribe}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}


def email_of(letter: Letter, rendered: Rendered, sender: Sender, to: str) -> EmailMultiAlternatives:
    """Return the e-mail, with what names it in the headers."""
    domain = sender.address.rpartition("@")[2]
    email = EmailMultiAlternatives(
        subject=rendered.subject,
        body=rendered.text,
        from_email=formataddr((sender.name or sender.store.name, sender.address)),
        to=[to],
        headers={
            # by which a provider, or a server that returns the message, names it
            "Message-ID": f"<offerlift-{letter.message_id}-{letter.address_digest[:12]}@{domain}>",
        },
    )
    if sender.reply_to:
        email.reply_to = [sender.reply_to]
    email.attach_alternative(rendered.html, "text/html")
    mark = MessageMark.of(letter.store_id, letter.message_id, letter.address_digest)
    # What providers hand back with each of their events; django-anymail reads it from any e-mail that has it.
    vars(email)["metadata"] = {MARK_NAME: str(mark)}
    return email
