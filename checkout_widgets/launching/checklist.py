"""Checks what has to be right before a test starts, each point with its fix.

What ``fail``s blocks the launch: the test could not run, or would say nothing. A ``warn`` can be overridden with a
reason.
"""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

from django.db.models import Count, Q
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from checkout_widgets.launching.candidate import Check, LaunchCandidate
from checkout_widgets.launching.kept_inputs import kept_input
from checkout_widgets.launching.metric_points import metrics
from checkout_widgets.launching.pair_points import pairs
from checkout_widgets.launching.price_points import prices, terms
from checkout_widgets.launching.reach_points import displaced, reach
from checkout_widgets.launching.sequence_points import sequences
from checkout_widgets.launching.small_stores import duration
from checkout_widgets.launching.treatment_points import copy, layouts, offers, pages_own, widgets
from experiments import formatting, wording
from experiments.assignment import targeting
from experiments.decisions import counts as decision_counts
from experiments.in_sentences import mid_sentence
from experiments.models import COUNTED_STATUSES, Experiment, Moment, Order, Source, Status
from experiments.models.experiment_choices import UNDELIVERED
from experiments.plan.guarding import effective_guardrails
from experiments.plan.thresholds import ORDERS_FOR_A_CAP
from experiments.programme.delays import days_to_wait
from experiments.running import caps
from experiments.targeting_words import error_text
from experiments.unit_words import in_words_of

SEEN_WITHIN = timedelta(days=1)  # every checkout with visitors has some in a day
ORDERS_WITHIN = timedelta(days=7)  # long enough for a small shop's orders, short enough to notice that they stopped
UNMATCHED_ALARM = 0.2  # with more orders of unknown visitors, a result is about too few of the buyers
LEAST_WEIGHT_SHARE = 0.1  # a smaller variant makes the test several times as long
LEAST_DAYS = 14  # weekdays and weekends differ, and one week may be a special one


def checklist(experiment: Experiment, now: datetime) -> list[Check]:
    """Return all points, in the order in which they are best mended. Reads the database, changes nothing."""
    return checks_of(LaunchCandidate(experiment, now))


def checks_of(candidate: LaunchCandidate) -> list[Check]:
    """Return all points of a candidate."""
    checks: list[Check] = []
    for point in POINTS:
        checks.extend(point(candidate))
    return checks


def control(candidate: LaunchCandidate) -> Iterator[Check]:
    """Check that there is a control, and something to compare with it."""
    treatments, variants = len(candidate.treatments), len(candidate.variants)
    if candidate.experiment.source != Source.LIVE:
        text = _("This is an imported test: its visitors are not assigned here")
        yield Check("source", "fail", text, _("Create a new test instead."))
    elif not treatments:
        yield Check("control", "fail", _("There is no treatment"), _("Add a treatment."))
    elif treatments == variants:
        yield Check("control", "fail", _("There is no control"), _("Make one of the variants the control."))
    else:
        text = ngettext("A control and %(count)s treatment", "A control and %(count)s treatments", treatments)
        yield Check("control", "pass", text % {"count": treatments})


def delivery(candidate: LaunchCandidate) -> Iterator[Check]:
    """Check that something shows the offer at the test's moment."""
    if candidate.is_undelivered:
        text = _("No page shows a follow-up email, so no visitor would see the offer")
        yield Check("delivery", "fail", text, _("Choose another moment, or make the test a step of a journey."))
    elif candidate.experiment.is_of_customers and candidate.experiment.moment not in UNDELIVERED:
        text = _("This test assigns customers, but pages assign browsers")
        yield Check("delivery", "fail", text, _("Choose follow-up email as its moment."))


def weights(candidate: LaunchCandidate) -> Iterator[Check]:
    """Check that visitors are split as evenly as the question allows."""
    shares = []
    for variant in candidate.variants:
        shares.append(variant.weight)
    if not shares:
        return
    smallest = min(shares) / sum(shares)
    if smallest < LEAST_WEIGHT_SHARE:
        text = _("One variant gets only %(share)s of the visitors") % {"share": formatting.whole_percent(smallest)}
        text = in_words_of(candidate.experiment, text)
        fix = _("Give each variant at least 10%. A small variant makes the whole test take longer.")
        yield Check("weights", "warn", text, fix)
    else:
        split = " : ".join(map(str, shares))
        text = in_words_of(candidate.experiment, _("Visitors are split %(split)s") % {"split": split})
        yield Check("weights", "pass", text)


def rules(candidate: LaunchCandidate) -> Iterator[Check]:
    """Check that the targeting can be read."""
    try:
        targeting.validate(candidate.experiment.targeting)
    except targeting.TargetingError as error:
        text = _("The targeting can't be read: %(error)s") % {"error": error_text(error)}
        yield Check("targeting", "fail", text, _("Fix it under Targeting."))


def cap(candidate: LaunchCandidate) -> Iterator[Check]:
    """Check that order values have a cap that nobody can choose by a result."""
    # A cap chosen after the results are known could make any of them.
    store, by_hand = candidate.experiment.store, candidate.experiment.cap_minor
    if by_hand is not None:
        amount = formatting.price(by_hand, store.currency)
        yield Check("cap", "pass", _("Order values are capped at %(amount)s, as set in the draft") % {"amount": amount})
        return
    planned = caps.planned_cap(store, candidate.now)
    numbers = {"orders": formatting.count(planned.orders), "needed": ORDERS_FOR_A_CAP}
    if planned.is_awaited:
        text = _(
            "The store's first %(needed)s orders set the cap on order values (%(orders)s so far); results appear "
            "after that"
        )
        yield Check("cap", "pass", text % numbers)
    elif planned.cap_minor is not None:
        amount = formatting.price(planned.cap_minor, store.currency)
        text = _("Order values are capped at %(amount)s: 99%% of the last %(orders)s orders were worth less")
        yield Check("cap", "pass", text % {**numbers, "amount": amount})


def snippet(candidate: LaunchCandidate) -> Iterator[Check]:
    """Check that pages have asked about this moment lately."""
    if candidate.is_undelivered or candidate.experiment.is_of_customers:
        return
    moment = Moment(candidate.experiment.moment)
    seen = decision_counts.seen(candidate.experiment.store).get(moment)
    names = {"moment": mid_sentence(moment.label)}
    if seen is not None and candidate.now - seen.last_at <= SEEN_WITHIN:
        yield Check("snippet", "pass", _("The snippet was seen at this moment (%(moment)s) in the last day") % names)
        return
    text = _("The snippet has never been seen at this moment (%(moment)s)") % names
    if seen is not None:
        names["day"] = date_format(seen.last_at, "MONTH_DAY_FORMAT")
        text = _("The snippet was last seen at this moment (%(moment)s) on %(day)s") % names
    fix = _("Add the snippet and a slot for this moment to the page. Setup shows how.")
    yield Check("snippet", "warn", text, fix)


def orders(candidate: LaunchCandidate) -> Iterator[Check]:
    """Check that orders arrive, and say whose they are."""
    recent = Order.objects.filter(store=candidate.experiment.store, placed_at__gte=candidate.now - ORDERS_WITHIN)
    counts = recent.filter(status__in=COUNTED_STATUSES).aggregate(
        all=Count("pk"), unmatched=Count("pk", filter=Q(visitor_id="", customer_id=""))
    )
    count = counts["all"]
    if not count:
        fix = _("Connect your shop system or the orders API. Without orders there is no result.")
        yield Check("orders", "warn", _("No order arrived in the last week"), fix)
        return
    unmatched = counts["unmatched"] / count
    if unmatched > UNMATCHED_ALARM:
        text = _("%(share)s of last week's orders don't say which visitor placed them")
        fix = _("Send the visitor's ID with each order. Setup shows how.")
        yield Check("orders", "warn", text % {"share": formatting.whole_percent(unmatched)}, fix)
        return
    text = ngettext(
        "%(count)s order in the last week, %(share)s matched to visitors",
        "%(count)s orders in the last week, %(share)s matched to visitors",
        count,
    )
    yield Check(
        "orders", "pass", text % {"count": formatting.count(count), "share": formatting.whole_percent(1 - unmatched)}
    )


def sample(candidate: LaunchCandidate) -> Iterator[Check]:
    """Check that size and duration are planned, in whole weeks."""
    experiment = candidate.experiment
    planned, days = experiment.planned_sample, experiment.planned_days
    if not planned:
        fix = _("Use the planner. Without a sample size, there is no way to tell when the test is done.")
        yield Check("sample", "warn", _("No sample size is planned"), fix)
        return
    if days < LEAST_DAYS or days % 7:
        text = ngettext("The test is planned for %(days)s day", "The test is planned for %(days)s days", days)
        fix = _("Plan at least two whole weeks: weekdays and weekends differ.")
        yield Check("sample", "warn", text % {"days": days}, fix)
        return
    weeks = days // 7
    text = ngettext(
        "%(visitors)s visitors per variant in %(weeks)s week",
        "%(visitors)s visitors per variant in %(weeks)s weeks",
        weeks,
    )
    text = in_words_of(experiment, text % {"visitors": formatting.count(planned), "weeks": weeks})
    waiting = days_to_wait(experiment.store, experiment.moment)
    # orders within the day make no difference that anybody would plan for
    if waiting is not None and waiting > 1:
        later = _("%(plan)s, and %(days)s more until the last orders are in")
        text = later % {"plan": text, "days": wording.days(waiting)}
    yield Check("sample", "pass", text)


def guardrails(candidate: LaunchCandidate) -> Iterator[Check]:
    """Check that something watches the checkout."""
    experiment = candidate.experiment
    count = len(effective_guardrails(experiment.guardrails, experiment.moment))
    if count:
        text = ngettext("%(count)s guardrail", "%(count)s guardrails", count)
        yield Check("guardrails", "pass", text % {"count": count})
        return
    fix = _("Add at least conversion: an offer can raise order values and still lose orders.")
    yield Check("guardrails", "warn", _("There is no guardrail"), fix)


def clash(candidate: LaunchCandidate) -> Iterator[Check]:
    """Check that tests don't take visitors from one another: in numbers where there are any, else by their settings."""
    if candidate.reach is not None:
        yield from displaced(candidate.reach)
        return
    others = Experiment.objects.filter(
        store=candidate.experiment.store,
        moment=candidate.experiment.moment,
        source=Source.LIVE,
        status__in=(Status.RUNNING, Status.SCHEDULED),
    ).exclude(pk=candidate.experiment.pk)
    fix = _("Wait until it ends, give each test a share of the traffic, or change the priorities.")
    for other in others:
        name = {"test": str(other)}
        if takes_every_visitor(other, candidate.experiment):
            yield Check("clash", "fail", _("%(test)s takes every visitor at this moment") % name, fix)
        else:
            yield Check("clash", "warn", _("%(test)s runs at the same moment") % name, fix)
    if not others:
        yield Check("clash", "pass", _("No other test runs at this moment"))


def takes_every_visitor(other: Experiment, experiment: Experiment) -> bool:
    """Return whether the other test leaves nobody: it comes first, and is for everybody from its start on."""
    # the edge goes by priority, and by age among equals; a draft that isn't saved would be the youngest
    is_first = (other.priority, -other.pk) > (experiment.priority, -(experiment.pk or 0))
    is_for_everybody = other.traffic_share >= 1 and not other.targeting and not other.ramp_plan
    return is_first and is_for_everybody


def preview(candidate: LaunchCandidate) -> Iterator[Check]:
    """Check that somebody has looked at it as it is now."""
    fix = _("Preview each variant in the store.")
    changed_at = max((widget.updated_at for widget in candidate.shown), default=None)
    previewed_at = candidate.experiment.previewed_at
    if previewed_at is None:
        yield Check("preview", "warn", _("The variants haven't been previewed"), fix)
    elif changed_at and previewed_at < changed_at:
        yield Check("preview", "warn", _("The test changed after the last preview"), fix)
    else:
        yield Check("preview", "pass", _("Previewed since the last change"))


POINTS: tuple[Callable[[LaunchCandidate], Iterator[Check]], ...] = (
    control, delivery, kept_input, weights, widgets, pages_own, offers, pairs, prices, terms, layouts, sequences, copy,
    rules, sample, duration, reach, cap, guardrails, metrics, snippet, orders, clash, preview,
)  # fmt: skip
