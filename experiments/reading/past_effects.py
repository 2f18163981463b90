"""What a store's past tests found, as their newest stored reports have it."""

from collections.abc import Sequence
from dataclasses import dataclass

import msgspec
from django.db.models import OuterRef, Subquery

from experiments.models import Experiment, Snapshot, Source, Store
from experiments.models.experiment_choices import OVER
from experiments.report import Range


class StoredEstimate(msgspec.Struct):
    """What is read of a stored estimate."""

    lift: Range | None = None


class StoredMetric(msgspec.Struct):
    """What is read of a stored metric of a treatment."""

    metric: str
    variant: str
    main: StoredEstimate
    is_in_points: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class LiftsOfTest:
    """A test that is over, with its lifts: of every treatment, by metric, with intervals at level ``alpha``."""

    experiment_id: int
    alpha: float
    lifts: dict[str, list[Range]]


def past_tests(store: Store) -> list[LiftsOfTest]:
    """Return the store's own tests that are over and have a stored report, in one query.

    Neither holdouts nor imported or A/A tests, which say nothing of what the store's offers do, nor tests whose data
    can't be trusted. Winners and losers alike: from winners alone, effects would look larger than they are.
    """
    newest = Snapshot.objects.filter(experiment=OuterRef("pk")).order_by("-taken_at")
    over = Experiment.objects.filter(store=store, source=Source.LIVE, status__in=OVER, is_aa_test=False)
    rows = over.annotate(
        stored_verdict=Subquery(newest.values("report__verdict__code")[:1]),
        stored_metrics=Subquery(newest.values("report__metrics")[:1]),
    ).values_list("pk", "alpha", "stored_verdict", "stored_metrics")
    found = []
    for experiment_id, alpha, verdict, stored in rows.order_by("pk"):
        if stored and verdict != "invalid":
            found.append(LiftsOfTest(experiment_id=experiment_id, alpha=alpha, lifts=lifts_of(stored)))
    return found


def lifts_of(stored: Sequence[object]) -> dict[str, list[Range]]:
    """Return the lifts that a report has, by metric; those read in points have none that compares."""
    lifts: dict[str, list[Range]] = {}
    for result in msgspec.convert(stored, list[StoredMetric]):
        if result.main.lift is not None and not result.is_in_points:
            lifts.setdefault(result.metric, []).append(result.main.lift)
    return lifts
