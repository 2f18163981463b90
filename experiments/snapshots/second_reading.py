"""Concluded tests read again by today's method: a new stored report beside the old one."""

from datetime import datetime

from django.db import transaction
from django.db.models import OuterRef, Subquery

from experiments.models import Experiment, Snapshot, Status
from experiments.models.experiment import ExperimentQuerySet
from experiments.report import METHOD_VERSION
from experiments.snapshots.storage import take_snapshot


def to_read_again(experiments: ExperimentQuerySet) -> ExperimentQuerySet:
    """Return the concluded tests whose newest stored report was made by an older method."""
    newest = Snapshot.objects.filter(experiment=OuterRef("pk")).order_by("-taken_at")
    concluded = experiments.filter(status__in=(Status.CONCLUDED, Status.ARCHIVED))
    methods = concluded.annotate(newest_method=Subquery(newest.values("method_version")[:1]))
    return methods.filter(newest_method__lt=METHOD_VERSION).order_by("pk")


def read_again(experiment: Experiment, now: datetime) -> Snapshot | None:
    """Store a report by today's method beside the old one; ``None`` where another process was quicker.

    The decision, the looks and every stored report stay as they are, and nobody is told.
    """
    with transaction.atomic():
        # Against a second run of the command: both would store one.
        Experiment.with_holdouts.select_for_update().get(pk=experiment.pk)
        if not to_read_again(Experiment.objects.filter(pk=experiment.pk)).exists():
            return None
        return take_snapshot(experiment, is_reread=True, now=now)
