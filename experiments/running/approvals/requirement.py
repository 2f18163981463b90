"""Whether a step may be taken: where the store wants it approved, only with an approval that covers the test as it is.

Asked within each step's transaction, after the test is locked, so that no way to take the step goes around it.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import partial
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from experiments import audit
from experiments.models import Approval, ApprovalState, ApprovedStep, AuditAction, Experiment
from experiments.running.approvals import covered, rules
from experiments.running.refused_step import LifecycleError, written_when_read
from experiments.written_words import in_each_language

# What puts a test in front of visitors, or a variant in front of all. Any other step is never held up.
STEPS = {
    AuditAction.SCHEDULED: ApprovedStep.LAUNCH,
    AuditAction.STARTED: ApprovedStep.LAUNCH,
    AuditAction.RESUMED: ApprovedStep.RESUME,
    AuditAction.RAMPED: ApprovedStep.END_RAMP,
    AuditAction.CONCLUDED: ApprovedStep.CONCLUDE,
}


class ApprovalNeededError(LifecycleError):
    """The step needs a second person's approval, or the one that it had has lapsed."""

    def __init__(self, step: ApprovedStep, changed: Iterable[str] = ()) -> None:
        super().__init__("approval_needed", written_when_read(partial(needed_in_words, changed)))
        self.step = step


def needed_in_words(changed: Iterable[str]) -> str:
    """Say that approval is missing, or has lapsed because these parts of the test have changed."""
    if not changed:
        return _("A second person has to approve this step.")
    text = _("The approval has lapsed, because this has changed since: %(parts)s. Ask for approval again.")
    return text % {"parts": covered.named(changed)}


def require(locked: Experiment, action: AuditAction, terms: Mapping[str, Any] | None = None) -> dict[str, str]:
    """Return what the trail says of the approval of a step; nothing where none is needed.

    ``locked`` has the fields as they will be stored. Raises ``ApprovalNeededError``.
    """
    step, conclusion = STEPS.get(action), terms or {}
    if step is None or not rules.is_rule_met(locked, step, conclusion):
        return {}
    now = covered.digests(locked, conclusion)
    if step == ApprovedStep.RESUME and covering(locked, now, covered.SERVED) is not None:
        return {}  # as it was approved to run
    approval = (
        Approval.objects.select_for_update().filter(experiment=locked, step=step, state=ApprovalState.APPROVED).first()
    )
    if approval is None:
        raise ApprovalNeededError(step)
    changed = covered.changed_parts(approval.covers, now, covered.PARTS[step])
    if changed:
        raise ApprovalNeededError(step, changed)
    # A schedule is approved until it starts: whatever changes before then needs a new look.
    if action != AuditAction.SCHEDULED:
        approval.state, approval.used_at = ApprovalState.USED, timezone.now()
        approval.save(update_fields=["state", "used_at"])
    return {"approved_by": approval.answered_by_name}


def is_approval_missing(experiment: Experiment, step: ApprovedStep) -> bool:
    """Whether a step that always needs approval has none yet that covers the test as it is; for pages."""
    if not rules.is_rule_met(experiment, step, {}):
        return False
    approval = Approval.objects.filter(experiment=experiment, step=step, state=ApprovalState.APPROVED).first()
    if approval is None:
        return True
    now = covered.digests(experiment, approval.terms)
    return bool(covered.changed_parts(approval.covers, now, covered.PARTS[step]))


def covering(experiment: Experiment, now: Mapping[str, str], parts: Iterable[str]) -> Approval | None:
    """Return the approval by which the test runs, if these parts are still as they were approved."""
    approval = newest_used(experiment)
    if approval is None or covered.changed_parts(approval.covers, now, parts):
        return None
    return approval


def newest_used(experiment: Experiment) -> Approval | None:
    """Return the approval by which the test runs; ``None`` for one that was launched without."""
    used = Approval.objects.filter(experiment=experiment, state=ApprovalState.USED)
    return used.exclude(step=ApprovedStep.CONCLUDE).order_by("-used_at").first()


def hold_ramp_if_lapsed(locked: Experiment, now: datetime) -> bool:
    """Return whether a planned step of the ramp has to wait, because the test isn't any more as it was approved.

    Says so in the trail, once. A test that was launched without an approval goes on as it was planned.
    """
    if not rules.is_rule_met(locked, ApprovedStep.END_RAMP, {}):
        return False
    approval = newest_used(locked)
    if approval is None:
        return False
    changed = covered.changed_parts(approval.covers, covered.digests(locked), covered.SERVED | {"ramp"})
    if not changed:
        return False
    if approval.lapsed_at is None:
        approval.lapsed_at = now
        approval.save(update_fields=["lapsed_at"])
        text = in_each_language(
            lambda: (
                _("The ramp waits, because this has changed since the launch was approved: %(parts)s.")
                % {"parts": covered.named(changed)}
            )
        )
        audit.record(
            store=locked.store,
            experiment=locked,
            action=AuditAction.APPROVAL_LAPSED,
            actor="schedule",
            reason=text,
            at=now,
        )
    return True
