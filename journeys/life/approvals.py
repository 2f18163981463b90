"""Approval of a launch by a second person, where the store wants it: asked for, answered, and lapsed once the version
has changed. The rules and the people are those of tests (``experiments.running.approvals``).

Pausing and ending are never held up.
"""

import json
from hashlib import sha256

from django.contrib.auth.models import User
from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from checkout_widgets.launching import shown
from checkout_widgets.models import Offer
from experiments import audit
from experiments.models import (
    Approval,
    ApprovalRule,
    ApprovalState,
    ApprovedStep,
    AuditAction,
    Experiment,
    Store,
)
from experiments.running.approvals import covered, rules
from journeys.checks.offered import offer_keys
from journeys.life.versions import COPIED, COPIED_OF_STEP, fields_of, newest_version
from journeys.models import Journey, JourneyApproval, JourneyVersion

OPEN = (ApprovalState.ASKED, ApprovalState.APPROVED)
NOT_COVERED_OF_STEP = frozenset({"experiment_id"})  # a test is made at the launch that is approved


class JourneyApprovalError(Exception):
    """An approval that can't be asked for, given or used; the message says why, and what to do."""


def is_wanted(store: Store) -> bool:
    """Whether the store wants launches approved."""
    return ApprovalRule.LAUNCH in store.approval_rules


def digest_of(version: JourneyVersion) -> str:
    """Return the digest of what would be launched: trigger, steps, messages, and what they offer."""
    steps, keys = [], set()
    for step in version.steps.order_by("position"):
        steps.append(fields_of(step, [name for name in COPIED_OF_STEP if name not in NOT_COVERED_OF_STEP]))
        keys |= offer_keys(step)
    offered = Offer.objects.filter(store=version.journey.store_id, key__in=keys).order_by("key")
    offers = [shown.offer_values(offer) for offer in offered.prefetch_related("items__product", "tiers")]
    looked_at = [fields_of(version, COPIED), steps, offers]
    return sha256(json.dumps(looked_at, sort_keys=True, cls=DjangoJSONEncoder).encode()).hexdigest()


def approval_of(version: JourneyVersion) -> JourneyApproval | None:
    """Return the request to launch the version; None where nobody has asked, or it was taken back."""
    return JourneyApproval.objects.filter(version=version).exclude(state=ApprovalState.WITHDRAWN).first()


def is_lapsed(approval: JourneyApproval) -> bool:
    """Whether the version has changed since approval was asked for."""
    return approval.state in OPEN and approval.covers != digest_of(approval.version)


def may_answer(approval: JourneyApproval, user: User) -> bool:
    """Whether the user is a second person: an editor or admin of the store, other than who asked."""
    if approval.state != ApprovalState.ASKED or approval.asked_by_id == user.pk:
        return False
    return rules.approvers(approval.version.journey.store).filter(pk=user.pk).exists()


def ask(journey: Journey, asker: User, reason: str = "") -> JourneyApproval:
    """Ask a second person to approve the version as it is now. Raises ``JourneyApprovalError``."""
    if not rules.approvers(journey.store).exclude(pk=asker.pk).exists():
        text = _("Nobody else in this store may approve. Add an editor or admin, or turn approval off under Team.")
        raise JourneyApprovalError(text)
    version = newest_version(journey)
    with transaction.atomic():
        fields = {
            "state": ApprovalState.ASKED,
            "covers": digest_of(version),
            "reason": reason,
            "asked_by": asker,
            "asked_by_name": asker.get_username(),
            "asked_at": timezone.now(),
            "answered_by_name": "",
            "answered_at": None,
            "answer": "",
        }
        approval, _is_new = JourneyApproval.objects.update_or_create(version=version, defaults=fields)
        note(approval, AuditAction.APPROVAL_ASKED, actor=asker.get_username(), reason=reason)
    return approval


def answer(journey: Journey, user: User, *, is_approved: bool, comment: str = "") -> None:
    """Approve or decline what was asked for, if the version is still as it was. Raises ``JourneyApprovalError``."""
    with transaction.atomic():
        # Locked, so that of two answers at once the second sees the first.
        approval = JourneyApproval.objects.select_for_update().filter(version=newest_version(journey)).first()
        if approval is None or approval.state != ApprovalState.ASKED:
            raise JourneyApprovalError(_("This request has been answered or withdrawn."))
        if not may_answer(approval, user):
            raise JourneyApprovalError(_("Another editor or admin of the store has to approve this."))
        if is_approved and is_lapsed(approval):
            raise JourneyApprovalError(_("The journey has changed since approval was asked for. Ask for it again."))
        approval.state, action = ApprovalState.DECLINED, AuditAction.APPROVAL_DECLINED
        if is_approved:
            approval.state, action = ApprovalState.APPROVED, AuditAction.APPROVED
        approval.answered_by_name, approval.answered_at = user.get_username(), timezone.now()
        approval.answer = comment
        approval.save()
        note(approval, action, actor=user.get_username(), reason=comment)


def withdraw(journey: Journey, actor: str) -> None:
    """Take a request back; nothing happens where there is none that is open."""
    with transaction.atomic():
        approval = JourneyApproval.objects.filter(version=newest_version(journey), state__in=OPEN).first()
        # One UPDATE that looks again: of two who withdraw at once, one writes into the trail.
        if approval and JourneyApproval.objects.filter(pk=approval.pk, state__in=OPEN).update(
            state=ApprovalState.WITHDRAWN
        ):
            note(approval, AuditAction.APPROVAL_WITHDRAWN, actor=actor)


def use(version: JourneyVersion) -> JourneyApproval | None:
    """Use the approval of a launch, in its transaction; None where the store wants none.

    Raises ``JourneyApprovalError`` where there is none that covers the version as it is.
    """
    if not is_wanted(version.journey.store):
        return None
    approval = JourneyApproval.objects.select_for_update().filter(version=version, state=ApprovalState.APPROVED).first()
    if approval is None:
        raise JourneyApprovalError(_("A second person has to approve this launch."))
    if approval.covers != digest_of(version):
        raise JourneyApprovalError(_("The journey has changed since it was approved. Ask for approval again."))
    approval.state = ApprovalState.USED
    approval.save(update_fields=["state"])
    return approval


def pass_on(approval: JourneyApproval, experiment: Experiment) -> None:
    """Approve the start of a step's test with its journey: whoever approved the journey has seen what it compares."""
    Approval.objects.filter(experiment=experiment, step=ApprovedStep.LAUNCH, state__in=OPEN).update(
        state=ApprovalState.WITHDRAWN
    )
    Approval.objects.create(
        experiment=experiment,
        step=ApprovedStep.LAUNCH,
        state=ApprovalState.APPROVED,
        covers=covered.digests(experiment),
        asked_by=approval.asked_by,
        asked_by_name=approval.asked_by_name,
        asked_at=approval.asked_at,
        answered_by_name=approval.answered_by_name,
        answered_at=approval.answered_at,
        answer=approval.answer,
    )


def note(approval: JourneyApproval, action: AuditAction, *, actor: str, reason: str = "") -> None:
    """Write into the audit trail, from where people are told."""
    journey = approval.version.journey
    detail = {"journey": journey.key, "step": ApprovedStep.LAUNCH.value}
    audit.record(store=journey.store, action=action, actor=actor, reason=reason, detail=detail)
