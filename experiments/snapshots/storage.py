"""Report -> snapshot."""

from datetime import datetime

from experiments.models import Experiment, Snapshot
from experiments.report import Report
from experiments.snapshots.composition import analyse


def take_snapshot(
    experiment: Experiment, *, is_look: bool = False, is_reread: bool = False, now: datetime | None = None
) -> Snapshot:
    """Analyse the experiment and store the report; ``Report.from_json`` reads it."""
    report = analyse(experiment, is_look=is_look, now=now)
    return Snapshot.objects.create(
        experiment=experiment,
        taken_at=report.taken_at,
        is_look=is_look,
        information_fraction=information_fraction(experiment, report),
        report=report.as_json(),
        method_version=report.method_version,
        is_reread=is_reread,
    )


def information_fraction(experiment: Experiment, report: Report) -> float | None:
    """Compute how much of the planned sample the smallest variant has, from 0 to 1; None without a plan."""
    if not experiment.planned_sample:
        return None
    fraction = report.plan.information_fraction
    # A report that shows no results yet says nothing of its plan.
    if fraction is None:
        fewest = min((variant.visitors for variant in report.variants), default=0)
        fraction = fewest / experiment.planned_sample
    # More than planned counts as all of it: the plan has no error left to use beyond.
    return min(1.0, fraction)
