"""Asking for approval, and the answers. Each is kept in the audit trail, from where people are told."""

from datetime import datetime
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from experiments import audit
from experiments.models import Approval, ApprovalState, ApprovedStep, AuditAction, Experiment
from experiments.models.approval import OPEN_STATES
from experiments.running.approvals import covered, rules
from experiments.running.refused_step import LifecycleError


@transaction.atomic
def ask(
    *, experiment: Experiment, step: ApprovedStep, asker: User, terms: dict[str, Any] | None = None, reason: str = ""
) -> Approval:
    """Ask a second person to approve a step of the test as it is now; an older request for it is withdrawn.

    Raises ``LifecycleError`` (``no_approver``) where nobody else could approve.
    """
    # Locked, so that of two who ask at once the second withdraws the first's request: one is open at a time.
    locked = Experiment.with_holdouts.select_for_update(of=("self",)).select_related("store").get(pk=experiment.pk)
    if not rules.approvers(locked.store).exclude(pk=asker.pk).exists():
        raise LifecycleError(
            "no_approver",
            _("Nobody else in this store may approve. Add an editor or admin, or turn approval off under Team."),
        )
    Approval.objects.filter(experiment=locked, step=step, state__in=OPEN_STATES).update(state=ApprovalState.WITHDRAWN)
    approval = Approval.objects.create(
        experiment=locked,
        step=step,
        covers=covered.digests(locked, terms),
        terms=terms or {},
        asked_by=asker,
        asked_by_name=asker.get_username(),
        asked_at=timezone.now(),
    )
    note(approval, AuditAction.APPROVAL_ASKED, actor=asker.get_username(), reason=reason, at=approval.asked_at)
    return approval


def lapsed_parts(approval: Approval) -> list[str]:
    """Return the parts that have changed since approval was asked for; empty while it covers the test as it is."""
    now = covered.digests(approval.experiment, approval.terms)
    return covered.changed_parts(approval.covers, now, covered.PARTS[ApprovedStep(approval.step)])


def may_answer(approval: Approval, user: User) -> bool:
    """Whether the user is a second person: an editor or admin of the store, other than who asked."""
    if approval.state != ApprovalState.ASKED or approval.asked_by_id == user.pk:
        return False
    return rules.approvers(approval.experiment.store).filter(pk=user.pk).exists()


def approve(*, approval: Approval, user: User, answer: str = "") -> None:
    """Approve what was asked for, if the test is still as it was. Raises ``LifecycleError``."""
    with transaction.atomic():
        locked = locked_approval(approval, user)
        changed = lapsed_parts(locked)
        if changed:
            text = _("Changed since approval was asked for: %(parts)s. It has to be asked for again.")
            raise LifecycleError("approval_lapsed", text % {"parts": covered.named(changed)})
        settle(locked, ApprovalState.APPROVED, user, answer)
        note(locked, AuditAction.APPROVED, actor=user.get_username(), reason=answer, at=locked.answered_at)


def decline(*, approval: Approval, user: User, answer: str) -> None:
    """Decline what was asked for, with the reason. Raises ``LifecycleError``."""
    with transaction.atomic():
        locked = locked_approval(approval, user)
        settle(locked, ApprovalState.DECLINED, user, answer)
        note(locked, AuditAction.APPROVAL_DECLINED, actor=user.get_username(), reason=answer, at=locked.answered_at)


def withdraw(*, approval: Approval, actor: str) -> None:
    """Take a request back; nothing happens where it is no longer open."""
    with transaction.atomic():
        open_ones = Approval.objects.filter(pk=approval.pk, state__in=OPEN_STATES)
        # One UPDATE that looks again: of two who withdraw at once, one writes into the trail.
        if open_ones.update(state=ApprovalState.WITHDRAWN):
            note(approval, AuditAction.APPROVAL_WITHDRAWN, actor=actor)


def locked_approval(approval: Approval, user: User) -> Approval:
    """Return the request as it is now, locked, so that of two answers at once the second sees the first.

    Raises ``LifecycleError`` where the user may not answer it, or somebody has.
    """
    rows = Approval.objects.select_for_update(of=("self",)).select_related("experiment__store")
    locked = rows.get(pk=approval.pk)
    if locked.state != ApprovalState.ASKED:
        raise LifecycleError("answered", _("This request has been answered or withdrawn."))
    if not may_answer(locked, user):
        raise LifecycleError("not_second", _("Another editor or admin of the store has to approve this."))
    return locked


def settle(locked: Approval, state: ApprovalState, user: User, answer: str) -> None:
    """Keep the answer."""
    locked.state, locked.answer, locked.answered_at = state, answer, timezone.now()
    locked.answered_by, locked.answered_by_name = user, user.get_username()
    locked.save()


def note(approval: Approval, action: AuditAction, *, actor: str, reason: str = "", at: datetime | None = None) -> None:
    """Write into the audit trail."""
    detail = {"step": approval.step}
    for name in ("decision", "variant"):
        if approval.terms.get(name):
            detail[name] = approval.terms[name]
    experiment = approval.experiment
    audit.record(
        store=experiment.store, experiment=experiment, action=action, actor=actor, reason=reason, detail=detail, at=at
    )
