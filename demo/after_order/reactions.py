"""What customers do with the messages of the day before: nothing mostly, a click, an order, an answer, an opt-out."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import NamedTuple
from uuid import UUID

from checkout_widgets.acceptances import LIFETIME, offer_lines
from checkout_widgets.models import Acceptance, Offer
from demo.after_order.customers import luck_of
from demo.after_order.ordering import MessageSale, SimulatedDay
from experiments.accounting.order_data import LineData
from experiments.customer_keys import id_of
from experiments.models import Store
from journeys.models import (
    Address,
    AddressState,
    CustomerMessage,
    JourneyStep,
    MessageEvent,
    MessageEventKind,
    MessageState,
    QuestionAnswer,
    StepKind,
    Suppression,
    SuppressionReason,
)
from journeys.pages.preferences import stop
from journeys.signed_links.signing import AddressLink

SIMULATED = "i_K-"  # how the keys of simulated customers begin
BOUNCE_SHARE, COMPLAINT_SHARE, OPT_OUT_SHARE = 0.004, 0.0006, 0.003
CLICK_SHARE, ACCEPT_SHARE, ANSWER_SHARE = 0.17, 0.085, 0.3  # accepts are among the clicks


class SentMessage(NamedTuple):
    """A message of which nothing was heard, with its contact and its step's test."""

    message_id: int
    contact_id: int
    customer_key: str
    locale: str
    digest: str
    step_id: int
    sent_at: datetime
    experiment_key: str | None
    variant_key: str | None
    journey_key: str


COLUMNS = (
    *("pk", "contact_id", "contact__customer_key", "contact__locale", "address_digest", "send_point__step_id"),
    *("sent_at", "send_point__variant__experiment__key", "send_point__variant__key", "send_point__run__journey__key"),
)


class MessageReading(NamedTuple):
    """Somebody with a message: which step it is of, when it came, and the luck of the draw."""

    message: SentMessage
    step: JourneyStep
    at: datetime
    luck: Random


@dataclass(slots=True)
class Reactions:
    """What a day's messages led to; ``sales`` become orders."""

    store: Store
    offers: Mapping[str, Offer]
    events: list[MessageEvent] = field(default_factory=list)
    answers: list[QuestionAnswer] = field(default_factory=list)
    acceptances: list[Acceptance] = field(default_factory=list)
    sales: list[MessageSale] = field(default_factory=list)

    def note(self, message: SentMessage, kind: MessageEventKind, at: datetime) -> None:
        """Keep what was heard."""
        self.events.append(MessageEvent(message_id=message.message_id, kind=kind, at=at))


def react(store: Store, day: SimulatedDay) -> list[MessageSale]:
    """Let the receivers of the last messages do something, once, and return what they bought."""
    offers = {offer.key: offer for offer in Offer.objects.filter(store=store)}
    reactions, messages = Reactions(store, offers), unanswered(store)
    steps = JourneyStep.objects.in_bulk({message.step_id for message in messages})
    for message in messages:
        step = steps[message.step_id]
        luck = luck_of("reaction", message.customer_key, step.key, day.number)
        deliver(MessageReading(message, step, max(message.sent_at, day.began_at), luck), reactions)
    MessageEvent.objects.bulk_create(reactions.events, ignore_conflicts=True)
    QuestionAnswer.objects.bulk_create(reactions.answers, ignore_conflicts=True)
    Acceptance.objects.bulk_create(reactions.acceptances)
    return reactions.sales


def unanswered(store: Store) -> list[SentMessage]:
    """Return the messages that were sent and of which nothing was heard."""
    heard = (MessageEventKind.DELIVERED, MessageEventKind.BOUNCED)
    sent = CustomerMessage.objects.filter(store=store, state=MessageState.SENT, send_point__isnull=False)
    sent = sent.exclude(events__kind__in=heard).order_by("pk")
    return [SentMessage._make(row) for row in sent.values_list(*COLUMNS)]


def deliver(reading: MessageReading, reactions: Reactions) -> None:
    """Deliver a message. The demo's visitor does the rest themselves."""
    message = reading.message
    is_simulated = message.customer_key.startswith(SIMULATED)
    if is_simulated and reading.luck.random() < BOUNCE_SHARE:
        Address.objects.filter(messages=message.message_id).update(state=AddressState.DEAD)
        suppress(reading, SuppressionReason.BOUNCED, reactions.store)
        reactions.note(message, MessageEventKind.BOUNCED, reading.at)
        return
    reactions.note(message, MessageEventKind.DELIVERED, reading.at)
    if is_simulated:
        read_message(reading, reactions)


def suppress(reading: MessageReading, reason: SuppressionReason, store: Store) -> None:
    """Keep an address from everything that follows."""
    Suppression.objects.get_or_create(
        store=store, digest=reading.message.digest, topic="", defaults={"reason": reason, "at": reading.at}
    )


def read_message(reading: MessageReading, reactions: Reactions) -> None:
    """Draw what somebody does who got a message."""
    luck = reading.luck
    if luck.random() < OPT_OUT_SHARE:
        opt_out(reading, reactions.store)
        return
    if luck.random() < COMPLAINT_SHARE:
        suppress(reading, SuppressionReason.COMPLAINED, reactions.store)
        reactions.note(reading.message, MessageEventKind.COMPLAINED, reading.at)
        return
    chance = luck.random()
    later = reading._replace(at=reading.at + timedelta(hours=luck.uniform(0.2, 18)))
    if reading.step.kind == StepKind.QUESTION:
        if chance < ANSWER_SHARE:
            answer(later, reactions)
    elif chance < CLICK_SHARE:
        look_at_offer(later, reactions, is_taken=chance < ACCEPT_SHARE)


def opt_out(reading: MessageReading, store: Store) -> None:
    """Unsubscribe as by the link of the message."""
    message = reading.message
    link = AddressLink(
        store_id=store.pk,
        digest=bytes.fromhex(message.digest),
        topic="",
        message_id=message.message_id,
        locale=message.locale,
    )
    stop(store, link, reading.at)


def answer(reading: MessageReading, reactions: Reactions) -> None:
    """Answer the question of a message."""
    (question,) = (block for block in reading.step.document["blocks"] if block["kind"] == "question")
    row = QuestionAnswer(
        message_id=reading.message.message_id,
        contact_id=reading.message.contact_id,
        question=question["id"],
        tag=reading.luck.choice(question["choices"])["tag"],
        at=reading.at,
    )
    reactions.answers.append(row)
    reactions.note(reading.message, MessageEventKind.CLICKED, reading.at)


def look_at_offer(reading: MessageReading, reactions: Reactions, *, is_taken: bool) -> None:
    """Click, and order a few minutes later where the offer is taken."""
    reactions.note(reading.message, MessageEventKind.CLICKED, reading.at)
    offer = reactions.offers.get(reading.step.document.get("offer", ""))
    if not is_taken or offer is None:
        return
    reactions.note(reading.message, MessageEventKind.ACCEPTED, reading.at)
    acceptance = acceptance_of(reading, offer)
    reactions.acceptances.append(acceptance)
    line = LineData(
        acceptance.lines[0]["sku"],
        1,
        offer.price_minor,
        experiment_key=acceptance.experiment_key,
        acceptance_id=acceptance.jti,
    )
    sale = MessageSale(id_of(reading.message.customer_key), line, reading.at + timedelta(minutes=8))
    reactions.sales.append(sale)


def acceptance_of(reading: MessageReading, offer: Offer) -> Acceptance:
    """Return what the page of a message keeps of an accepted offer."""
    message, at = reading.message, reading.at.replace(microsecond=0)
    jti = UUID(int=reading.luck.getrandbits(128), version=4)
    return Acceptance(
        store_id=offer.store_id,
        jti=jti,
        idempotency_key=str(jti),
        visitor_id=f"c:{message.customer_key}",
        offer=offer,
        # of a plain step, the journey: with a dot, which no test's key has
        experiment_key=message.experiment_key or f"j.{message.journey_key}"[:64],
        variant_key=message.variant_key or "message",
        currency=offer.currency,
        total_minor=offer.price_minor,
        lines=offer_lines(offer, 1, offer.price_minor),
        accepted_at=at,
        expires_at=at + LIFETIME,
    )
