"""A journey's life: which step may follow which. Each is locked, checked and kept in the audit trail.

``actor`` is who does it: a user's name, or what did it by itself, such as a guardrail.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from checkout_widgets.launching.candidate import Check
from experiments import audit
from experiments.in_sentences import mid_sentence
from experiments.models import AuditAction, AuditEntry, Status
from experiments.running import lifecycle
from journeys.life import approvals, step_tests, versions
from journeys.life.approvals import JourneyApprovalError
from journeys.life.checklist import checklist
from journeys.models import Journey, JourneyApproval, JourneyStatus, JourneyVersion, Run

NEXT: dict[JourneyStatus, frozenset[JourneyStatus]] = {
    JourneyStatus.DRAFT: frozenset({JourneyStatus.RUNNING}),
    # A running one may be launched again: with its next version.
    JourneyStatus.RUNNING: frozenset({JourneyStatus.RUNNING, JourneyStatus.PAUSED, JourneyStatus.ENDED}),
    JourneyStatus.PAUSED: frozenset({JourneyStatus.RUNNING, JourneyStatus.ENDED}),
    JourneyStatus.ENDED: frozenset(),
}
ENDED_WITH_JOURNEY = "journey_ended"  # why a run ended


class JourneyStepError(Exception):
    """A step that a journey can't take now; the message says why, and what to do."""


class JourneyLaunchRefused(JourneyStepError):
    """The checklist blocks the launch; ``checks`` are those that do, each with its fix."""

    def __init__(self, message: str, checks: Sequence[Check]) -> None:
        super().__init__(message)
        self.checks = checks


def launch(*, journey: Journey, actor: str, override_reason: str = "", now: datetime | None = None) -> None:
    """Launch the version that is being edited, with the tests of its steps.

    What the checklist blocks can't be overridden; warnings can, with a reason. Where the store wants launches approved,
    one that covers the version is used up. Raises ``JourneyStepError``, and
    ``experiments.running.lifecycle.LifecycleError`` where a test can't start.
    """
    now = now or timezone.now()
    # Before the transaction: the checklist reads many tables, and would prolong every lock.
    warnings = warnings_of(journey, now, is_overridden=bool(override_reason.strip()))
    with transaction.atomic():
        locked = locked_journey(journey)
        check_step(locked, JourneyStatus.RUNNING)
        version = versions.draft_version(locked)
        if version is None:
            raise JourneyStepError(_("There is no change to launch. Edit the journey first."))
        approval = approved(version)
        for experiment in step_tests.ensure_tests(version, actor):
            if approval is not None:
                approvals.pass_on(approval, experiment)
            lifecycle.start(experiment=experiment, actor=actor, now=now)
        version.launched_at = now
        version.save(update_fields=["launched_at"])
        locked.status, locked.started_at, locked.paused_reason = JourneyStatus.RUNNING, locked.started_at or now, ""
        locked.save()
        detail = {"version": version.number, "warnings": [check.code for check in warnings]}
        if approval is not None:
            detail["approved_by"] = approval.answered_by_name
        note(locked, AuditAction.JOURNEY_LAUNCHED, actor, reason=override_reason, detail=detail)


def approved(version: JourneyVersion) -> JourneyApproval | None:
    """Return the approval that the launch uses, where the store wants one. Raises ``JourneyStepError``."""
    try:
        return approvals.use(version)
    except JourneyApprovalError as error:
        raise JourneyStepError(str(error)) from error


def warnings_of(journey: Journey, now: datetime, *, is_overridden: bool) -> list[Check]:
    """Return the checklist's warnings. Raises ``JourneyLaunchRefused`` for what blocks, and for warnings without a
    reason."""
    blocking, warnings = [], []
    for check in checklist(journey, now):
        if check.state == "fail":
            blocking.append(check)
        elif check.state == "warn":
            warnings.append(check)
    if blocking:
        raise JourneyLaunchRefused(_("Fix what blocks the launch first."), blocking)
    if warnings and not is_overridden:
        raise JourneyLaunchRefused(_("Fix the warnings, or give a reason to launch anyway."), warnings)
    return warnings


def pause(*, journey: Journey, actor: str, reason: str) -> None:
    """Stop at once: nothing is planned, and no planned message is handed over. The steps' tests pause, too."""
    with transaction.atomic():
        locked = locked_journey(journey)
        check_step(locked, JourneyStatus.PAUSED)
        for version in locked.versions.filter(launched_at__isnull=False):
            for experiment in step_tests.tests_of(version, Status.RUNNING):
                lifecycle.pause(experiment=experiment, actor=actor, reason=reason)
        locked.status, locked.paused_reason = JourneyStatus.PAUSED, reason[:200]
        locked.save()
        note(locked, AuditAction.JOURNEY_PAUSED, actor, reason=reason)


def resume(*, journey: Journey, actor: str, reason: str = "") -> None:
    """Go on after a pause. What was due for longer than its step allows is held back as too late."""
    with transaction.atomic():
        locked = locked_journey(journey)
        if locked.status != JourneyStatus.PAUSED:
            raise JourneyStepError(_("Only a paused journey can be resumed."))
        for version in locked.versions.filter(launched_at__isnull=False):
            for experiment in step_tests.tests_of(version, Status.PAUSED):
                lifecycle.resume(experiment=experiment, actor=actor, reason=reason)
        locked.status, locked.paused_reason = JourneyStatus.RUNNING, ""
        locked.save()
        note(locked, AuditAction.JOURNEY_RESUMED, actor, reason=reason)


def end(*, journey: Journey, actor: str, reason: str, now: datetime | None = None) -> None:
    """End it for good: its runs end, planned messages are canceled as they are claimed, and its tests stop."""
    now = now or timezone.now()
    with transaction.atomic():
        locked = locked_journey(journey)
        check_step(locked, JourneyStatus.ENDED)
        for version in locked.versions.filter(launched_at__isnull=False):
            for experiment in step_tests.tests_of(version, Status.RUNNING, Status.PAUSED):
                lifecycle.stop(experiment=experiment, actor=actor, reason=reason)
        locked.status = JourneyStatus.ENDED
        locked.save()
        Run.objects.filter(journey=locked, ended_at=None).update(ended_at=now, ended_reason=ENDED_WITH_JOURNEY)
        note(locked, AuditAction.JOURNEY_ENDED, actor, reason=reason)


def locked_journey(journey: Journey) -> Journey:
    """Return the row as it is now, locked, so that of two steps at once the second sees what the first did."""
    return Journey.objects.select_for_update(of=("self",)).select_related("store").get(pk=journey.pk)


def check_step(journey: Journey, to: JourneyStatus) -> None:
    """Raise ``JourneyStepError`` unless the journey may go on to the status."""
    present = JourneyStatus(journey.status)
    if to not in NEXT[present]:
        names = {"present": mid_sentence(present.label), "next": mid_sentence(to.label)}
        raise JourneyStepError(_("A journey that is %(present)s can't become %(next)s.") % names)


def note(
    journey: Journey, action: AuditAction, actor: str, *, reason: str = "", detail: dict[str, Any] | None = None
) -> None:
    """Write down what was done to a journey."""
    details = {"journey": journey.key, **(detail or {})}
    audit.record(store=journey.store, action=action, actor=actor, reason=reason, detail=details)


def note_editing(journey: Journey, actor: str, step_key: str = "") -> None:
    """Write down that a draft was changed, once in a while: its page saves while somebody types."""
    details = {"journey": journey.key}
    if step_key:
        details["step"] = step_key
    since = timezone.now() - audit.EDITED_WITHIN
    newest = AuditEntry.objects.filter(store=journey.store_id, at__gt=since).order_by("-at", "-pk").first()
    if newest is None or (newest.action, newest.actor, newest.detail) != (AuditAction.JOURNEY_CHANGED, actor, details):
        audit.record(store=journey.store, action=AuditAction.JOURNEY_CHANGED, actor=actor, detail=details)


def discard_draft(*, journey: Journey, actor: str) -> None:
    """Throw away the version that is being edited; a journey that was never launched goes with it."""
    with transaction.atomic():
        locked = locked_journey(journey)
        draft: JourneyVersion | None = versions.draft_version(locked)
        if draft is None:
            raise JourneyStepError(_("There is no draft to discard."))
        draft.delete()
        note(locked, AuditAction.JOURNEY_CHANGED, actor, reason=_("Draft discarded"))
        if not locked.versions.exists():
            locked.delete()
