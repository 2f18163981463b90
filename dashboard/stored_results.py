"""The newest stored report of each test: what pages about many tests show, without analysing any of them."""

from collections.abc import Iterable

from msgspec import ValidationError

from experiments.models import Experiment, Snapshot
from experiments.report import Report


def newest_reports(experiments: Iterable[Experiment]) -> dict[int, Report]:
    """By experiment id, in one query; tests without a stored report, or with one that can't be read, are left out."""
    # DISTINCT ON reads one row per test by the index of experiment and time, however many looks a test has had.
    snapshots = Snapshot.objects.filter(experiment__in=list(experiments))
    newest = snapshots.order_by("experiment_id", "-taken_at").distinct("experiment_id")
    reports = {}
    for snapshot in newest:
        report = read(snapshot)
        if report is not None:
            reports[snapshot.experiment_id] = report
    return reports


def read(snapshot: Snapshot) -> Report | None:
    """The snapshot's report; None where an older release stored it in a shape that can't be read any more."""
    try:
        return Report.from_json(snapshot.report_to_read)
    # The page computes it anew instead: an old result must not close a report.
    except ValidationError:
        return None
