"""A journey's versions: a launched one is frozen, and what is edited is the next, which begins as its copy."""

from collections.abc import Iterable
from typing import Any

from django.db import transaction

from journeys.models import Journey, JourneyStep, JourneyVersion

COPIED = ("trigger", "trigger_options", "skus", "categories", "exits")
COPIED_OF_STEP = (
    "position",
    "key",
    "kind",
    "topic",
    "wait_hours",
    "wait_from",
    "category_waits",
    "condition",
    "window_start",
    "window_end",
    "is_for_owners",
    "send_within_hours",
    "control_percent",
    "experiment_id",
    "document",
)
# What the step's test compares: once it has started, another message is another test.
COMPARED = ("document", "control_percent", "condition", "wait_hours", "category_waits", "wait_from")


def launched_version(journey: Journey) -> JourneyVersion | None:
    """Return the version that new runs begin with; None before the first launch."""
    return journey.versions.filter(launched_at__isnull=False).order_by("-number").first()


def draft_version(journey: Journey) -> JourneyVersion | None:
    """Return the version that is being edited; None where there is none beside the launched one."""
    return journey.versions.filter(launched_at=None).order_by("-number").first()


def newest_version(journey: Journey) -> JourneyVersion:
    """Return the version that is being edited, else the launched one."""
    return journey.versions.order_by("-number")[0]


def editable_version(journey: Journey) -> JourneyVersion:
    """Return the version to edit; where the newest was launched, the next one begins as its copy.

    The caller holds the journey's lock: of two at once, both would begin the next version.
    """
    newest = newest_version(journey)
    if newest.launched_at is None:
        return newest
    return copy_of(newest)


def copy_of(version: JourneyVersion) -> JourneyVersion:
    """Begin the next version as a copy. Its steps keep their tests, which go on over it."""
    with transaction.atomic():
        fields = fields_of(version, COPIED)
        following = JourneyVersion.objects.create(journey_id=version.journey_id, number=version.number + 1, **fields)
        steps = []
        for step in version.steps.order_by("position"):
            steps.append(JourneyStep(version=following, **fields_of(step, COPIED_OF_STEP)))
        JourneyStep.objects.bulk_create(steps)
    return following


def part_from_changed_test(step: JourneyStep, before: dict[str, object]) -> None:
    """Let a step whose test has started go without it where it isn't what was compared any more; not saved here.

    ``before`` are the values of ``COMPARED``. The next launch gives it a test of its own.
    """
    if step.experiment is None or step.experiment.started_at is None:
        return
    if compared_values(step) != before:
        step.experiment = None


def compared_values(step: JourneyStep) -> dict[str, object]:
    """Return what the step's test compares, as it is before a change."""
    return fields_of(step, COMPARED)


def fields_of(row: JourneyVersion | JourneyStep, names: Iterable[str]) -> dict[str, Any]:
    """Return the values of these fields."""
    fields = {}
    for name in names:
        fields[name] = getattr(row, name)
    return fields
