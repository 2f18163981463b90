"""Launching where the store wants a second person's approval: asked for first, then launched as it was approved."""

from collections.abc import Sequence
from datetime import datetime

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from checkout_widgets.launching.launch import launch, warnings_of
from experiments.models import Approval, ApprovedStep, AuditEntry, Experiment
from experiments.running.approvals import requests
from experiments.running.approvals.requirement import ApprovalNeededError


def launch_or_ask(
    *,
    experiment: Experiment,
    user: User,
    override_reason: str = "",
    starts_at: datetime | None = None,
    fields: Sequence[str] = (),
) -> AuditEntry | Approval:
    """Launch as ``launch`` does; where that takes an approval that isn't there, ask for it, and return the request."""
    plan = {"override_reason": override_reason, "starts_at": starts_at, "fields": fields}
    try:
        return launch(experiment=experiment, actor=user.get_username(), **plan)  # type: ignore[arg-type]
    except ApprovalNeededError:
        return ask_to_launch(experiment, user, **plan)  # type: ignore[arg-type]


def ask_to_launch(
    experiment: Experiment, asker: User, *, override_reason: str, starts_at: datetime | None, fields: Sequence[str]
) -> Approval:
    """Save how the test is to be launched, and ask for approval of that. Raises ``LaunchRefused`` as a launch does."""
    override_reason = override_reason.strip()
    # Nobody is asked to approve what couldn't be launched anyway.
    warnings_of(experiment, timezone.now(), is_overridden=bool(override_reason))
    terms = {"starts_at": None, "override_reason": override_reason}
    if starts_at is not None:
        terms["starts_at"] = starts_at.isoformat()
    with transaction.atomic():
        experiment.starts_at = starts_at
        experiment.save(update_fields=[*fields, "starts_at", "updated_at"])
        return requests.ask(
            experiment=experiment, step=ApprovedStep.LAUNCH, asker=asker, terms=terms, reason=override_reason
        )


def launch_as_approved(approval: Approval, actor: str) -> None:
    """Launch with what was approved."""
    terms, starts_at = approval.terms, None
    if terms.get("starts_at"):
        starts_at = datetime.fromisoformat(terms["starts_at"])
    launch(
        experiment=approval.experiment,
        actor=actor,
        override_reason=terms.get("override_reason", ""),
        starts_at=starts_at,
    )
