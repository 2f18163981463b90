"""The checks in their order: the first that holds a message back is its reason. Pure.

None of them knows which variant the contact has or will have: what would be held back in one arm alone would make the
arms different customers.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from experiments.assignment.allocation import is_held_out, is_message_held_out
from journeys.checks import conditions
from journeys.checks.hours import SendingHours, zone_of
from journeys.checks.offered import StepOffer
from journeys.checks.points import CheckedPoint, ContactFacts
from journeys.models import JourneyExit, JourneyStep, Sender, SendVerdict

ORDER_SILENCE = timedelta(days=3)


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """All that the checks of one point read."""

    point: CheckedPoint
    facts: ContactFacts
    offer: StepOffer
    sender: Sender
    exits: frozenset[str]

    @property
    def now(self) -> datetime:
        """When the message would go out."""
        return self.point.at


@dataclass(frozen=True, slots=True)
class CheckResult:
    """What the checks say: a verdict that holds the message back, or a later time, or neither: it may go out."""

    verdict: SendVerdict | None = None
    retry_at: datetime | None = None

    @property
    def may_go_out(self) -> bool:
        """Whether nothing holds it back now."""
        return self.verdict is None and self.retry_at is None


GO = CheckResult()


def exit_of(situation: Situation) -> SendVerdict | None:
    """Return what has ended the run."""
    facts, exits = situation.facts, situation.exits
    if JourneyExit.ORDERED in exits and has_ordered_since(situation):
        return SendVerdict.EXIT_ORDERED
    if JourneyExit.ORDER_UNDONE in exits and facts.is_undone:
        return SendVerdict.EXIT_UNDONE
    if JourneyExit.ANSWERED in exits and facts.answer is not None:
        return SendVerdict.EXIT_ANSWERED
    if JourneyExit.ACCEPTED in exits and facts.has_accepted:
        return SendVerdict.EXIT_ACCEPTED
    if facts.is_contract_over:
        return SendVerdict.EXIT_CONTRACT
    return None


def has_ordered_since(situation: Situation) -> bool:
    """Whether the customer ordered after the run's own order, or since the run began where it has none."""
    ordered_at = situation.facts.ordered_at
    if ordered_at is None:
        return False
    return situation.facts.order_placed_at is not None or ordered_at > situation.point.triggered_at


def address_trouble(situation: Situation) -> SendVerdict | None:
    """Return why the contact can't be written to."""
    if situation.facts.address_id is None:
        return SendVerdict.NO_ADDRESS
    return None


def consent_trouble(situation: Situation) -> SendVerdict | None:
    """Return why the contact hasn't agreed to it."""
    if situation.facts.consent_id is None:
        return SendVerdict.NO_CONSENT
    return None


def suppression(situation: Situation) -> SendVerdict | None:
    """Return whether the address gets nothing more."""
    if situation.facts.is_suppressed or situation.facts.is_dead:
        return SendVerdict.SUPPRESSED
    return None


def store_holdout(situation: Situation) -> SendVerdict | None:
    """Return whether the contact is in the store's holdout, as the visitor of the run's order; nobody knows it of an
    order without one."""
    store, facts = situation.sender.store, situation.facts
    if facts.visitor_id and is_held_out(store.slug, facts.visitor_id, store.holdout_share):
        return SendVerdict.STORE_HOLDOUT
    return None


def message_holdout(situation: Situation) -> SendVerdict | None:
    """Return whether the contact is in the holdout of messages."""
    if is_in_message_holdout(situation):
        return SendVerdict.MESSAGE_HOLDOUT
    return None


def is_in_message_holdout(situation: Situation) -> bool:
    """Whether the contact gets no message at all: as counted before, else by the hash."""
    facts, share = situation.facts, situation.sender.holdout_share
    # Two contacts that turned out to be one may have been counted by the other's hash.
    if facts.is_held_out is not None and share > 0:
        return facts.is_held_out
    return is_message_held_out(situation.sender.store.slug, facts.customer_key, share)


def comes_to_message_holdout(situation: Situation) -> bool:
    """Whether nothing holds the message back before the holdout of messages: who comes to it is compared by it."""
    return all(rule(situation) is None for rule in BEFORE_MESSAGE_HOLDOUT)


def friction(situation: Situation) -> SendVerdict | None:
    """Return whether something is wrong for the contact."""
    if situation.facts.has_friction:
        return SendVerdict.FRICTION
    return None


def recent_order(situation: Situation) -> SendVerdict | None:
    """Return whether the contact has just ordered, beside the order that began the run."""
    ordered_at = situation.facts.ordered_at
    if ordered_at is not None and ordered_at > situation.now - ORDER_SILENCE:
        return SendVerdict.ORDERED_RECENTLY
    return None


def decline(situation: Situation) -> SendVerdict | None:
    """Return whether the contact has just declined an offer on the site, or lately one of the step's products."""
    facts = situation.facts
    if facts.has_declined_product:
        return SendVerdict.DECLINED
    silence = timedelta(hours=situation.sender.store.decline_silence_hours)
    if facts.declined_at is not None and situation.now < facts.declined_at + silence:
        return SendVerdict.DECLINED
    return None


def cap(situation: Situation) -> SendVerdict | None:
    """Return whether the contact has had their messages of the week, or would have had them."""
    if situation.facts.recent_points >= situation.sender.weekly_cap:
        return SendVerdict.CAPPED
    return None


def offer_trouble(situation: Situation) -> SendVerdict | None:
    """Return why what the step offers is nothing for the contact, or can't be had."""
    if situation.facts.has_product and not situation.point.step.is_for_owners:
        return SendVerdict.OWNED
    if not situation.offer.is_open:
        return SendVerdict.OFFER_CLOSED
    if not situation.offer.has_pairs:
        return SendVerdict.NO_PAIR
    if not situation.offer.is_in_stock:
        return SendVerdict.OUT_OF_STOCK
    if not situation.offer.is_claim_true:
        return SendVerdict.CLAIM_UNTRUE
    return None


def condition_trouble(situation: Situation) -> SendVerdict | None:
    """Return whether the run doesn't meet what the step asks."""
    if conditions.is_met(situation.point.step.condition, situation.facts):
        return None
    return SendVerdict.NOT_MET


Rule = Callable[[Situation], SendVerdict | None]

BEFORE_MESSAGE_HOLDOUT: tuple[Rule, ...] = (exit_of, address_trouble, consent_trouble, suppression, store_holdout)
BEFORE_CAP: tuple[Rule, ...] = (*BEFORE_MESSAGE_HOLDOUT, message_holdout, friction, recent_order, decline)
AFTER_CAP: tuple[Rule, ...] = (offer_trouble, condition_trouble)
AT_PLANNING: tuple[Rule, ...] = (*BEFORE_CAP, cap, *AFTER_CAP)
# The cap has let it pass, and counts it itself since.
AT_CLAIM: tuple[Rule, ...] = (*BEFORE_CAP, *AFTER_CAP)


def check(situation: Situation, rules: tuple[Rule, ...]) -> CheckResult:
    """Go through the rules, and last the hours: outside of them a message is postponed and never skipped."""
    for rule in rules:
        verdict = rule(situation)
        if verdict is not None:
            return CheckResult(verdict)
    return within_hours(situation)


def within_hours(situation: Situation) -> CheckResult:
    """Return when the message may go out by the contact's clock; held back where the hours leave none at all."""
    hours = sending_hours(situation.point.step, situation.sender)
    zone = zone_of(situation.facts.timezone, situation.sender.store.timezone)
    allowed_at = hours.next_allowed(situation.now, zone)
    if allowed_at is None:
        return CheckResult(SendVerdict.NO_HOURS)
    if allowed_at > situation.now:
        return CheckResult(retry_at=allowed_at)
    return GO


def sending_hours(step: JourneyStep, sender: Sender) -> SendingHours:
    """Return the hours of a step that aren't the store's quiet ones."""
    return SendingHours(step.window_start, step.window_end, sender.quiet_from, sender.quiet_until)
