"""What has to be right before a test starts, each point with its fix.

What ``fail``s blocks the launch: the test could not run, or would say nothing. A ``warn`` can be overridden with a
reason.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from typing import Literal

from django.db.models import Count, Q

from checkout_widgets.models import Widget
from checkout_widgets.models.widget import Layout
from experiments import money
from experiments.assignment import targeting
from experiments.decisions import counts as decision_counts
from experiments.models import COUNTED_STATUSES, Experiment, Moment, Order, Source, Status, Store, Variant
from experiments.models.experiment import UNDELIVERED
from experiments.plan.thresholds import ORDERS_FOR_A_CAP
from experiments.running import caps
from experiments.wording import counted, listed

State = Literal["pass", "warn", "fail"]
SEEN_WITHIN = timedelta(days=1)
ORDERS_WITHIN = timedelta(days=7)
UNMATCHED_ALARM = 0.2
LEAST_DAYS = 14


@dataclass(frozen=True, slots=True)
class Check:
    """A point of the list: ``text`` says how it stands, ``fix`` what to do where it doesn't pass."""

    code: str
    state: State
    text: str
    fix: str = ""


@dataclass(frozen=True)
class Plan:
    """The test that is to start, with what the points look at, each read once."""

    experiment: Experiment
    now: datetime

    @cached_property
    def variants(self) -> list[Variant]:
        """All arms."""
        return list(self.experiment.variants.all())

    @cached_property
    def widgets(self) -> dict[int, Widget]:
        """What the arms show, by variant."""
        found = Widget.objects.filter(variant__experiment=self.experiment).select_related("offer")
        return {widget.variant_id: widget for widget in found.prefetch_related("offer__tiers")}

    @property
    def is_undelivered(self) -> bool:
        """Whether nothing delivers what is offered at the test's moment."""
        return self.experiment.moment in UNDELIVERED

    @property
    def treatments(self) -> list[Variant]:
        """All arms but the control."""
        return [variant for variant in self.variants if not variant.is_control]


def checklist(experiment: Experiment, now: datetime) -> list[Check]:
    """All points, in the order in which they are best mended. Reads the database, changes nothing."""
    plan = Plan(experiment, now)
    return [check for point in POINTS for check in point(plan)]


def control(plan: Plan) -> Iterator[Check]:
    """There is a control, and something to compare with it."""
    if plan.experiment.source != Source.LIVE:
        yield Check("source", "fail", "its visitors are not assigned here", "Make a new test instead.")
    elif not plan.treatments or len(plan.treatments) == len(plan.variants):
        missing = "variant beside the control" if not plan.treatments else "control"
        yield Check("control", "fail", f"there is no {missing}", "Add one under Variants.")
    else:
        yield Check("control", "pass", f"a control and {counted(len(plan.treatments), 'treatment')}")


def delivery(plan: Plan) -> Iterator[Check]:
    """Something shows the offer at the test's moment."""
    if plan.is_undelivered:
        text = "Offerlift doesn't send follow-up e-mails yet, so nobody would see the offer"
        yield Check("delivery", "fail", text, "Choose another moment, or keep the draft until e-mails can be sent.")


def weights(plan: Plan) -> Iterator[Check]:
    """Visitors are split as evenly as the question allows."""
    shares = [variant.weight for variant in plan.variants]
    if not shares:
        return
    smallest = min(shares) / sum(shares)
    split = " : ".join(str(share) for share in shares)
    if smallest < 0.1:
        fix = "A small variant decides how long the test takes: give each at least a tenth."
        yield Check("weights", "warn", f"one variant gets {smallest:.0%} of the visitors", fix)
    else:
        yield Check("weights", "pass", f"visitors are split {split}")


def widgets(plan: Plan) -> Iterator[Check]:
    """Every treatment shows something."""
    bare = [str(variant) for variant in plan.treatments if variant.pk not in plan.widgets]
    if bare:
        yield Check("widget", "fail", f"{listed(bare)} shows nothing yet", "Give it a widget.")
    elif plan.treatments:
        yield Check("widget", "pass", "every treatment has a widget")


def offers(plan: Plan) -> Iterator[Check]:
    """Every offer can be had: open, in stock, in the store's currency."""
    store, sound = plan.experiment.store, True
    for offer in {widget.offer_id: widget.offer for widget in plan.widgets.values()}.values():
        reasons = {
            "is sold by another store": offer.store_id != store.pk,
            f"is priced in {offer.currency}, the store sells in {store.currency}": offer.currency != store.currency,
            "is switched off or outside its dates": not offer.is_open(plan.now),
            "has no product, or one that is out of stock": not offer.is_in_stock(),
        }
        for reason in (reason for reason, holds in reasons.items() if holds):
            sound = False
            yield Check("offer", "fail", f"the offer {offer} {reason}", "Change the offer, or choose another.")
    if sound and plan.widgets:
        yield Check("offer", "pass", "every offer can be had, in the store's currency")


def layouts(plan: Plan) -> Iterator[Check]:
    """Every layout has what it draws."""
    for widget in plan.widgets.values():
        for layout in {widget.layout, widget.phone_layout} - {""}:
            if text := missing_for(layout, widget, plan.experiment.store):
                yield Check("layout", "fail", f"the widget {widget} {text}", "Fill it in, or choose another layout.")


def missing_for(layout: str, widget: Widget, store: Store) -> str:
    """What a layout lacks to be drawn; empty where nothing."""
    if layout == Layout.COMPARISON and not widget.comparison.get("rows"):
        return "compares nothing yet"
    if layout == Layout.QUANTITY_BREAK and not widget.offer.tiers.all():
        return "sells an offer without tiers"
    if layout == Layout.FREE_SHIPPING and not store.free_shipping_minor:
        return "needs the store's free-shipping limit"
    return ""


def copy(plan: Plan) -> Iterator[Check]:
    """All treatments speak the same languages: else a test of the offer is one of the translation."""
    spoken = {
        variant: frozenset(locale.lower().replace("_", "-") for locale in plan.widgets[variant.pk].translations)
        for variant in plan.treatments
        if variant.pk in plan.widgets
    }
    everything: frozenset[str] = frozenset().union(*spoken.values())
    lacking = {str(variant): everything - locales for variant, locales in spoken.items() if everything - locales}
    for name, locales in lacking.items():
        fix = "Translate it, or shoppers there see its own language while others see theirs."
        yield Check("copy", "warn", f"{name} has no copy in {listed(sorted(locales))}", fix)
    if spoken and not lacking:
        yield Check("copy", "pass", f"copy in {', '.join(sorted(everything)) or 'one language'}, with a fallback")


def rules(plan: Plan) -> Iterator[Check]:
    """The targeting can be read."""
    try:
        targeting.validate(plan.experiment.targeting)
    except targeting.TargetingError as error:
        yield Check("targeting", "fail", f"the targeting can't be read: {error}", "Fix it under Targeting.")


def cap(plan: Plan) -> Iterator[Check]:
    """Order values have a cap that nobody can choose by a result."""
    store, by_hand = plan.experiment.store, plan.experiment.cap_minor
    if by_hand is not None:
        yield Check("cap", "pass", f"an order counts up to {money.text(by_hand, store.currency)}, as set in the draft")
        return
    planned = caps.planned(store, plan.now)
    if planned.is_awaited:
        text = f"the store's first {ORDERS_FOR_A_CAP} orders set the cap on order values, {planned.orders} so far"
        yield Check("cap", "pass", f"{text}; results appear after that")
    elif planned.cap_minor is not None:
        amount = money.text(planned.cap_minor, store.currency)
        text = f"an order counts up to {amount}: 99% of the last {planned.orders:,} orders were worth less"
        yield Check("cap", "pass", text)


def snippet(plan: Plan) -> Iterator[Check]:
    """Pages have asked about this moment lately."""
    if plan.is_undelivered:
        return
    moment = Moment(plan.experiment.moment)
    seen = decision_counts.seen(plan.experiment.store).get(moment)
    if seen is None or plan.now - seen.last_at > SEEN_WITHIN:
        when = "never been" if seen is None else f"not been since {seen.last_at:%d %B}"
        fix = f"Put the snippet and a slot for {moment.label.lower()} on that page: Setup shows how."
        yield Check("snippet", "warn", f"the snippet has {when} seen at {moment.label.lower()}", fix)
    else:
        yield Check("snippet", "pass", f"the snippet was seen at {moment.label.lower()} within a day")


def orders(plan: Plan) -> Iterator[Check]:
    """Orders arrive, and say whose they are."""
    recent = Order.objects.filter(store=plan.experiment.store, placed_at__gte=plan.now - ORDERS_WITHIN)
    counts = recent.filter(status__in=COUNTED_STATUSES).aggregate(
        all=Count("pk"), unmatched=Count("pk", filter=Q(visitor_id="", customer_id=""))
    )
    share = counts["unmatched"] / counts["all"] if counts["all"] else 0.0
    if not counts["all"]:
        fix = "Connect the shop system or the orders API: without orders there is no result."
        yield Check("orders", "warn", "no order has arrived for a week", fix)
    elif share > UNMATCHED_ALARM:
        fix = "Send the visitor's id with each order: Setup shows how."
        yield Check("orders", "warn", f"{share:.0%} of the week's orders don't say whose they are", fix)
    else:
        yield Check("orders", "pass", f"{counted(counts['all'], 'order')} in a week, {1 - share:.0%} matched")


def sample(plan: Plan) -> Iterator[Check]:
    """Size and duration are planned, in whole weeks."""
    experiment = plan.experiment
    if not experiment.planned_sample:
        fix = "Use the planner: without a plan nobody knows when the test is done."
        yield Check("sample", "warn", "no sample is planned", fix)
    elif experiment.planned_days < LEAST_DAYS or experiment.planned_days % 7:
        fix = "Plan at least two whole weeks: weekdays and weekends differ."
        yield Check("sample", "warn", f"{counted(experiment.planned_days, 'day')} are planned", fix)
    else:
        visitors = f"{experiment.planned_sample:,} visitors per variant"
        yield Check("sample", "pass", f"{visitors} in {counted(experiment.planned_days // 7, 'week')}")


def guardrails(plan: Plan) -> Iterator[Check]:
    """Something watches the checkout."""
    if plan.experiment.guardrails:
        yield Check("guardrails", "pass", counted(len(plan.experiment.guardrails), "guardrail"))
    else:
        fix = "Guard conversion at least: an offer can raise order values while it loses orders."
        yield Check("guardrails", "warn", "no guardrail", fix)


def clash(plan: Plan) -> Iterator[Check]:
    """No other test takes this one's visitors."""
    others = Experiment.objects.filter(
        store=plan.experiment.store,
        moment=plan.experiment.moment,
        source=Source.LIVE,
        status__in=(Status.RUNNING, Status.SCHEDULED),
    ).exclude(pk=plan.experiment.pk)
    for other in others:
        is_first = (other.priority, -other.pk) > (plan.experiment.priority, -(plan.experiment.pk or 0))
        takes_all = is_first and other.traffic_share >= 1 and not other.targeting and not other.ramp_plan
        fix = "Wait for its end, give each a share of the traffic, or change the priorities."
        text = f"{other} {'takes every visitor' if takes_all else 'runs'} at the same moment"
        yield Check("clash", "fail" if takes_all else "warn", text, fix)
    if not others:
        yield Check("clash", "pass", "no other test at this moment")


def preview(plan: Plan) -> Iterator[Check]:
    """Somebody has looked at it as it is now."""
    changed_at = max((widget.updated_at for widget in plan.widgets.values()), default=None)
    previewed_at = plan.experiment.previewed_at
    if previewed_at is None or (changed_at and previewed_at < changed_at):
        when = "not been previewed" if previewed_at is None else "changed since it was previewed"
        yield Check("preview", "warn", f"it has {when}", "Open the preview of each variant on the store.")
    else:
        yield Check("preview", "pass", "previewed as it is now")


POINTS: tuple[Callable[[Plan], Iterator[Check]], ...] = (
    control, delivery, weights, widgets, offers, layouts, copy, rules, sample, cap, guardrails, snippet, orders, clash,
    preview,
)  # fmt: skip
