"""What single exposures say that no sum keeps: how many, from when to when, by which trigger, driven by a program."""

from collections.abc import Iterable
from datetime import datetime

from django.db.models import Exists, Expression, Max, Min, OuterRef, QuerySet

from experiments.models import Experiment, Exposure, Source, Store, TouchedDay


def has_exposures(experiment: Experiment) -> bool:
    """Whether any visitor was exposed."""
    return Exposure.objects.for_experiment(experiment).exists()


def count_exposures(experiment: Experiment) -> int:
    """Count the visitors who were exposed, automated browsers included."""
    return Exposure.objects.for_experiment(experiment).count()


def count_automated(experiment: Experiment) -> int:
    """Count the exposed visitors whose browser was driven by a program."""
    return Exposure.objects.automated(experiment).count()


def exposed_span(experiment: Experiment) -> tuple[datetime | None, datetime | None]:
    """Find when the first and the last visitor were exposed; None where there is none."""
    span = Exposure.objects.for_experiment(experiment).aggregate(first=Min("exposed_at"), last=Max("exposed_at"))
    return span["first"], span["last"]


def trigger_version_at(experiment: Experiment, at: datetime) -> int | None:
    """Find what the snippet watched for the last exposure up to this time (``Exposure.trigger_version``)."""
    exposures = Exposure.objects.for_experiment(experiment).filter(exposed_at__lte=at)
    return exposures.order_by("-exposed_at").values_list("trigger_version", flat=True).first()


def last_visitor(experiment: Experiment, *, prefix: str) -> str | None:
    """Find the last of the exposed visitors, in the order of their ids, whose ids begin with the prefix."""
    known = Exposure.objects.for_experiment(experiment).filter(visitor_id__startswith=prefix)
    last: str | None = known.aggregate(last=Max("visitor_id"))["last"]
    return last


def exposed_visitors(experiment: Experiment) -> Iterable[tuple[str, bool, datetime]]:
    """Read every exposed visitor, in the order of their ids: the id, whether they were in control, and since when."""
    known = Exposure.objects.for_experiment(experiment).order_by("visitor_id")
    return known.values_list("visitor_id", "variant__is_control", "exposed_at").iterator()


def with_exposures_since(experiments: Iterable[Experiment], since: datetime) -> set[int]:
    """Find which of the experiments exposed somebody since, by id: one probe of an index for each."""
    lately = exposures_of_outer_experiment().filter(exposed_at__gte=since)
    ids = [experiment.pk for experiment in experiments]
    return set(Experiment.with_holdouts.filter(Exists(lately), pk__in=ids).values_list("pk", flat=True))


def exposures_of_outer_experiment() -> QuerySet[Exposure]:
    """Query the exposures of the experiment that an outer query is at: for a subquery."""
    return Exposure.objects.filter(experiment=OuterRef("pk"))


def exposures_with_outcome(store: Store, visitor_id: Expression | str) -> QuerySet[Exposure]:
    """Query the exposures of a visitor, or of the one that an outer query is at, for which an order counts."""
    live = Exposure.objects.filter(store=store, experiment__source=Source.LIVE, orders__gt=0)
    # No visitor is nobody: orders that name none share the empty id.
    return live.filter(visitor_id=visitor_id).exclude(visitor_id="")


def count_touched_days() -> int:
    """Count the notes of days to be added up, of all stores: a measure of how far the worker is behind."""
    return TouchedDay.objects.count()
