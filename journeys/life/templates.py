"""Journeys to begin with: the messages that teams send after an order, each with a first draft of its words."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from django.utils.translation import gettext as _

from checkout_widgets.models import OfferPairing, PairSource
from journeys.checks.conditions import ConditionKind
from journeys.life.template_messages import (
    QUESTION,
    TRACKING,
    headline,
    message,
    pairing_reason,
    product,
    score,
    text,
)
from journeys.models import StepKind, Trigger

DAY = 24  # hours


@dataclass(frozen=True, slots=True, kw_only=True)
class TemplateStep:
    """A step with its message. ``is_tested``: half of the contacts get none, to compare with."""

    key: str
    wait_hours: int
    document: dict[str, Any]
    kind: StepKind = StepKind.MESSAGE
    topic: str = ""
    is_tested: bool = False
    is_for_owners: bool = False
    condition: dict[str, Any] = field(default_factory=dict)


class SoldPairs(NamedTuple):
    """Which pairs an offer sells, and from which source."""

    pairing: OfferPairing
    source: PairSource = PairSource.ALL


@dataclass(frozen=True, slots=True, kw_only=True)
class JourneyTemplate:
    """A journey as it is usually set up; ``purpose`` says what it is for.

    ``pairs`` are the offers of pairs that its messages begin with, where the store has such pairs: by the message's
    variant, that of the step's own message empty.
    """

    key: str
    name: str
    purpose: str
    trigger: Trigger
    steps: tuple[TemplateStep, ...]
    options: dict[str, Any] = field(default_factory=dict)
    pairs: Mapping[str, SoldPairs] = field(default_factory=dict)


def journey_templates() -> dict[str, JourneyTemplate]:
    """Return all templates by key, along the time after an order."""
    found = (
        *after_the_order(),
        *of_companions(),
        *after_delivery(),
        *of_questions(),
        *long_after_delivery(),
        *by_need(),
        *of_more(),
        *by_orders(),
        *to_audiences(),
        *of_tests(),
        *of_offers(),
    )
    return {template.key: template for template in found}


def after_the_order() -> tuple[JourneyTemplate, ...]:
    """Return the journeys of the first days."""
    return (
        JourneyTemplate(
            key="works-better-with", name=_("Works better with"),
            purpose=_("Two days after the order: one accessory that makes the product work better."),
            trigger=Trigger.ORDER_PLACED,
            steps=(TemplateStep(key="accessory", wait_hours=2 * DAY, is_tested=True, document=message(
                "Get more out of your {bought}", headline("It works better with this"),
                pairing_reason("Made for your {bought}."), product())),),
        ),
        JourneyTemplate(
            key="complete-the-set", name=_("Complete the set"),
            purpose=_("Three days after the order: what is often bought together with it, and a nudge after a click."),
            trigger=Trigger.ORDER_PLACED,
            steps=(
                TemplateStep(key="set", wait_hours=3 * DAY, is_tested=True, document=message(
                    "Goes with your {bought}", headline("Complete the set"), pairing_reason("Often bought together."),
                    product(items=2))),
                TemplateStep(key="still-interested", wait_hours=10 * DAY,
                    condition={"kind": ConditionKind.CLICKED_NOT_BOUGHT.value}, document=message(
                        "Still thinking about it?", text("It is still available at the same price."), product())),
            ),
        ),
        JourneyTemplate(
            key="on-its-way", name=_("On its way"),
            purpose=_("When the parcel is on its way: the tracking first, and one suggestion."),
            trigger=Trigger.SHIPPED,
            steps=(TemplateStep(key="tracking", wait_hours=1, document=message(
                "Your {bought} is on its way", headline("On its way to you"), TRACKING,
                text("While you wait: this goes well with it."), product())),),
        ),
    )  # fmt: skip


def of_companions() -> tuple[JourneyTemplate, ...]:
    """Return the journeys that offer what goes with the product."""
    return (
        JourneyTemplate(
            key="frequently-bought", name=_("Frequently bought together"),
            purpose=_("A day after the order: the one thing that customers most often buy with it."),
            trigger=Trigger.ORDER_PLACED,
            steps=(TemplateStep(key="together", wait_hours=DAY, is_tested=True, document=message(
                "Often bought with your {bought}", headline("Bought together"),
                pairing_reason("Often bought together."), product())),),
        ),
        JourneyTemplate(
            key="bundle", name=_("Bundle"),
            purpose=_("Two weeks after delivery: what goes with the product, as one bundle."),
            trigger=Trigger.DELIVERED,
            steps=(TemplateStep(key="bundle", wait_hours=14 * DAY, is_tested=True, document=message(
                "Everything for your {bought}", headline("All in one"),
                pairing_reason("Put together for your {bought}."), product("Take the bundle for {price}", items=4))),),
        ),
    )  # fmt: skip


def after_delivery() -> tuple[JourneyTemplate, ...]:
    """Return the journeys of somebody who has just got the product: unboxing, usage."""
    return (
        JourneyTemplate(
            key="unboxing", name=_("Unboxing help"),
            purpose=_("The day after delivery: help with the first steps, and one thing that may be needed."),
            trigger=Trigger.DELIVERED,
            steps=(TemplateStep(key="first-steps", wait_hours=DAY, is_tested=True, document=message(
                "First steps with your {bought}", headline("Get started"),
                text("Here is how to get the best out of it from the first day."),
                text("You may need this, too.", 2), product())),),
        ),
        JourneyTemplate(
            key="usage", name=_("Three weeks in"),
            purpose=_("Three weeks after delivery: an accessory for somebody who uses the product every day."),
            trigger=Trigger.DELIVERED,
            steps=(TemplateStep(key="accessory", wait_hours=21 * DAY, is_tested=True, document=message(
                "Three weeks with your {bought}", pairing_reason("For everyday use."), product())),),
        ),
    )  # fmt: skip


def of_questions() -> tuple[JourneyTemplate, ...]:
    """Return the journeys that ask somebody who has the product."""
    return (
        JourneyTemplate(
            key="check-in", name=_("Check-in question"),
            purpose=_("Ten days after delivery: one question, and an offer that follows the answer."),
            trigger=Trigger.DELIVERED,
            steps=(
                TemplateStep(key="question", wait_hours=10 * DAY, kind=StepKind.QUESTION, document=QUESTION),
                TemplateStep(key="by-answer", wait_hours=20 * DAY, is_tested=True,
                    condition={"kind": ConditionKind.ANSWERED.value}, document=message(
                        "What you asked for", text("You told us what you want to improve."), product())),
            ),
        ),
        JourneyTemplate(
            key="score", name=_("Would you recommend us?"),
            purpose=_("Two weeks after delivery: a score from 0 to 10. After 6 or less, no offers for a month."),
            trigger=Trigger.DELIVERED,
            steps=(TemplateStep(key="score", wait_hours=14 * DAY, kind=StepKind.QUESTION, document=message(
                "One question about your {bought}", headline("One question"), score())),),
        ),
    )  # fmt: skip


def long_after_delivery() -> tuple[JourneyTemplate, ...]:
    """Return the journeys of somebody who has had the product for months: care, upgrade."""
    return (
        JourneyTemplate(
            key="care", name=_("Care and maintenance"),
            purpose=_("Two months after delivery: how to keep the product in shape, and what you need for it."),
            trigger=Trigger.DELIVERED,
            steps=(TemplateStep(key="care", wait_hours=60 * DAY, topic="care", is_tested=True, document=message(
                "Keep your {bought} in shape", headline("A little care goes a long way"),
                text("Clean it every few weeks, and it lasts for years."), product())),),
        ),
        JourneyTemplate(
            key="upgrade", name=_("Upgrade side by side"),
            purpose=_("Two to three months after delivery: the better version, side by side with what they have."),
            trigger=Trigger.DELIVERED,
            steps=(TemplateStep(key="upgrade", wait_hours=75 * DAY, is_tested=True, document=message(
                "Ready for the next one?",
                {"kind": "comparison", "id": "comparison",
                 "rows": [{"label": "Battery", "bought": "8 hours", "offered": "20 hours"}]}, product())),),
        ),
    )  # fmt: skip


def by_need() -> tuple[JourneyTemplate, ...]:
    """Return the journeys that begin with a need: it runs out, or it ends."""
    return (
        JourneyTemplate(
            key="runs-out", name=_("Before it runs out"),
            purpose=_("Before the product is used up: buy it again, several at once, or subscribe."),
            trigger=Trigger.RUNS_OUT, options={"days": 30, "from_orders": True},
            steps=(TemplateStep(key="refill", wait_hours=0, is_tested=True, is_for_owners=True, document=message(
                "Running low on {bought}?", headline("Never run out"), product("Take it for {price}"))),),
        ),
        JourneyTemplate(
            key="renewal", name=_("Renewal"),
            purpose=_("A month before the contract ends: renew, yearly instead of monthly."),
            trigger=Trigger.CONTRACT_ENDS, options={"days_before": 30},
            steps=(TemplateStep(key="renewal", wait_hours=0, is_tested=True, is_for_owners=True, document=message(
                "Your contract ends next month", headline("Stay covered"),
                text("Pay once a year, and save {saving}."), product("Renew for {price}"))),),
        ),
        JourneyTemplate(
            key="trial-end", name=_("Trial ends"),
            purpose=_("Three days before a trial ends: go on with the plan."),
            trigger=Trigger.CONTRACT_ENDS, options={"days_before": 3},
            steps=(TemplateStep(key="trial", wait_hours=0, is_for_owners=True, document=message(
                "Your trial ends in three days", text("Go on without a break."), product("Go on for {price}"))),),
        ),
    )  # fmt: skip


def of_more() -> tuple[JourneyTemplate, ...]:
    """Return the journeys that offer the same for longer, or more of it."""
    return (
        JourneyTemplate(
            key="subscribe", name=_("Subscribe instead of reordering"),
            purpose=_("Two weeks before the product is used up: the same as a subscription."),
            trigger=Trigger.RUNS_OUT, options={"days": 16},
            steps=(TemplateStep(key="subscribe", wait_hours=0, is_tested=True, is_for_owners=True, document=message(
                "Never run out of {bought}", headline("Get it before you need it"),
                text("A subscription brings it in time, and you can stop it whenever you like."),
                product("Subscribe for {price}"))),),
        ),
        JourneyTemplate(
            key="buy-more", name=_("Buy more, save more"),
            purpose=_("Three weeks after delivery: several at once as a bundle, for less."),
            trigger=Trigger.DELIVERED,
            steps=(TemplateStep(key="bundle", wait_hours=21 * DAY, is_tested=True, is_for_owners=True, document=message(
                "More of your {bought}", headline("Stock up"), text("Together, they cost {saving} less."),
                product("Take the set for {price}"))),),
        ),
        JourneyTemplate(
            key="yearly-or-monthly", name=_("Yearly or monthly"),
            purpose=_("A month before the contract ends: is a yearly price renewed more often than a monthly one?"),
            trigger=Trigger.CONTRACT_ENDS, options={"days_before": 30},
            steps=(TemplateStep(key="period", wait_hours=0, is_for_owners=True, document=message(
                "Your contract ends next month", headline("Stay covered"), text("Go on from month to month."),
                product("Renew for {price}"), yearly=message(
                    "Your contract ends next month", headline("Stay covered for a year"),
                    text("Pay once a year: it costs {saving} less."), product("Renew for {price}")))),),
        ),
    )  # fmt: skip


def by_orders() -> tuple[JourneyTemplate, ...]:
    """Return the journeys that begin with what a customer has ordered, or hasn't."""
    return (
        JourneyTemplate(
            key="win-back", name=_("Win back"),
            purpose=_("Three months without an order: one good reason to come back."),
            trigger=Trigger.REACHED, options={"kind": "days_without_order", "days": 90},
            steps=(TemplateStep(key="win-back", wait_hours=0, is_tested=True, document=message(
                "It has been a while", headline("Welcome back"), pairing_reason("Picked for what you bought before."),
                product())),),
        ),
        JourneyTemplate(
            key="vip-distance", name=_("Close to the next tier"),
            purpose=_("When a customer's orders come close to a tier: how little is left to spend."),
            trigger=Trigger.REACHED,
            options={"kind": "tier", "spent_minor": 50_000, "within_minor": 5_000, "days": 365},
            steps=(TemplateStep(key="distance", wait_hours=2 * DAY, is_tested=True, document=message(
                "You are almost there", text("One more order, and the next tier is yours."), product())),),
        ),
    )  # fmt: skip


def to_audiences() -> tuple[JourneyTemplate, ...]:
    """Return campaigns: they need a day, and go to an audience."""
    return (
        JourneyTemplate(
            key="seasonal", name=_("Seasonal campaign"),
            purpose=_("On a day that you choose: one offer to customers of the last year."),
            trigger=Trigger.ON_A_DAY, options={"audience": {"ordered_within_days": 365}},
            steps=(TemplateStep(key="campaign", wait_hours=0, is_tested=True, document=message(
                "For the season", headline("In time for the season"), product())),),
        ),
        JourneyTemplate(
            key="limited-edition", name=_("Limited edition for owners"),
            purpose=_("On a day that you choose: a limited edition, first for those who own the product."),
            trigger=Trigger.ON_A_DAY, options={"audience": {"least_orders": 1}},
            steps=(TemplateStep(key="edition", wait_hours=0, is_tested=True, document=message(
                "First for owners", headline("A limited edition"), text("You see it before everybody else."),
                product())),),
        ),
    )  # fmt: skip


def of_tests() -> tuple[JourneyTemplate, ...]:
    """Return the questions that teams ask of messages: all variants are sent."""
    plain = message("A thought on your {bought}", headline("Goes with your {bought}"), product())
    return (
        JourneyTemplate(
            key="subject-lines", name=_("Subject line A or B"),
            purpose=_("Two days after the order: which subject line works better?"),
            trigger=Trigger.ORDER_PLACED,
            steps=(TemplateStep(key="subject", wait_hours=2 * DAY, document=plain | {"variants": {
                "benefit": plain | {"subject": "Make your {bought} last longer"}}}),),
        ),
        JourneyTemplate(
            key="reason-or-none", name=_("With or without a reason"),
            purpose=_("Two days after the order: does a reason for the product help?"),
            trigger=Trigger.ORDER_PLACED,
            steps=(TemplateStep(key="reason", wait_hours=2 * DAY, document=plain | {"variants": {
                "reason": plain | {"blocks": [
                    plain["blocks"][0], pairing_reason("Often bought together."), product()]}}}),),
        ),
        JourneyTemplate(
            key="sooner-or-later", name=_("Sooner or later"),
            purpose=_("Two days after the order or five: when does the same message work better?"),
            trigger=Trigger.ORDER_PLACED,
            steps=(TemplateStep(key="timing", wait_hours=2 * DAY, document=plain | {"variants": {
                "later": plain | {"delay_hours": 3 * DAY}}}),),
        ),
        JourneyTemplate(
            key="one-or-two-products", name=_("One product or two"),
            purpose=_("Two days after the order: do two products sell better than one?"),
            trigger=Trigger.ORDER_PLACED, pairs={"": SoldPairs(OfferPairing.BEST), "two": SoldPairs(OfferPairing.BOTH)},
            steps=(TemplateStep(key="products", wait_hours=2 * DAY, document=plain | {"variants": {
                "two": plain | {"blocks": [plain["blocks"][0], product(items=2)]}}}),),
        ),
    )  # fmt: skip


def of_offers() -> tuple[JourneyTemplate, ...]:
    """Return the questions that teams ask of offers. Their messages say as good as the same."""
    plain = message("A thought on your {bought}", headline("Goes with your {bought}"), product())
    return (
        JourneyTemplate(
            key="curated-or-recommended", name=_("Curated or recommended"),
            purpose=_("Two days after the order of a product: what sells better with it, your pick or what customers "
                "most often buy with it?"),
            trigger=Trigger.ORDER_PLACED,
            # Alike until each has its offer, without which neither can be launched.
            steps=(TemplateStep(key="companion", wait_hours=2 * DAY, document=plain | {"variants": {
                "recommended": plain}}),),
            pairs={
                "": SoldPairs(OfferPairing.BEST, PairSource.PINNED),
                "recommended": SoldPairs(OfferPairing.BEST, PairSource.COUNTED),
            },
        ),
        JourneyTemplate(
            key="answer-or-order", name=_("By the answer or by the order"),
            purpose=_("After a question: what sells better, an offer that fits the answer or one that fits the order?"),
            trigger=Trigger.DELIVERED,
            steps=(
                TemplateStep(key="question", wait_hours=10 * DAY, kind=StepKind.QUESTION, document=QUESTION),
                TemplateStep(key="offer", wait_hours=20 * DAY, condition={"kind": ConditionKind.ANSWERED.value},
                    document=message(
                        "An idea for your {bought}", text("It goes well with what you have."), product(),
                        answer=message("An idea for your {bought}", text("You told us what you want to improve."),
                            product()))),
            ),
        ),
    )  # fmt: skip
