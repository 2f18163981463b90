"""The experiments that a member sees, with what the list shows of each: one query for all rows."""

from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.db.models.fields.json import KT
from django.utils import timezone

from experiments.models import Experiment, Snapshot, Status, Store

STATUS_ORDER = {
    Status.RUNNING: 0,
    Status.PAUSED: 1,
    Status.SCHEDULED: 2,
    Status.DRAFT: 3,
    Status.STOPPED: 4,
    Status.CONCLUDED: 5,
    Status.ARCHIVED: 6,
}


@dataclass(frozen=True)
class ListedExperiment:
    """A row of the list. ``days`` counts begun days since the start; ``headline`` is the newest stored result's, of
    ``headline_at``."""

    experiment: Experiment
    visitors: int
    days: int | None
    headline: str
    headline_at: datetime | None


def listed_experiments(user: AbstractBaseUser | AnonymousUser, store: Store | None = None) -> list[ListedExperiment]:
    """The experiments of the user's stores, or of one of them, running ones first, newest first."""
    visible = Experiment.objects.visible_to(user)
    rows = [as_row(experiment) for experiment in with_progress(visible.filter(store=store) if store else visible)]
    return sorted(rows, key=lambda row: STATUS_ORDER[Status(row.experiment.status)])


def with_progress(experiments: QuerySet[Experiment]) -> QuerySet[Experiment]:
    """Adds ``visitors``, ``headline`` and ``headline_at``."""
    newest = Snapshot.objects.filter(experiment=OuterRef("pk"))
    return experiments.select_related("store").annotate(
        visitors=Count("exposures__visitor_id"),
        headline=Subquery(newest.values(text=KT("report__verdict__headline"))[:1]),
        headline_at=Subquery(newest.values("taken_at")[:1]),
    )


def as_row(experiment: Experiment) -> ListedExperiment:
    """One annotated experiment as a row."""
    return ListedExperiment(
        experiment,
        visitors=experiment.visitors,  # type: ignore[attr-defined]
        days=days_of(experiment, timezone.now()),
        headline=experiment.headline or "",  # type: ignore[attr-defined]
        headline_at=experiment.headline_at,  # type: ignore[attr-defined]
    )


def days_of(experiment: Experiment, now: datetime) -> int | None:
    """Begun days from the start to the end, or to now while it runs; None before the start, and for an imported test
    whose file has no times."""
    if experiment.started_at is None or experiment.started_at == experiment.ended_at:
        return None
    return ((experiment.ended_at or now) - experiment.started_at).days + 1
