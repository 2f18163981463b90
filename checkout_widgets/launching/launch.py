"""Starting a test, or putting it on the schedule, once the checklist allows it."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from checkout_widgets.launching.candidate import Check
from checkout_widgets.launching.checklist import checklist
from checkout_widgets.models import Offer
from checkout_widgets.price_history.references import write_references
from experiments import audit
from experiments.models import AuditAction, AuditEntry, Experiment
from experiments.running import lifecycle


class LaunchRefused(Exception):
    """The checklist blocks the launch; ``checks`` are those that do, each with its fix."""

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
    override_reason = override_reason.strip()
    # Before the transaction: the checklist reads many tables, and would prolong every lock.
    warnings = warnings_of(experiment, now, is_overridden=bool(override_reason))
    # The settings, the override and the start belong together: a test that can't start keeps its old settings.
    with transaction.atomic():
        if fields:
            experiment.save(update_fields=[*fields, "updated_at"])
        if warnings:
            note_overridden(experiment, warnings, actor=actor, reason=override_reason, now=now)
        # What visitors are told that it cost before: by the prices of this moment, not of the worker's last round.
        write_references(now, offers_of(experiment))
        if starts_at is not None:
            return lifecycle.schedule(experiment=experiment, actor=actor, starts_at=starts_at)
        return lifecycle.start(experiment=experiment, actor=actor, now=now)


def note_overridden(
    experiment: Experiment, warnings: Sequence[Check], *, actor: str, reason: str, now: datetime
) -> None:
    """Enter in the trail which warnings somebody launched in spite of, and why."""
    audit.record(
        store=experiment.store,
        experiment=experiment,
        action=AuditAction.OVERRIDDEN,
        actor=actor,
        reason=reason,
        detail={"warnings": codes_of(warnings)},
        at=now,
    )


def offers_of(experiment: Experiment) -> list[int]:
    """Return the ids of the offers that the test shows."""
    is_shown = Q(widgets__variant__experiment=experiment) | Q(next_widgets__variant__experiment=experiment)
    return list(Offer.objects.filter(is_shown).distinct().values_list("pk", flat=True))


def codes_of(checks: Sequence[Check]) -> list[str]:
    """Return what the audit trail keeps of checks: their codes, as texts change with the language and the release."""
    return [check.code for check in checks]


def warnings_of(experiment: Experiment, now: datetime, *, is_overridden: bool) -> list[Check]:
    """Return the checklist's warnings. Raises ``LaunchRefused`` for what blocks, and for warnings without a reason."""
    blocking, warnings = [], []
    for check in checklist(experiment, now):
        if check.state == "fail":
            blocking.append(check)
        elif check.state == "warn":
            warnings.append(check)
    # First, since no reason overrides these: asking for one would be in vain.
    if blocking:
        text = _("Fix these before you launch: %(checks)s.")
        raise LaunchRefused(text % {"checks": as_sentence(blocking)}, blocking)
    if warnings and not is_overridden:
        text = _("Fix these, or give a reason to launch anyway: %(checks)s.")
        raise LaunchRefused(text % {"checks": as_sentence(warnings)}, warnings)
    return warnings


def as_sentence(checks: Sequence[Check]) -> str:
    """Say several points in one sentence."""
    return "; ".join(check.text for check in checks)
