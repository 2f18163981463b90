"""The report that pages, exports and the API show: read from the replica where there is one."""

from datetime import datetime

from django.db.models import Max

from experiments.models import Experiment
from experiments.reading.replica import data_as_of, has_replica, read_late
from experiments.report import Report
from experiments.snapshots.composition import analyse


def report_to_show(experiment: Experiment, *, with_cuped: bool = True) -> Report:
    """Put the report together as of the data it is read from, which ``taken_at`` says; who acts asks ``analyse``."""
    if not has_replica():
        return analyse(experiment, with_cuped=with_cuped)

    def read() -> Report:
        return analyse(experiment, with_cuped=with_cuped, now=data_as_of())

    return read_late(read, at_least=changed_at(experiment))


def changed_at(experiment: Experiment) -> datetime:
    """Return when the test was changed last, or a report of it stored.

    Figures from before would contradict the settings that they are read with, or the stored report that a page shows
    first.
    """
    newest: datetime | None = experiment.snapshots.aggregate(at=Max("taken_at"))["at"]
    return max(experiment.updated_at, newest or experiment.updated_at)
