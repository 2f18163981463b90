"""What has to be right before a journey starts, each point with its fix: the same form as a test's checklist.

What ``fail``s blocks the launch: nothing would go out, or nothing that may. A ``warn`` can be overridden with a reason.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from itertools import pairwise

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from checkout_widgets.edge.pairs import StorePairs
from checkout_widgets.edge.running_order import pairs_of
from checkout_widgets.launching.candidate import Check
from checkout_widgets.models import Offer, Product
from checkout_widgets.pair_offers import RANKS
from experiments import formatting
from experiments.in_sentences import mid_sentence
from journeys.checks.conditions import BadCondition, ConditionKind, validate_condition
from journeys.checks.offered import offer_keys
from journeys.checks.rules import sending_hours
from journeys.customer_stages.facts import settings_of
from journeys.life.reach import JourneyReach, StepReach, reach_of
from journeys.life.step_tests import is_tested
from journeys.life.versions import newest_version
from journeys.models import (
    DomainState,
    Journey,
    JourneyStep,
    JourneyVersion,
    Sender,
    SendVerdict,
    StepKind,
    WaitFrom,
)
from journeys.pages.shop_carts import cart_origin
from journeys.triggers.options import AtStage, BadOptions, OnADay, Options, read_options
from journeys.writing.document import AskingBlock, UnsendableDocument, read

WEEK_HOURS = 7 * 24
# As reasons in a list: their labels name the way out, too.
EXITS_IN_LISTS = {
    SendVerdict.EXIT_ORDERED: gettext_lazy("ordered again"),
    SendVerdict.EXIT_UNDONE: gettext_lazy("order canceled or refunded"),
    SendVerdict.EXIT_ANSWERED: gettext_lazy("answered the question"),
    SendVerdict.EXIT_ACCEPTED: gettext_lazy("accepted an offer"),
    SendVerdict.EXIT_CONTRACT: gettext_lazy("contract canceled or renewed"),
}
LEAST_REACH = 100  # customers a month: below, a test of a month's orders takes years


@dataclass(frozen=True)
class JourneyCandidate:
    """The version that is to start, with what the points look at, each read once."""

    journey: Journey
    now: datetime

    @cached_property
    def version(self) -> JourneyVersion:
        return newest_version(self.journey)

    @cached_property
    def steps(self) -> list[JourneyStep]:
        return list(self.version.steps.order_by("position"))

    @cached_property
    def sender(self) -> Sender | None:
        """Who the store's messages are from; None where nobody has set that up."""
        return Sender.objects.filter(store=self.journey.store_id).select_related("store").first()

    @cached_property
    def pairs(self) -> StorePairs:
        """The store's pairs as they are now."""
        return pairs_of(self.journey.store)

    def has_pair(self, offer: Offer) -> bool:
        """Whether an offer of pairs has something to sell with any product."""
        return self.pairs.has_any(RANKS[offer.pairing], offer.pair_source)

    @cached_property
    def reach(self) -> JourneyReach | None:
        """What last month would have come to; None without a sender, by whose rules messages go out."""
        if self.sender is None or not self.steps:
            return None
        return reach_of(self.version, self.sender, self.now)


def checklist(journey: Journey, now: datetime) -> list[Check]:
    """Return all points, in the order in which they are best mended. Reads the database, changes nothing."""
    return checks_of(JourneyCandidate(journey, now))


def checks_of(candidate: JourneyCandidate) -> list[Check]:
    """Return all points of a candidate."""
    checks: list[Check] = []
    for point in POINTS:
        checks.extend(point(candidate))
    return checks


def trigger(candidate: JourneyCandidate) -> Iterator[Check]:
    """Check that the trigger has what it needs."""
    version = candidate.version
    try:
        options = read_options(version.trigger, version.trigger_options)
    except BadOptions as error:
        text = _("The trigger isn't complete: %(error)s") % {"error": error}
        yield Check("trigger", "fail", text, _("Complete it under Trigger."))
        return
    if isinstance(options, OnADay) and options.at <= candidate.now and candidate.version.launched_at is None:
        yield Check("trigger", "fail", _("The campaign's day is in the past"), _("Choose a day in the future."))
        return
    if asks_for_stages(options) and not settings_of(candidate.journey.store).is_on:
        text = _("Stages are turned off, so no customer is at a stage")
        yield Check("trigger", "fail", text, _("Turn them on under Journeys, Stages."))
        return
    yield Check("trigger", "pass", _("Starts with: %(trigger)s") % {"trigger": version.get_trigger_display()})


def asks_for_stages(options: Options) -> bool:
    """Return whether a journey begins by the stages that the worker keeps."""
    return isinstance(options, AtStage) or (isinstance(options, OnADay) and bool(options.audience.stages))


def products(candidate: JourneyCandidate) -> Iterator[Check]:
    """Check that the product filter names what the store sells."""
    skus, categories = set(candidate.version.skus), set(candidate.version.categories)
    if not skus and not categories:
        return
    catalog = Product.objects.filter(store=candidate.journey.store_id)
    unknown = skus - set(catalog.filter(sku__in=skus).values_list("sku", flat=True))
    unknown |= categories - set(catalog.filter(category__in=categories).values_list("category", flat=True))
    if unknown:
        text = _("Not in the catalog: %(names)s") % {"names": ", ".join(sorted(unknown))}
        yield Check("products", "warn", text, _("Check the spelling, or import the products."))
    else:
        yield Check("products", "pass", _("The product filter names products of the catalog"))


def steps(candidate: JourneyCandidate) -> Iterator[Check]:
    """Check that there is something to send, and that it can go out."""
    if not candidate.steps:
        yield Check("steps", "fail", _("The journey has no steps"), _("Add a step."))
        return
    for step in candidate.steps:
        yield from step_points(candidate, step)
    further = [step for step in candidate.steps if step.condition.get("kind") == ConditionKind.CLICKED_NOT_BOUGHT]
    if len(further) > 1:
        text = _("More than one message follows a click without an order")
        yield Check("further", "fail", text, _("Keep one of them. More reminders annoy customers."))
    count = len(candidate.steps)
    yield Check("steps", "pass", ngettext("%(count)s step", "%(count)s steps", count) % {"count": count})


def step_points(candidate: JourneyCandidate, step: JourneyStep) -> Iterator[Check]:
    """Check one step: its condition, its hours and its message."""
    number = {"number": step.position + 1}
    try:
        validate_condition(step.condition)
    except BadCondition as error:
        text = _("Step %(number)s: the condition isn't valid. %(error)s") % {**number, "error": error}
        yield Check("condition", "fail", text, _("Change the condition."))
    if candidate.sender is not None and not sending_hours(step, candidate.sender).has_any:
        text = _("Step %(number)s: all of its hours are quiet hours") % number
        yield Check("hours", "fail", text, _("Widen the step's hours, or shorten the store's quiet hours."))
    yield from message_points(step)


def message_points(step: JourneyStep) -> Iterator[Check]:
    """Check that the messages of a step can be sent as they are."""
    number = {"number": step.position + 1}
    for document in (step.own_document, *step.other_documents.values()):
        try:
            message = read(document)
        except UnsendableDocument as error:
            text = _("Step %(number)s: the message can't be sent. %(error)s") % {**number, "error": error}
            yield Check("message", "fail", text, _("Write the message."))
            continue
        asks = any(isinstance(block, AskingBlock) for block in message.blocks)
        if step.kind == StepKind.QUESTION and not asks:
            text = _("Step %(number)s has no question") % number
            yield Check("question", "fail", text, _("Add a question to the message."))


def offers(candidate: JourneyCandidate) -> Iterator[Check]:
    """Check that what is offered can be had."""
    keys: set[str] = set()
    for step in candidate.steps:
        keys |= offer_keys(step)
    stored = {offer.key: offer for offer in Offer.objects.filter(store=candidate.journey.store_id, key__in=keys)}
    for key in sorted(keys):
        offer = stored.get(key)
        if offer is None:
            text = _("The offer %(key)s doesn't exist anymore") % {"key": key}
            yield Check("offer", "fail", text, _("Choose another offer."))
        elif offer.pairing and not candidate.has_pair(offer):
            text = _("“%(offer)s” has no pair to show with any product") % {"offer": offer}
            fix = _("Pin pairs or count them under Offers, Bought together.")
            yield Check("offer", "fail", text, fix)
        elif not offer.is_open(candidate.now):
            yield Check("offer", "fail", _("%(offer)s isn't open") % {"offer": offer}, _("Open it, or choose another."))
        elif not offer.is_in_stock():
            yield Check("offer", "warn", _("%(offer)s is out of stock") % {"offer": offer}, _("Update its stock."))
        else:
            yield Check("offer", "pass", _("%(offer)s is open and in stock") % {"offer": offer})


def cart(candidate: JourneyCandidate) -> Iterator[Check]:
    """Check that an accepted offer gets into a cart."""
    if any(offer_keys(step) for step in candidate.steps) and not cart_origin(candidate.journey.store):
        text = _("Offers accepted in messages don't lead to a cart")
        fix = _("Connect the shop under Setup, or enter the store's page for accepted offers in the sender.")
        yield Check("cart", "warn", text, fix)


def sending(candidate: JourneyCandidate) -> Iterator[Check]:
    """Check that the store sends, and as whom."""
    sender = candidate.sender
    if sender is None or not sender.address:
        fix = _("Set up the sender: its address and the store's postal address.")
        yield Check("sender", "fail", _("The store has no sender"), fix)
        return
    if not sender.is_on:
        yield Check("sender", "fail", _("Sending is switched off for the store"), _("Switch it on in the sender."))
    if not sender.postal_address.strip():
        text = _("Messages have no postal address, which the law requires")
        yield Check("sender", "fail", text, _("Enter it in the sender."))
    for problem in sender.problems:
        yield Check("sender_domain", "warn", problem, _("Fix the domain's records."))
    if DomainState.WRONG in (sender.spf, sender.dkim, sender.dmarc):
        text = _("The sender's domain isn't set up, so messages would look like spam")
        yield Check("sender_domain", "fail", text, _("Fix SPF, DKIM, and DMARC as the sender page shows."))
    elif sender.is_on and sender.postal_address.strip():
        yield Check("sender", "pass", _("Messages come from %(sender)s") % {"sender": sender.address})


def cap(candidate: JourneyCandidate) -> Iterator[Check]:
    """Check that the store's cap doesn't hold back what the journey itself sends."""
    if candidate.sender is None:
        return
    within = sum(step.wait_hours < WEEK_HOURS for step in candidate.steps)
    if within > candidate.sender.weekly_cap:
        text = _("%(count)s steps fall within a week, but customers get at most %(cap)s messages a week")
        fix = _("Let later steps wait longer, or raise the cap in the sender.")
        yield Check("cap", "warn", text % {"count": within, "cap": candidate.sender.weekly_cap}, fix)


def timing(candidate: JourneyCandidate) -> Iterator[Check]:
    """Check that a message that goes out later than its step does so before the next step."""
    for step, following in pairwise(candidate.steps):
        waits = following.wait_hours
        if following.wait_from == WaitFrom.TRIGGER:
            waits -= step.wait_hours
        if 0 < step.longest_delay >= waits:
            text = _("Step %(number)s: its later message goes out after step %(next)s")
            fix = _("Let step %(next)s wait longer, or send the later message sooner.")
            words = {"number": step.position + 1, "next": following.position + 1}
            yield Check("timing", "fail", text % words, fix % words)


def reach(candidate: JourneyCandidate) -> Iterator[Check]:
    """Say whom the journey would have reached last month, step by step."""
    month = candidate.reach
    if month is None:
        return
    if not month.runs:
        text = _("Nothing in the last month would have started this journey")
        yield Check("reach", "warn", text, _("Check the trigger and the product filter."))
        return
    for step_reach in month.steps:
        is_small = step_reach.reached < LEAST_REACH
        if step_reach.is_open:
            continue
        text = reach_in_words(step_reach)
        if is_small and is_tested(step_reach.step):
            yield Check("reach", "warn", text, _("A test with so few customers takes a long time to reach a result."))
        else:
            yield Check("reach", "pass", text)


def reach_in_words(step_reach: StepReach) -> str:
    """Say how many would have got to a step, and why the others wouldn't, the most first."""
    words = {
        "count": formatting.count(step_reach.reached),
        "due": formatting.count(step_reach.due),
        "number": step_reach.step.position + 1,
        "reasons": ", ".join(map(held_back_in_words, step_reach.held_back.most_common())),
    }
    if not step_reach.held_back:
        text = ngettext(
            "Last month, %(count)s customer would have reached step %(number)s, and nobody would have been held back",
            "Last month, %(count)s customers would have reached step %(number)s, and nobody would have been held back",
            step_reach.reached,
        )
        return text % words
    text = ngettext(
        "Of %(due)s customer due last month, %(count)s would have reached step %(number)s. Held back: %(reasons)s",
        "Of %(due)s customers due last month, %(count)s would have reached step %(number)s. Held back: %(reasons)s",
        step_reach.due,
    )
    return text % words


def held_back_in_words(counted: tuple[str, int]) -> str:
    """Say how many were held back for a reason: ``61 ordered again``."""
    verdict, points = counted
    reason = EXITS_IN_LISTS.get(SendVerdict(verdict)) or mid_sentence(SendVerdict(verdict).label)
    return f"{formatting.count(points)} {reason}"


POINTS: tuple[Callable[[JourneyCandidate], Iterator[Check]], ...] = (
    trigger,
    products,
    steps,
    offers,
    cart,
    sending,
    cap,
    timing,
    reach,
)
