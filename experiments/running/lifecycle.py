"""An experiment's life: which step may follow which. Each one is locked, checked and kept in the audit trail.

``actor`` is who does it: a user's name, or what did it by itself. What a launch needs beyond the structure of the test
itself is checked before: see ``checkout_widgets.launching``.
"""

import logging
from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from experiments import audit, custom_metrics
from experiments.in_sentences import mid_sentence
from experiments.models import AuditAction, AuditEntry, Decision, Experiment, Source, Status, Variant
from experiments.models.experiment_choices import UNDELIVERED, PlanVersion
from experiments.running import caps, rollout_record
from experiments.running.approvals import requirement
from experiments.running.conclusions import Conclusion as Conclusion
from experiments.running.conclusions import terms_of
from experiments.running.refused_step import LifecycleError as LifecycleError
from experiments.running.refused_step import written_when_read
from experiments.written_words import TypedOrWritten, WrittenSentence, in_each_language

logger = logging.getLogger(__name__)

SCHEDULE = "schedule"  # the actor of steps that were planned
NEXT: dict[Status, frozenset[Status]] = {
    Status.DRAFT: frozenset({Status.SCHEDULED, Status.RUNNING, Status.ARCHIVED}),
    Status.SCHEDULED: frozenset({Status.DRAFT, Status.RUNNING}),
    Status.RUNNING: frozenset({Status.PAUSED, Status.STOPPED, Status.CONCLUDED}),
    Status.PAUSED: frozenset({Status.RUNNING, Status.STOPPED, Status.CONCLUDED}),
    Status.STOPPED: frozenset({Status.CONCLUDED, Status.ARCHIVED}),
    Status.CONCLUDED: frozenset({Status.ARCHIVED}),
    Status.ARCHIVED: frozenset(),
}


# What a step that is kept in the audit trail makes of a test.
STATUS_AFTER: dict[AuditAction, Status] = {
    AuditAction.SCHEDULED: Status.SCHEDULED,
    AuditAction.UNSCHEDULED: Status.DRAFT,
    AuditAction.STARTED: Status.RUNNING,
    AuditAction.PAUSED: Status.PAUSED,
    AuditAction.RESUMED: Status.RUNNING,
    AuditAction.STOPPED: Status.STOPPED,
    AuditAction.CONCLUDED: Status.CONCLUDED,
    AuditAction.ARCHIVED: Status.ARCHIVED,
}


def schedule(*, experiment: Experiment, actor: str, starts_at: datetime) -> AuditEntry:
    """Put the start on the schedule, at a time in the future (else ``past_start``)."""
    if starts_at <= timezone.now():
        raise LifecycleError("past_start", _("Choose a start in the future."))
    check_structure(experiment)
    detail = {"starts_at": starts_at.isoformat()}
    return change_status(experiment, AuditAction.SCHEDULED, actor=actor, detail=detail, starts_at=starts_at)


def unschedule(*, experiment: Experiment, actor: str, reason: TypedOrWritten = "") -> AuditEntry:
    """Make a scheduled test a draft again."""
    return change_status(experiment, AuditAction.UNSCHEDULED, actor=actor, reason=reason, starts_at=None)


def start(
    *, experiment: Experiment, actor: str, reason: TypedOrWritten = "", now: datetime | None = None
) -> AuditEntry:
    """Assign visitors from now on, with the first share of the ramp plan where there is one, and fix the cap."""
    check_structure(experiment)
    if experiment.status == Status.PAUSED:
        raise LifecycleError("not_allowed", _("This test is paused: resume it instead."))
    now = now or timezone.now()
    starts_at = None  # whoever starts it early drops the planned time
    if experiment.starts_at and experiment.starts_at <= now:
        starts_at = experiment.starts_at
    fixed = caps.fields_at_launch(experiment, now)
    detail = {}
    if fixed.get("cap_minor") is not None:
        detail["cap_minor"] = [None, fixed["cap_minor"]]
    # All or nothing: a test whose metrics can't be fixed doesn't start.
    with transaction.atomic():
        entry = change_status(
            experiment,
            AuditAction.STARTED,
            actor=actor,
            reason=reason,
            detail=detail,
            now=now,
            starts_at=starts_at,
            ramp_step=0,
            ramped_at=now,
            # kept to the end: a test that has been read by one set of rules can't change to another
            plan_version=PlanVersion.SHARED,
            **fixed,
        )
        fix_metrics(experiment, now)
    return entry


def fix_metrics(experiment: Experiment, now: datetime) -> None:
    """Fix what the test's custom metrics mean; raise ``custom_metric`` for one that can't count anything."""
    try:
        custom_metrics.fix(experiment, now)
    except ValidationError as error:
        raise LifecycleError("custom_metric", written_when_read(partial(messages_of, error))) from error


def messages_of(error: ValidationError) -> str:
    """Return what a refused form or row says, as one text."""
    return " ".join(error.messages)


def pause(*, experiment: Experiment, actor: str, reason: TypedOrWritten) -> AuditEntry:
    """Show nothing to anybody until resumed: assignment stays as it is."""
    return change_status(experiment, AuditAction.PAUSED, actor=actor, reason=reason)


def resume(*, experiment: Experiment, actor: str, reason: str, now: datetime | None = None) -> AuditEntry:
    """Go on after a pause; the present step of the ramp plan begins again."""
    if experiment.status != Status.PAUSED:
        raise LifecycleError("not_allowed", _("Only a paused test can be resumed."))
    now = now or timezone.now()
    return change_status(experiment, AuditAction.RESUMED, actor=actor, reason=reason, now=now, ramped_at=now)


def stop(*, experiment: Experiment, actor: str, reason: TypedOrWritten) -> AuditEntry:
    """End it for good, undecided yet: orders still count until the attribution window closes."""
    return change_status(experiment, AuditAction.STOPPED, actor=actor, reason=reason)


def conclude(*, experiment: Experiment, actor: str, conclusion: Conclusion, reason: str = "") -> AuditEntry:
    """Decide. A rolled-out variant is served to everybody but the holdout, until a newer one takes its place.

    ``no_decision`` without a decision, ``no_variant`` where a roll-out names none of the test's own treatments,
    ``approval_needed`` where the store wants the decision approved.
    """
    decision, variant = conclusion.decision, conclusion.rolled_out_variant
    if decision == Decision.UNDECIDED:
        raise LifecycleError("no_decision", _("Choose a decision."))
    detail: dict[str, Any] = {"decision": decision.value, "variant": None}
    if decision != Decision.ROLL_OUT:
        variant = None  # a form may still hold the one that was chosen before
    elif variant is None or not is_treatment(variant, experiment):
        raise LifecycleError("no_variant", _("Choose the variant to roll out."))
    else:
        detail |= {"variant": variant.key, **rollout_record.lifts_of(experiment, variant)}
    return change_status(
        experiment,
        AuditAction.CONCLUDED,
        actor=actor,
        reason=reason,
        detail=detail,
        terms=terms_of(experiment, conclusion),
        decision=decision,
        rolled_out_variant=variant,
        learning=conclusion.learning,
        next_step=conclusion.next_step,
    )


def archive(*, experiment: Experiment, actor: str, reason: str = "") -> AuditEntry:
    """Put it away: a rolled-out variant is no longer served."""
    return change_status(experiment, AuditAction.ARCHIVED, actor=actor, reason=reason)


def step_ramp(*, experiment: Experiment, now: datetime) -> AuditEntry | None:
    """Take the next step of the ramp plan where its time has come; None where it hasn't."""
    with transaction.atomic():
        locked = locked_experiment(experiment)
        if locked.status != Status.RUNNING or not locked.is_ramp_due(now):
            return None
        if requirement.hold_ramp_if_lapsed(locked, now):
            return None
        entry = take_ramp_step(locked, SCHEDULE, as_planned(), now)
    experiment.refresh_from_db()
    return entry


def end_ramp(*, experiment: Experiment, actor: str, reason: str, now: datetime | None = None) -> AuditEntry:
    """Let in the planned share of visitors at once: the rest of the ramp plan is dropped (``no_ramp`` without any)."""
    with transaction.atomic():
        locked = locked_experiment(experiment)
        if locked.status != Status.RUNNING or not locked.is_ramping:
            raise LifecycleError("no_ramp", "Only a running test whose ramp has steps left can be widened.")
        requirement.require(locked, AuditAction.RAMPED)
        locked.ramp_plan = locked.ramp_plan[: locked.ramp_step + 1]
        entry = take_ramp_step(locked, actor, reason, now or timezone.now())
    experiment.refresh_from_db()
    return entry


def take_ramp_step(locked: Experiment, actor: str, reason: TypedOrWritten, now: datetime) -> AuditEntry:
    """Take the next step of the ramp plan."""
    before = locked.served_share
    locked.ramp_step, locked.ramped_at = locked.ramp_step + 1, now
    locked.save()
    return audit.record(
        store=locked.store,
        experiment=locked,
        action=AuditAction.RAMPED,
        actor=actor,
        reason=reason,
        detail={"served_share": [before, locked.served_share]},
        at=now,
    )


def start_due(now: datetime) -> int:
    """Start the scheduled tests whose time has come, and return how many.

    One that can't start is a draft again, and its timeline says why: else it would be tried each minute for ever.
    """
    started = 0
    for experiment in Experiment.objects.filter(status=Status.SCHEDULED, starts_at__lte=now):
        error = refusal_of(partial(start, experiment=experiment, actor=SCHEDULE, reason=as_planned(), now=now))
        if error is None:
            started += 1
        else:
            reason = in_each_language(partial(str, error))
            refusal_of(partial(unschedule, experiment=experiment, actor=SCHEDULE, reason=reason))
    return started


def stop_due(now: datetime) -> int:
    """Stop the tests whose end has come, and return how many."""
    stopped = 0
    for experiment in Experiment.objects.filter(status__in=(Status.RUNNING, Status.PAUSED), ends_at__lte=now):
        if refusal_of(partial(stop, experiment=experiment, actor=SCHEDULE, reason=as_planned())) is None:
            stopped += 1
    return stopped


def as_planned() -> WrittenSentence:
    """Return the reason of what happens by itself."""
    return in_each_language(lambda: _("As planned"))


def refusal_of(step: Callable[[], AuditEntry]) -> LifecycleError | None:
    """Take a planned step. One that can't be taken is logged, costs no other test its own, and its error returned."""
    try:
        step()
    except LifecycleError as error:
        logger.error("A planned step can't be taken: %s", error)
        return error
    return None


def check_structure(experiment: Experiment) -> None:
    """Raise where the test can't assign anybody: ``imported``, ``undelivered``, ``wrong_unit``, ``no_control``,
    ``no_treatment``."""
    if experiment.source != Source.LIVE:
        message = gettext_lazy("This is an imported test: its visitors aren't assigned here, so it can't run.")
        raise LifecycleError("imported", message)
    if experiment.is_undelivered:
        message = gettext_lazy(
            "This test assigns visitors, and emails reach only customers. Make it a step of a journey instead."
        )
        raise LifecycleError("undelivered", message)
    if experiment.is_of_customers and experiment.moment not in UNDELIVERED:
        message = gettext_lazy(
            "This test assigns customers, so it can't run at a moment of the checkout. Choose follow-up email."
        )
        raise LifecycleError("wrong_unit", message)
    controls = list(experiment.variants.values_list("is_control", flat=True))
    if not any(controls):
        raise LifecycleError("no_control", gettext_lazy("Add a control: without one there is nothing to compare with."))
    if all(controls):
        raise LifecycleError("no_treatment", gettext_lazy("Add at least one treatment."))


def is_treatment(variant: Variant, experiment: Experiment) -> bool:
    """Return whether the variant is one of the experiment's own, and not its control."""
    return variant.experiment_id == experiment.pk and not variant.is_control


# A step by what it changes, and by what is kept of it: an object in between would have the same fields once more.
def change_status(  # noqa: PLR0913
    experiment: Experiment,
    action: AuditAction,
    *,
    actor: str,
    reason: TypedOrWritten = "",
    detail: dict[str, Any] | None = None,
    terms: dict[str, Any] | None = None,
    now: datetime | None = None,
    **fields: Any,
) -> AuditEntry:
    """Change the status as the action says, with other fields. Raises ``LifecycleError``: ``not_allowed``, ``holdout``
    of a holdout, ``approval_needed`` without an approval of the step with its ``terms`` where the store wants one."""
    to, now = STATUS_AFTER[action], now or timezone.now()
    with transaction.atomic():
        locked = locked_experiment(experiment)
        present = Status(locked.status)
        check_step(present, to)
        check_source(locked)
        for name, value in fields.items():
            setattr(locked, name, value)
        approved = requirement.require(locked, action, terms)
        locked.status = to
        locked.note_status(now)
        locked.save()
        details = {"status": [present.value, to.value], **(detail or {}), **approved}
        entry = audit.record(
            store=locked.store, experiment=locked, action=action, actor=actor, reason=reason, detail=details, at=now
        )
        if locked.is_over:
            caps.fix_cap(locked, now)  # no more orders will count: what there is has to do
    experiment.refresh_from_db()
    return entry


def check_source(experiment: Experiment) -> None:
    """Raise ``LifecycleError`` (``holdout``) for a holdout, whose life follows the store's share."""
    if experiment.source == Source.HOLDOUT:
        # While one is paused or stopped, the next would begin beside it: whom it holds out isn't changed by it.
        raise LifecycleError("holdout", _("A holdout follows its share. To end it, set the share to 0."))


def check_step(present: Status, to: Status) -> None:
    """Raise ``not_allowed`` unless a test may go from one status to the other."""
    if to not in NEXT[present]:
        raise LifecycleError("not_allowed", written_when_read(partial(step_in_words, present, to)))


def step_in_words(present: Status, to: Status) -> str:
    """Say that a test can't go from one status to the other."""
    labels = {"present": mid_sentence(present.label), "next": mid_sentence(to.label)}
    return _("A test that is %(present)s can't become %(next)s.") % labels


def locked_experiment(experiment: Experiment) -> Experiment:
    """Return the row as it is now, locked, so that of two steps at once the second sees what the first did."""
    return Experiment.with_holdouts.select_for_update(of=("self",)).select_related("store").get(pk=experiment.pk)
