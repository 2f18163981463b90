"""Starting a test, or putting it on the schedule, once the checklist allows it."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from checkout_widgets.launching.checklist import Check, checklist
from experiments import audit
from experiments.models import AuditAction, AuditEntry, Experiment
from experiments.running import lifecycle


class LaunchRefused(Exception):
    """The checklist stands against the launch; ``checks`` are those that do, each with its fix."""

    def __init__(self, message: str, checks: Sequence[Check]) -> None:
        super().__init__(message)
        self.checks = checks


def launch(
    *,
    experiment: Experiment,
    actor: str,
    override_reason: str = "",
    starts_at: datetime | None = None,
    fields: Sequence[str] = (),
    now: datetime | None = None,
) -> AuditEntry:
    """Start the test, or schedule it for ``starts_at``; ``fields`` of it were changed and are saved with it.

    What blocks can't be overridden; warnings can, with a reason, which is kept. Raises ``LaunchRefused``, and
    ``experiments.running.lifecycle.LifecycleError`` where the test can't take that step.
    """
    now = now or timezone.now()
    checks = checklist(experiment, now)
    refuse([check for check in checks if check.state == "fail"], "This stands against the launch")
    warnings = [check for check in checks if check.state == "warn"]
    if not override_reason.strip():
        refuse(warnings, "Fix these, or say why the test should start all the same")
    with transaction.atomic():
        if fields:
            experiment.save(update_fields=[*fields, "updated_at"])
        if warnings:
            audit.record(
                store=experiment.store,
                experiment=experiment,
                action=AuditAction.OVERRIDDEN,
                actor=actor,
                reason=override_reason.strip(),
                detail={"warnings": [check.code for check in warnings]},
                at=now,
            )
        if starts_at is not None:
            return lifecycle.schedule(experiment=experiment, actor=actor, starts_at=starts_at)
        return lifecycle.start(experiment=experiment, actor=actor, now=now)


def refuse(checks: Sequence[Check], message: str) -> None:
    """Raise ``LaunchRefused`` where there are any."""
    if checks:
        raise LaunchRefused(f"{message}: {'; '.join(check.text for check in checks)}.", checks)
