"""Outcomes and sums from scratch, on a database in use: a proof that what is kept equals what it is made of."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from django.db import transaction

from experiments import outcomes, rollups
from experiments.models import Experiment, Exposure, TouchedDay
from experiments.outcomes import Subject

BATCH = 2_000


@dataclass(slots=True)
class Rebuilt:
    """What was computed again, and how much of it had been wrong: exposures, and sums of days not yet touched."""

    exposures: int = 0
    wrong_exposures: int = 0
    days: int = 0
    wrong_sums: int = 0


def rebuild(experiment: Experiment, *, on_progress: Callable[[int], None] = lambda exposures: None) -> Rebuilt:
    """Compute every outcome column and every day's sums again, and put right what differs.

    Each batch of visitors and each day is a transaction of its own, so that nothing that arrives meanwhile has to wait
    for long. ``on_progress`` is told how many exposures are done.
    """
    rebuilt = Rebuilt()
    for day in TouchedDay.objects.filter(experiment=experiment).values_list("day", flat=True).distinct():
        rollups.refresh_day(experiment.pk, day)
    for visitors in batches(experiment):
        with transaction.atomic():
            outcomes.lock(Subject.VISITOR, experiment.store_id, visitors)
            rebuilt.wrong_exposures += outcomes.recompute(experiment.store_id, visitors)
        rebuilt.exposures += len(visitors)
        on_progress(rebuilt.exposures)
    for day in rollups.days_of(experiment):
        refreshed = rollups.refresh_day(experiment.pk, day)
        rebuilt.wrong_sums += 0 if refreshed.was_touched else refreshed.rows
        rebuilt.days += 1
    return rebuilt


def batches(experiment: Experiment) -> Iterator[list[str]]:
    """The visitors of the experiment in order of their id."""
    visitors = Exposure.objects.for_experiment(experiment).order_by("visitor_id").values_list("visitor_id", flat=True)
    last = ""
    while batch := list(visitors.filter(visitor_id__gt=last)[:BATCH]):
        last = batch[-1]
        yield batch
