"""The demo's sender, offers and journeys: one compares a message with itself, two compare it with none."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from django.utils import timezone

from checkout_widgets.models import Offer, OfferItem, OfferKind, Product
from experiments.models import AuditEntry, Store
from journeys.checks.conditions import ConditionKind
from journeys.life import lifecycle, step_tests
from journeys.life.drafts import create_journey
from journeys.life.templates import JourneyTemplate, TemplateStep
from journeys.life.versions import newest_version
from journeys.models import DomainState, Journey, Sender, StepKind, Trigger

ACTOR = "demo"
SENDER_ADDRESS = "hello@pennyfold.example"
REASON = "The demo begins without any orders of customers."
DAY_HOURS = 24
NO_QUIET_HOURS = 0  # both ends alike: whoever tries the demo at night gets the message, too
WHOLE_DAY = (0, 24)
Document = dict[str, Any]


class MessageOffer(NamedTuple):
    """An offer that messages make; the price is in pence."""

    key: str
    name: str
    price_minor: int
    items: Mapping[str, int]


OFFERS = (
    MessageOffer("tins-by-email", "Cake tins by email", 425, {"22720": 1}),
    MessageOffer("teacups-by-email", "Two Regency teacups by email", 535, {"22699": 1, "22697": 1}),
    MessageOffer("napkins-by-email", "Napkins by email", 75, {"21080": 1}),
)


def block(kind: str, number: int = 1, **fields: Any) -> Document:
    """Return a block of a message."""
    return {"kind": kind, "id": f"{kind}{number}", **fields}


def thanks() -> Document:
    """Return the message that follows each order at once."""
    return {
        "subject": "Thank you, and one idea",
        "preheader": "It goes well with what you ordered.",
        "offer": "tins-by-email",
        "blocks": [
            block("headline", text="Thank you for your order"),
            block("order_summary"),
            block("text", text="Three cake tins that fit into one another, for whatever you bake next."),
            block("product", button="See the tins for {price}"),
        ],
        "translations": {
            "de": {
                "subject": "Danke, und eine Idee",
                "preheader": "Das passt zu Ihrer Bestellung.",
                "headline1.text": "Danke für Ihre Bestellung",
                "text1.text": "Drei Kuchendosen, die ineinander passen, für alles, was Sie als Nächstes backen.",
                "product1.button": "Die Dosen für {price} ansehen",
            }
        },
    }


def complete_the_set() -> Document:
    """Return the message of three days later."""
    return {
        "subject": "Goes with your {bought}",
        "offer": "teacups-by-email",
        "blocks": [
            block("headline", text="Tea for two"),
            block("reason", text="Saucers included: they match the plates and the cake stand."),
            block("product", button="See both for {price}", most_items=2),
        ],
    }


def still_interested() -> Document:
    """Return the one message that follows a click without an order."""
    return {
        "subject": "Still thinking about the teacups?",
        "offer": "teacups-by-email",
        "blocks": [
            block("text", text="They are still here, at the same price. This is the last we say about them."),
            block("product", button="See both for {price}", most_items=2),
        ],
    }


def one_question() -> Document:
    """Return the question of ten days after the delivery."""
    answers = (("baking", "Baking"), ("party", "A party"), ("present", "A present"))
    return {
        "subject": "How is your {bought}?",
        "blocks": [
            block("headline", text="One question"),
            block(
                "question",
                text="What are you planning next?",
                choices=[{"tag": tag, "text": text} for tag, text in answers],
            ),
        ],
    }


def by_answer() -> Document:
    """Return what follows an answer."""
    return {
        "subject": "For what you have planned",
        "offer": "napkins-by-email",
        "blocks": [
            block("text", text="You told us what comes next. These go on any table, at a small price."),
            block("product", button="See them for {price}"),
        ],
    }


def aa_journey() -> JourneyTemplate:
    """Return the journey whose two messages are alike: what its test shows is what chance does."""
    message = thanks()
    step = TemplateStep(key="thanks", wait_hours=0, document=message | {"variants": {"same": message}})
    return JourneyTemplate(
        key="subject-lines", name="Thank you (A/A)", purpose="", trigger=Trigger.ORDER_PLACED, steps=(step,)
    )


def set_journey() -> JourneyTemplate:
    """Return the journey of two messages, tested against none."""
    condition = {"kind": ConditionKind.CLICKED_NOT_BOUGHT.value}
    steps = (
        TemplateStep(key="set", wait_hours=3 * DAY_HOURS, is_tested=True, document=complete_the_set()),
        TemplateStep(
            key="still-interested", wait_hours=10 * DAY_HOURS, condition=condition, document=still_interested()
        ),
    )
    return JourneyTemplate(
        key="complete-the-set", name="Complete the set", purpose="", trigger=Trigger.ORDER_PLACED, steps=steps
    )


def question_journey() -> JourneyTemplate:
    """Return the journey that asks, and offers by the answer."""
    condition = {"kind": ConditionKind.ANSWERED.value}
    steps = (
        TemplateStep(key="question", wait_hours=10 * DAY_HOURS, kind=StepKind.QUESTION, document=one_question()),
        TemplateStep(
            key="by-answer", wait_hours=20 * DAY_HOURS, condition=condition, is_tested=True, document=by_answer()
        ),
    )
    return JourneyTemplate(key="check-in", name="Check-in question", purpose="", trigger=Trigger.DELIVERED, steps=steps)


def demo_journeys() -> dict[str, JourneyTemplate]:
    """Return the journeys by key."""
    return {"thank-you": aa_journey(), "complete-the-set": set_journey(), "check-in": question_journey()}


def open_sender(store: Store, address: str, now: datetime) -> Sender:
    """Set up who messages are from; what somebody changed since stays, but for where the shop is served."""
    accept_url = f"{address}/demo/cart/from-message/"
    sender, _ = Sender.objects.get_or_create(
        store=store,
        defaults={
            "is_on": True,
            "name": store.name,
            "address": SENDER_ADDRESS,
            "postal_address": "Pennyfold, 12 Thimble Lane, Bath BA1 1AA",
            "weekly_cap": 2,
            "quiet_from": NO_QUIET_HOURS,
            "quiet_until": NO_QUIET_HOURS,
            "per_minute": 300,
            # No name server knows the domain, which nobody owns: the demo's mailbox doesn't ask.
            "spf": DomainState.OK,
            "dkim": DomainState.OK,
            "dmarc": DomainState.OK,
            "checked_at": now,
        },
    )
    if not sender.accept_url or "/demo/cart/" in sender.accept_url:
        Sender.objects.filter(pk=sender.pk).update(accept_url=accept_url)
    return sender


def make_offers(store: Store) -> None:
    """Make the offers of messages; what their products cost one by one is what they are compared with."""
    for wanted in OFFERS:
        products = {product.sku: product for product in Product.objects.filter(store=store, sku__in=wanted.items)}
        alone_minor = sum(products[sku].price_minor * quantity for sku, quantity in wanted.items.items())
        offer, is_new = Offer.objects.get_or_create(
            store=store,
            key=wanted.key,
            defaults={
                "name": wanted.name,
                "kind": OfferKind.CROSS_SELL,
                "price_minor": wanted.price_minor,
                "compare_at_minor": alone_minor,
                "currency": store.currency,
            },
        )
        if is_new:
            for position, (sku, quantity) in enumerate(wanted.items.items()):
                OfferItem.objects.create(offer=offer, product=products[sku], quantity=quantity, position=position)


def launch_journey(store: Store, key: str, template: JourneyTemplate, at: datetime) -> Journey:
    """Create a journey and launch it as of a time long ago, through the steps that anybody takes."""
    journey = create_journey(template, store, key=key, name=template.name, actor=ACTOR)
    version = newest_version(journey)
    version.steps.update(window_start=WHOLE_DAY[0], window_end=WHOLE_DAY[1])
    step_tests.ensure_tests(version, ACTOR)
    lifecycle.launch(journey=journey, actor=ACTOR, override_reason=REASON, now=at)
    AuditEntry.objects.filter(store=store, at__gt=timezone.now() - timedelta(minutes=5), detail__journey=key).update(
        at=at
    )
    journey.refresh_from_db()
    return journey
