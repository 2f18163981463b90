"""From a planned message to the e-mail: its document in the reader's language, with the prices of now and its links."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import formataddr

from babel import Locale
from django.conf import settings
from django.core.mail import EmailMultiAlternatives

from checkout_widgets.edge import languages
from checkout_widgets.edge.wording import SAVING
from checkout_widgets.models import Offer, Product
from experiments import money
from experiments.models import Order, Store
from journeys.addresses import UnreadableAddress, open_address
from journeys.models import Address, ConsentBasis, CustomerMessage, Sender
from journeys.signed_links.signing import AddressLink, AnswerLink, OfferLink, sign
from journeys.writing.context import MessageContext, MessageLinks, ShownItem, ShownOffer, ShownOrder
from journeys.writing.document import MessageDocument, QuestionBlock, UnsendableDocument, read
from journeys.writing.rendering import MessageTooLong, Rendered, render

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


def compose(message: CustomerMessage, sender: Sender, now: datetime) -> OutgoingMail:
    """Write a message. Raises ``CannotBeWritten``."""
    try:
        document = read(document_of(message))
        to = open_address(address_of(message))
        context = context_of(message, document, sender, now)
        return OutgoingMail(message.pk, email_of(message, render(document, context), sender, to))
    except UnsendableDocument as error:
        raise CannotBeWritten("bad_document") from error
    except MessageTooLong as error:
        raise CannotBeWritten("too_long") from error
    except UnreadableAddress as error:
        raise CannotBeWritten("unreadable_address") from error


def document_of(message: CustomerMessage) -> dict[str, object]:
    """Return what the message says, as its step holds it: that of its variant where the step is a test of words."""
    if message.send_point is None:
        raise CannotBeWritten("no_document")
    step, variant = message.send_point.step, message.send_point.variant
    documents: dict[str, dict[str, object]] = step.document.get("variants", {})
    if variant is not None and variant.key in documents:
        return documents[variant.key]
    return {name: value for name, value in step.document.items() if name != "variants"}


def address_of(message: CustomerMessage) -> Address:
    """Return the message's address. Raises ``CannotBeWritten`` where it was erased."""
    if message.address is None:
        raise CannotBeWritten("no_address")
    return message.address


def context_of(message: CustomerMessage, document: MessageDocument, sender: Sender, now: datetime) -> MessageContext:
    """Return what the message says beside its document. Raises ``CannotBeWritten``."""
    store, locale = message.store, languages.known_locale(message.contact.locale)
    offer = offer_of(store, document, now)
    order = None
    if message.send_point is not None and message.send_point.run.order is not None:
        order = shown_order(message.send_point.run.order, locale)
    shown = None
    if offer is not None:
        shown = shown_offer(offer, locale)
    return MessageContext(
        locale=locale,
        store_name=sender.name or store.name,
        postal_address=sender.postal_address,
        links=links_of(message, document, offer, now),
        offer=shown,
        order=order,
        is_similar_customer=message.consent is not None and message.consent.basis == ConsentBasis.SOFT_OPT_IN,
    )


def offer_of(store: Store, document: MessageDocument, now: datetime) -> Offer | None:
    """Return what the message offers, or none where it offers nothing. Raises ``CannotBeWritten``."""
    if not document.offer:
        return None
    offer = store.offers.filter(key=document.offer).first()
    if offer is None or not offer.is_open(now):
        raise CannotBeWritten("offer_closed")
    if not offer.is_in_stock():
        raise CannotBeWritten("out_of_stock")
    return offer


def shown_offer(offer: Offer, locale: Locale) -> ShownOffer:
    """Return the offer as it is shown now."""
    items = [
        ShownItem(title=item.product.title, quantity=item.quantity, image_url=secure(item.product.image_url))
        for item in offer.items.select_related("product")
    ]
    price = languages.money(offer.price_minor, offer.currency, locale)
    saving = ""
    if offer.compare_at_minor is not None and offer.compare_at_minor > offer.price_minor:
        saved = languages.money(offer.compare_at_minor - offer.price_minor, offer.currency, locale)["text"]
        saving = languages.translated(SAVING, locale).replace("{saving}", saved)
    return ShownOffer(
        items=items, price=languages.price_per(price, offer.billing_period, locale)["text"], saving=saving
    )


def secure(url: str) -> str:
    """Return the address of a picture; empty where it would be loaded over a line that others can read."""
    if url.startswith("https://"):
        return url
    return ""


def shown_order(order: Order, locale: Locale) -> ShownOrder:
    """Return the order that the message follows."""
    lines = list(order.lines.order_by("position"))
    products = Product.objects.filter(store=order.store_id, sku__in=[line.sku for line in lines])
    titles = dict(products.values_list("sku", "title"))
    shipment = order.shipments.exclude(tracking_url="").order_by("-updated_at").first()
    tracking_url = ""
    if shipment is not None:
        tracking_url = secure(shipment.tracking_url)
    return ShownOrder(
        number=order.external_id,
        items=[ShownItem(title=titles.get(line.sku, line.sku), quantity=line.quantity) for line in lines],
        total=money.text(order.total_minor, order.currency, locale=str(locale)),
        tracking_url=tracking_url,
    )


def links_of(message: CustomerMessage, document: MessageDocument, offer: Offer | None, now: datetime) -> MessageLinks:
    """Return where the message leads to."""
    address = AddressLink(
        store_id=message.store_id,
        digest=bytes.fromhex(message.address_digest),
        topic=topic_of(message),
        message_id=message.pk,
        locale=message.contact.locale,
    )
    offer_url = ""
    if offer is not None:
        expires_at = int((now + LINK_LIFETIME).timestamp())
        link = OfferLink(
            store_id=message.store_id,
            message_id=message.pk,
            offer_id=offer.pk,
            price_minor=offer.price_minor,
            expires_at=expires_at,
        )
        offer_url = page_url("", sign(link))
    token = sign(address)
    return MessageLinks(
        offer=offer_url,
        unsubscribe=page_url("u/", token),
        preferences=page_url("p/", token),
        answers=answer_urls(message, document),
    )


def answer_urls(message: CustomerMessage, document: MessageDocument) -> dict[str, str]:
    """Return where each answer of the message's questions leads, by its tag."""
    urls = {}
    for block in document.blocks:
        if isinstance(block, QuestionBlock):
            for choice in block.choices:
                link = AnswerLink(store_id=message.store_id, message_id=message.pk, question=block.id, tag=choice.tag)
                urls[choice.tag] = page_url("q/", sign(link))
    return urls


def topic_of(message: CustomerMessage) -> str:
    """Return which kind of messages it is of; empty for all."""
    if message.send_point is None:
        return ""
    return message.send_point.step.topic


def page_url(kind: str, token: str) -> str:
    """Return the public address of a page that a message leads to."""
    return f"{settings.EDGE_URL or settings.CONSOLE_URL}{settings.SCRIPT_NAME}/m/{kind}{token}"


def email_of(message: CustomerMessage, rendered: Rendered, sender: Sender, to: str) -> EmailMultiAlternatives:
    """Return the e-mail, with the headers by which mail programs offer to unsubscribe (RFC 8058)."""
    domain = sender.address.rpartition("@")[2]
    unsubscribe = AddressLink(
        store_id=message.store_id,
        digest=bytes.fromhex(message.address_digest),
        topic=topic_of(message),
        message_id=message.pk,
        locale=message.contact.locale,
    )
    email = EmailMultiAlternatives(
        subject=rendered.subject,
        body=rendered.text,
        from_email=formataddr((sender.name or message.store.name, sender.address)),
        to=[to],
        headers={
            # by which a provider, or a server that returns the message, names it
            "Message-ID": f"<offerlift-{message.pk}-{message.address_digest[:12]}@{domain}>",
            "List-Unsubscribe": f"<{page_url('u/', sign(unsubscribe))}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        },
    )
    if sender.reply_to:
        email.reply_to = [sender.reply_to]
    email.attach_alternative(rendered.html, "text/html")
    # What providers hand back with each of their events; django-anymail reads it from any e-mail that has it.
    vars(email)["metadata"] = {"message": str(message.pk)}
    return email
