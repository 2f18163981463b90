"""Takes the daily look: stores each running test's report once on each day of its store, and twice after its end."""

import logging
from datetime import datetime, time, timedelta
from typing import Any

from django.db.models import Max
from django.utils import translation

from experiments import audit
from experiments.models import AuditAction, Experiment, Snapshot, Source, Status, Store
from experiments.models.experiment_choices import OVER
from experiments.running.lifecycle import SCHEDULE
from experiments.snapshots import take_snapshot
from experiments.written_words import WrittenSentence

logger = logging.getLogger(__name__)


def take_looks(now: datetime) -> int:
    """Take the looks that are due, and return how many were taken; another call on the same day takes none.

    A test that shows no results yet has no looks: its first comes once its cap is fixed. A test whose analysis fails is
    logged and costs no other its look.
    """
    running = Experiment.objects.running().filter(source=Source.LIVE, is_cap_awaited=False)
    running = running.select_related("store").order_by("pk")
    taken = 0
    for experiment in running:
        if is_due(experiment, now) and take_look(experiment, now):
            taken += 1
    return taken


def is_due(experiment: Experiment, now: datetime) -> bool:
    """Return whether the test has had no look yet on its store's day."""
    begun = start_of_day(experiment.store, now)
    return not experiment.snapshots.filter(is_look=True, taken_at__gte=begun, taken_at__lte=now).exists()


def store_holdout_reports(now: datetime) -> int:
    """Store the report of each store's holdout once a day, and return how many were stored.

    The overview reads from it what all offers together earn. These are no looks: a holdout has no plan, and no end.
    """
    running = Experiment.with_holdouts.filter(source=Source.HOLDOUT, status=Status.RUNNING, is_cap_awaited=False)
    stored = 0
    for experiment in running.select_related("store").order_by("pk"):
        begun = start_of_day(experiment.store, now)
        is_stored = experiment.snapshots.filter(taken_at__gte=begun, taken_at__lte=now).exists()
        if not is_stored and take_look(experiment, now, is_look=False):
            stored += 1
    return stored


def store_final_results(now: datetime) -> int:
    """Store the report of each test that is over, once after its end and once more when its last orders are in.

    These are no looks: what was decided stays. Returns how many were stored.
    """
    over = Experiment.objects.filter(source=Source.LIVE, status__in=OVER, ended_at__isnull=False)
    newest = over.annotate(newest_at=Max("snapshots__taken_at")).select_related("store").order_by("pk")
    stored = 0
    for experiment in newest:
        if is_result_old(experiment, now) and take_look(experiment, now, is_look=False):
            stored += 1
    return stored


def is_result_old(experiment: Experiment, now: datetime) -> bool:
    """Return whether the newest stored report is older than the test's end, or than the last order that counts."""
    newest_at: datetime | None = experiment.newest_at  # type: ignore[attr-defined]
    if experiment.ended_at is None or newest_at is None:
        return experiment.ended_at is not None
    complete_at = experiment.ended_at + timedelta(days=experiment.attribution_window_days)
    return newest_at < experiment.ended_at or newest_at < complete_at <= now


def start_of_day(store: Store, now: datetime) -> datetime:
    """Return midnight in the store's timezone before ``now``."""
    local = now.astimezone(store.zone)
    return datetime.combine(local.date(), time.min, local.tzinfo)


def take_look(experiment: Experiment, now: datetime, *, is_look: bool = True) -> bool:
    """Store the report, and return whether that went well; the audit trail keeps what a look says, and tells people."""
    looks = experiment.snapshots.filter(is_look=True).order_by("-taken_at")
    before = looks.values_list("report__verdict__code", flat=True).first()
    try:
        snapshot = take_snapshot(experiment, is_look=is_look, now=now)
    except Exception:  # one test that can't be analyzed costs no other its look
        logger.exception("The look at %s failed", experiment.key)
        return False
    if is_look:
        note_look(experiment, snapshot, before or "", now)
    return True


def headline_of(snapshot: Snapshot) -> WrittenSentence:
    """Return what a stored report says first, in each language that it has."""
    translations = {}
    for language in snapshot.translations:
        with translation.override(language):
            translations[language] = snapshot.report_to_read["verdict"]["headline"]
    return WrittenSentence(snapshot.report["verdict"]["headline"], translations)


def note_look(experiment: Experiment, snapshot: Snapshot, before: str, now: datetime) -> None:
    """Note that a planned look was reached, and a verdict that isn't the one of the look ``before``."""
    verdict: dict[str, Any] = snapshot.report["verdict"]
    acts = []
    if experiment.planned_sample:
        acts.append(AuditAction.LOOK)
    if verdict["code"] != "collecting" and verdict["code"] != before:
        acts.append(AuditAction.VERDICT)
    for action in acts:
        audit.record(
            store=experiment.store,
            experiment=experiment,
            action=action,
            actor=SCHEDULE,
            reason=headline_of(snapshot),
            detail={"verdict": verdict["code"], "method_version": snapshot.method_version},
            at=now,
        )
