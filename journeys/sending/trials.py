"""A step's message as nobody's: for a preview, and for a test message to somebody of the team."""

from dataclasses import dataclass
from datetime import datetime
from email.utils import formataddr, make_msgid
from typing import NamedTuple

from django.core.mail import EmailMultiAlternatives
from django.utils.translation import gettext as _

from checkout_widgets.edge import languages
from checkout_widgets.edge.pairs import of_ranks
from checkout_widgets.edge.rows import PairedProduct
from checkout_widgets.edge.running_order import pairs_of
from checkout_widgets.models import Product
from checkout_widgets.pair_offers import RANKS
from journeys.models import JourneyStep, MessageState, Sender
from journeys.sending.composing import (
    CannotBeWritten,
    OutgoingMail,
    StepWords,
    offer_of,
    page_url,
    unsubscribe_headers,
)
from journeys.sending.transport import HandOver, open_transport
from journeys.writing.context import MessageContext, MessageLinks, ShownItem, ShownOrder
from journeys.writing.document import AskingBlock, UnsendableDocument, read
from journeys.writing.rendering import MessageTooLong, Rendered

SAMPLE_ORDER = "1001"


class NoTrial(Exception):
    """A message that can't be shown; the message says why, and what to do."""


class SamplePair(NamedTuple):
    """An example of what an offer of pairs sells, and the product that it goes with; empty of a fixed offer."""

    beside: PairedProduct | None = None
    sold: tuple[PairedProduct, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """A message of a step in a language: the one that a variant sends."""

    step: JourneyStep
    variant_key: str
    locale: str
    sender: Sender

    def rendered(self, now: datetime) -> Rendered:
        """Write it with today's offer, the newest product as what was bought, and links that lead nowhere. An offer of
        pairs shows an example, and the product that it goes with as what was bought.

        Raises ``NoTrial``.
        """
        try:
            document = read(self.step.document_of(self.variant_key))
            words = StepWords(document=document, offer=offer_of(self.sender, document, now))
            context = self.context_of(words, self.sample_pair(words))
            return words.layout_for(context).filled(context)
        except UnsendableDocument as error:
            raise NoTrial(str(error)) from error
        except MessageTooLong as error:
            raise NoTrial(_("The message is too long: mail programs would cut it. Remove a block.")) from error
        except CannotBeWritten as error:
            raise NoTrial(_("The offer is over or out of stock. Choose another one, or extend it.")) from error

    def sample_pair(self, words: StepWords) -> SamplePair:
        """Return an example of what the message's offer of pairs sells; none of a fixed offer. Raises ``NoTrial``."""
        if words.offer is None or not words.offer.pairing:
            return SamplePair()
        pairs, ranks = pairs_of(self.sender.store), RANKS[words.offer.pairing]
        beside, best = pairs.sample_beside(words.offer.pair_source)
        if len(best) <= ranks[-1]:
            problem = _("“%(offer)s” has no pair to show with any product") % {"offer": words.offer}
            raise NoTrial(f"{problem}. {_('Pin pairs or count them under Offers, Bought together.')}")
        return SamplePair(beside, tuple(pairs.products[place] for place in of_ranks(best, ranks)))

    def context_of(self, words: StepWords, pair: SamplePair) -> MessageContext:
        """Return what a message says beside its document, of nobody."""
        locale, store = languages.known_locale(self.locale), self.sender.store
        nowhere = page_url("", "preview")
        answers = {}
        for block in words.document.blocks:
            if isinstance(block, AskingBlock):
                for choice in block.choices:
                    answers[choice.tag] = nowhere
        return MessageContext(
            locale=locale,
            store_name=self.sender.name or store.name,
            postal_address=self.sender.postal_address,
            links=MessageLinks(offer=nowhere, unsubscribe=nowhere, preferences=nowhere, answers=answers),
            offer=words.offer_in(locale, pair.sold),
            order=self.sample_order(words, pair),
        )

    def sample_order(self, words: StepWords, pair: SamplePair) -> ShownOrder:
        """Return an order of what the pair goes with, or of the catalog's newest product that isn't offered."""
        product: Product | PairedProduct | None = pair.beside
        if product is None:
            products = Product.objects.filter(store=self.sender.store)
            if words.offer is not None:
                products = products.exclude(offer_items__offer=words.offer)
            product = products.order_by("-pk").first()
        title, price_minor = _("a product"), 0
        if product is not None:
            title, price_minor = product.title, product.price_minor or 0
        total = languages.money(price_minor, self.sender.store.currency, languages.known_locale(self.locale))
        return ShownOrder(
            number=SAMPLE_ORDER,
            items=[ShownItem(title=title)],
            total=total["text"],
            tracking_url=page_url("", "preview"),
        )

    def send_to(self, address: str, now: datetime) -> None:
        """Send it to somebody of the team, by the same way as to customers. Raises ``NoTrial``."""
        if not self.sender.address:
            raise NoTrial(_("Save the sender's address first: messages are sent from it."))
        rendered = self.rendered(now)
        transport = open_transport()
        try:
            transport.start(OutgoingMail(0, self.email_of(rendered, address)))
            refuse_unsent(transport.finish())
        finally:
            transport.close()

    def email_of(self, rendered: Rendered, address: str) -> EmailMultiAlternatives:
        """Return the e-mail, which says that it is a test."""
        sender, nowhere = self.sender, page_url("", "preview")
        links = MessageLinks(offer=nowhere, unsubscribe=nowhere, preferences=nowhere)
        email = EmailMultiAlternatives(
            subject=_("[Test] %(subject)s") % {"subject": rendered.subject},
            body=rendered.text,
            from_email=formataddr((sender.name or sender.store.name, sender.address)),
            to=[address],
            headers={
                "Message-ID": make_msgid(domain=sender.address.rpartition("@")[2]),
                **unsubscribe_headers(links),
            },
        )
        email.attach_alternative(rendered.html, "text/html")
        return email


def refuse_unsent(result: HandOver) -> None:
    """Raise ``NoTrial`` where the server didn't take it."""
    if result.state == MessageState.UNKNOWN:
        raise NoTrial(_("The mail server didn't answer. The message may or may not arrive."))
    if result.state != MessageState.SENT:
        words = {"reason": result.reason}
        raise NoTrial(_("The mail server refused the message (%(reason)s). Check EMAIL_URL or the provider.") % words)
