"""The test that a step is: made of the step at launch, and started, paused and stopped with its journey."""

from collections.abc import Sequence
from typing import NamedTuple

from django.utils.translation import gettext as _

from experiments import audit
from experiments.models import (
    CUSTOMER_WINDOW_DAYS,
    AssignmentUnit,
    AuditAction,
    Experiment,
    Moment,
    Status,
    Variant,
)
from journeys.models import JourneyStep, JourneyVersion

CONTROL, TREATMENT = "control", "treatment"
PLANNED_DAYS = 28  # whole weeks; orders of a month are counted after them


class PlannedVariant(NamedTuple):
    """A variant of a step's test, before it is stored."""

    key: str
    name: str
    weight: int


def is_tested(step: JourneyStep) -> bool:
    """Whether the step compares anything: a message with none, or messages with one another."""
    return step.control_percent > 0 or bool(step.other_documents)


def planned_variants(step: JourneyStep) -> list[PlannedVariant]:
    """Return the variants of a step's test, its control first.

    Messages share what is left of the contacts evenly. Where all get a message, the step's own is the control.
    """
    messages = [TREATMENT, *sorted(step.other_documents)]
    if step.control_percent == 0:
        messages[0] = CONTROL
        return [PlannedVariant(key, message_name(number), 1) for number, key in enumerate(messages, start=1)]
    # Whole weights: of n messages each has its share of the rest, the control its percent, both times n.
    variants = [PlannedVariant(CONTROL, _("No message"), step.control_percent * len(messages))]
    for number, key in enumerate(messages, start=1):
        variants.append(PlannedVariant(key, message_name(number), 100 - step.control_percent))
    return variants


def message_name(number: int) -> str:
    """Name one of several messages of a step."""
    return _("Message %(number)s") % {"number": number}


def ensure_tests(version: JourneyVersion, actor: str) -> list[Experiment]:
    """Make the tests of the steps that compare something and have none, and return those that are still to start."""
    waiting = []
    for step in version.steps.select_related("experiment").order_by("position"):
        if not is_tested(step):
            continue
        if step.experiment is None:
            step.experiment = create_test(step, actor)
            step.save(update_fields=["experiment"])
        elif step.experiment.status == Status.DRAFT:
            replace_variants(step.experiment, planned_variants(step))
        if step.experiment.status == Status.DRAFT:
            waiting.append(step.experiment)
    return waiting


def create_test(step: JourneyStep, actor: str) -> Experiment:
    """Make a draft of the step's test, whose unit is the customer."""
    journey = step.version.journey
    names = {"journey": journey.name, "number": step.position + 1}
    experiment = Experiment.objects.create(
        store=journey.store,
        key=journey.store.free_key(f"{journey.key}-{step.key}"[:50]),
        name=(_("%(journey)s: step %(number)s") % names)[:200],
        hypothesis=_("Customers who get this message spend more in the month after it."),
        moment=Moment.FOLLOW_UP,
        unit=AssignmentUnit.CUSTOMER,
        attribution_window_days=CUSTOMER_WINDOW_DAYS,
        planned_days=PLANNED_DAYS,
        planned_looks=PLANNED_DAYS,
    )
    replace_variants(experiment, planned_variants(step))
    audit.record(
        store=journey.store,
        experiment=experiment,
        action=AuditAction.CREATED,
        actor=actor,
        detail={"journey": journey.key},
    )
    return experiment


def replace_variants(experiment: Experiment, planned: Sequence[PlannedVariant]) -> None:
    """Give a draft these variants: the step may have been changed since it was made."""
    stored = experiment.variants.values_list("key", "name", "weight")
    if list(map(PlannedVariant._make, stored)) == list(planned):
        return
    experiment.variants.all().delete()
    for variant in planned:
        Variant.objects.create(
            experiment=experiment,
            key=variant.key,
            name=variant.name,
            weight=variant.weight,
            is_control=variant.key == CONTROL,
        )


def tests_of(version: JourneyVersion, *statuses: Status) -> list[Experiment]:
    """List the tests of a version's steps with any of these statuses."""
    steps = version.steps.filter(experiment__status__in=statuses).select_related("experiment").order_by("position")
    return [step.experiment for step in steps if step.experiment is not None]
