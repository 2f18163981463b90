"""What a store's team should look at first."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Max, Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from checkout_widgets.models import Delivery, DeliveryStatus
from checkout_widgets.reach.estimate import reach_of
from checkout_widgets.reach.words import largest_loss
from experiments.formatting import count
from experiments.models import (
    AuditAction,
    AuditEntry,
    DecisionDay,
    DecisionReason,
    Experiment,
    Source,
    Status,
    Store,
)
from experiments.reading.exposures import with_exposures_since
from experiments.report import Report
from experiments.running import guardrails
from journeys.models import Journey, JourneyStatus, Sender

SILENCE = timedelta(hours=24)  # a small store may well see nobody at night
LONG_WAIT = timedelta(minutes=5)  # the worker takes what is delivered within seconds


@dataclass(frozen=True)
class Alert:
    """Something to look at: ``tone`` is ``bad`` or ``warn``, ``text`` a sentence, ``link`` says where to go."""

    tone: str
    text: str
    link: str
    url: str


def alerts_of(store: Store, tests: Iterable[Experiment], reports: dict[int, Report], now: datetime) -> list[Alert]:
    """The alerts of a store; ``tests`` are those that run or are paused, ``reports`` their newest by id."""
    tests = list(tests)
    return [
        *test_alerts(tests, reports),
        *silence_alerts(store, tests, now),
        *unseen_alerts(store, tests, now),
        *delivery_alerts(store, now),
        *journey_alerts(store),
    ]


def test_alerts(tests: list[Experiment], reports: dict[int, Report]) -> Iterator[Alert]:
    """Sample ratio mismatches, and guardrails that were crossed."""
    newest = guardrails.newest_acts(tests)
    for test in tests:
        report = reports.get(test.pk)
        if report and report.health.sample_ratio.is_alarming:
            text = _("Sample ratio mismatch in “%(test)s”: its results can't be trusted.") % {"test": test.name}
            yield Alert("bad", text, _("Find the cause"), report_url(test))
        act = newest.get(test.pk)
        if act is not None:
            yield from guardrail_alerts(test, act)


def guardrail_alerts(test: Experiment, act: AuditEntry) -> Iterator[Alert]:
    """The alert of what happened last between a test and its guardrails; none where a person paused or resumed it."""
    words = {"test": test.name, "reason": act.reason_to_read}
    if act.action == AuditAction.GUARDRAIL:
        text = _("“%(test)s” crossed a guardrail and is still running. %(reason)s") % words
        yield Alert("bad", text, _("Open report"), report_url(test))
    if act.action == AuditAction.PAUSED and act.actor == guardrails.ACTOR:
        text = _("“%(test)s” was paused because it crossed a guardrail. %(reason)s") % words
        yield Alert("bad", text, _("Resume or stop"), report_url(test))


def silence_alerts(store: Store, tests: list[Experiment], now: datetime) -> Iterator[Alert]:
    """Yield an alert where pages have stopped requesting offers, or never began, while tests run."""
    if not is_anything_served(tests):
        return
    last = DecisionDay.objects.filter(store=store).aggregate(last=Max("last_at"))["last"]
    if last is not None and now - last < SILENCE:
        return
    tone = "bad"
    if last is None:  # the snippet isn't installed yet, which the setup page helps with; nothing broke
        tone = "warn"
    text = _("No page has requested offers in the last 24 hours, although tests are running.")
    yield Alert(tone, text, _("Check setup"), setup_url(store))


def is_anything_served(tests: list[Experiment]) -> bool:
    """Whether pages should ask for offers: a paused test and an imported one need none."""
    return any(test.status == Status.RUNNING and test.source == Source.LIVE for test in tests)


def unseen_alerts(store: Store, tests: list[Experiment], now: datetime) -> Iterator[Alert]:
    """Running tests without a visitor for a day, although pages ask for offers at their moment."""
    since = now - SILENCE
    lately = DecisionDay.objects.filter(store=store, last_at__gte=since).measurable()
    asked, served = set(), set()
    for moment, test_id, reason in lately.values_list("moment", "experiment_id", "reason"):
        asked.add(moment)
        if reason == DecisionReason.SERVED:
            served.add(test_id)
    waiting = []
    for test in tests:
        is_running = test.status == Status.RUNNING and test.source == Source.LIVE
        if is_running and test.moment in asked and test.started_at and test.started_at < since:
            waiting.append(test)
    seen = with_exposures_since(waiting, since)
    for test in waiting:
        if test.pk not in seen:
            yield unseen_alert(test, now, is_served=test.pk in served)


def unseen_alert(test: Experiment, now: datetime, *, is_served: bool) -> Alert:
    """Say that a test has no visitors, and why: its pages don't show it, or it isn't given to anybody."""
    names = {"test": test.name, "moment": test.get_moment_display()}
    if is_served:
        text = _(
            "“%(test)s” was sent to pages in the last 24 hours, but no visitor was exposed. Check that the page has a "
            "slot for this moment (%(moment)s), and that nothing blocks the snippet."
        )
        return Alert("bad", text % names, _("Check setup"), setup_url(test.store))
    reach = reach_of(test, now)
    if reach is None or not largest_loss(reach):
        text = _("“%(test)s” got no visitors in the last 24 hours, although pages requested offers at its moment.")
    else:
        text = _("“%(test)s” got no visitors in the last 24 hours. What happens to most requests: %(why)s.")
        names["why"] = largest_loss(reach)
    return Alert("bad", text % names, _("Open report"), report_url(test))


def delivery_alerts(store: Store, now: datetime) -> Iterator[Alert]:
    """Deliveries of shop systems that were given up, or that nobody works on."""
    # what is new is the worker's next; only what stays shows that none runs
    late = Q(status=DeliveryStatus.PENDING, received_at__lt=now - LONG_WAIT)
    counts = Delivery.objects.filter(connection__store=store).aggregate(
        dead=Count("pk", filter=Q(status=DeliveryStatus.DEAD)), late=Count("pk", filter=late)
    )
    if counts["dead"]:
        text = ngettext(
            "%(count)s delivery from your shop system couldn't be read. Its order may be missing.",
            "%(count)s deliveries from your shop system couldn't be read. Their orders may be missing.",
            counts["dead"],
        )
        yield Alert(
            "warn", text % {"count": count(counts["dead"])}, _("View deliveries"), f"{setup_url(store)}#letters"
        )
    if counts["late"]:
        text = _("Deliveries from your shop system are waiting, because the worker isn't running.")
        yield Alert("bad", text, _("Check setup"), setup_url(store))


def journey_alerts(store: Store) -> Iterator[Alert]:
    """Running journeys whose messages don't go out, and journeys that are paused."""
    on = Journey.objects.filter(store=store, status__in=(JourneyStatus.RUNNING, JourneyStatus.PAUSED)).order_by("pk")
    running = False
    for journey in on.select_related("store"):
        running = running or journey.status == JourneyStatus.RUNNING
        if journey.status == JourneyStatus.PAUSED:
            words = {"journey": journey.name, "reason": journey.paused_reason}
            text = _("The journey “%(journey)s” is paused. %(reason)s") % words
            url = reverse("dashboard:journey", args=[store.slug, journey.key])
            yield Alert("warn", text.strip(), _("Resume or end"), url)
    sender = Sender.objects.filter(store=store).first()
    if not running or sender is None:
        return
    if sender.paused_at is not None:
        text = _("Journeys send nothing: the sender went over a limit (%(limit)s).")
        url = reverse("dashboard:deliverability", args=[store.slug])
        yield Alert("bad", text % {"limit": sender.get_paused_for_display()}, _("Open deliverability"), url)
    elif not sender.is_on:
        text = _("Journeys are running, but sending is switched off for the store.")
        yield Alert("bad", text, _("Open the sender"), f"{reverse('dashboard:sender')}?store={store.slug}")


def report_url(test: Experiment) -> str:
    """The report of the test."""
    return reverse("dashboard:report", args=[test.store.slug, test.key])


def setup_url(store: Store) -> str:
    """The setup page of the store."""
    return f"{reverse('dashboard:setup')}?store={store.slug}"
