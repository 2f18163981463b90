"""What a store's team should look at first."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Max, Q
from django.urls import reverse

from checkout_widgets.models import Delivery, DeliveryStatus
from experiments.models import AuditAction, AuditEntry, DecisionDay, Experiment, Source, Status, Store
from experiments.report import Report
from experiments.running import guardrails

SILENCE = timedelta(hours=24)
LONG_WAIT = timedelta(minutes=5)


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
        *delivery_alerts(store, now),
    ]


def test_alerts(tests: list[Experiment], reports: dict[int, Report]) -> Iterator[Alert]:
    """Broken splits of visitors, and guardrails that were crossed."""
    newest = newest_acts(tests)
    for test in tests:
        url = reverse("dashboard:report", args=[test.store.slug, test.key])
        report = reports.get(test.pk)
        if report and report.health.sample_ratio.is_alarming:
            text = f"The split of visitors in “{test.name}” is off: its numbers can't be trusted."
            yield Alert("bad", text, "See why", url)
        act = newest.get(test.pk)
        if act and act.action == AuditAction.GUARDRAIL:
            yield Alert(
                "bad", f"A guardrail of “{test.name}” is crossed, and the test goes on. {act.reason}", "See", url
            )
        if act and act.action == AuditAction.PAUSED and act.actor == guardrails.ACTOR:
            yield Alert("bad", f"A guardrail has paused “{test.name}”. {act.reason}", "Decide", url)


def newest_acts(tests: list[Experiment]) -> dict[int | None, AuditEntry]:
    """By test, what happened last between it and its guardrails."""
    actions = (AuditAction.PAUSED, AuditAction.RESUMED, AuditAction.GUARDRAIL)
    entries = AuditEntry.objects.filter(experiment__in=tests, action__in=actions)
    newest = entries.order_by("experiment_id", "-at", "-pk").distinct("experiment_id")
    return {entry.experiment_id: entry for entry in newest}


def silence_alerts(store: Store, tests: list[Experiment], now: datetime) -> Iterator[Alert]:
    """Pages that asked before and have stopped, while tests run."""
    if not any(test.status == Status.RUNNING and test.source == Source.LIVE for test in tests):
        return
    last = DecisionDay.objects.filter(store=store).aggregate(last=Max("last_at"))["last"]
    if last is None or now - last >= SILENCE:
        text = "No page has asked for an offer in the last day, although tests run."
        yield Alert("bad" if last else "warn", text, "Check the setup", setup_url(store))


def delivery_alerts(store: Store, now: datetime) -> Iterator[Alert]:
    """Deliveries of shop systems that were given up, or that nobody works on."""
    late = Q(status=DeliveryStatus.PENDING, received_at__lt=now - LONG_WAIT)
    counts = Delivery.objects.filter(connection__store=store).aggregate(
        dead=Count("pk", filter=Q(status=DeliveryStatus.DEAD)), late=Count("pk", filter=late)
    )
    if number := counts["dead"]:
        noun = "delivery" if number == 1 else "deliveries"
        text = f"{number:,} {noun} of your shop system can't be understood: orders may be missing."
        yield Alert("warn", text, "Look at them", f"{setup_url(store)}#letters")
    if counts["late"]:
        yield Alert("bad", "Deliveries of your shop system wait: the worker isn't running.", "See", setup_url(store))


def setup_url(store: Store) -> str:
    """The setup page of the store."""
    return f"{reverse('dashboard:setup')}?store={store.slug}"
