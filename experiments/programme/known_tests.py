"""A store's tests with what their newest stored reports say, read in one query for all of them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import msgspec
from django.db.models import OuterRef, Subquery

from experiments.models import Decision, Experiment, Metric, Snapshot, Status, Store
from experiments.models.experiment import ExperimentQuerySet
from experiments.report import Effect, FirstReport

# A paused test goes on later: it counts as running.
RUNNING = frozenset({Status.RUNNING, Status.PAUSED})


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownTest:
    """A test with what its newest stored report says.

    - ``verdict``, ``headline``: empty without a report; ``ends_on``: the day on which the plan should be fulfilled,
      ``None`` where that can't be told; ``effects``: of all treatments on all metrics;
      ``first_reported``: what reports by older methods said of a test that is over.
    """

    experiment: Experiment
    verdict: str
    headline: str
    ends_on: date | None
    effects: Sequence[Effect]
    first_reported: Sequence[FirstReport] = ()

    @property
    def is_running(self) -> bool:
        """Whether it can still expose visitors, now or after a pause."""
        return self.experiment.status in RUNNING

    @property
    def is_decided(self) -> bool:
        """Whether somebody has written down what to do."""
        return bool(self.experiment.decision)

    @property
    def is_rolled_out(self) -> bool:
        """Whether a treatment was rolled out."""
        return self.experiment.decision == Decision.ROLL_OUT and self.experiment.rolled_out_variant is not None

    def money_effect(self) -> Effect | None:
        """Return the rolled-out treatment's effect on revenue per visitor, with a log lift or in money alone."""
        if not self.is_rolled_out or self.experiment.rolled_out_variant is None:
            return None
        for effect in self.effects:
            if (effect.metric, effect.variant) == (Metric.RPV, self.experiment.rolled_out_variant.key):
                return effect
        return None

    def effect(self, metric: str) -> Effect | None:
        """Return the effect that counts: the rolled-out treatment's, else the best one's, where it has an error."""
        known = []
        for effect in self.effects:
            # Without an error an effect can't be weighed against the others.
            if effect.metric == metric and effect.log_lift_error:
                known.append(effect)
        if self.is_rolled_out and self.experiment.rolled_out_variant:
            return effect_on(self.experiment.rolled_out_variant.key, known)
        return max(known, key=log_lift_of, default=None)


def effect_on(variant: str, effects: Iterable[Effect]) -> Effect | None:
    """Return a variant's effect; ``None`` where there is none."""
    for effect in effects:
        if effect.variant == variant:
            return effect
    return None


def log_lift_of(effect: Effect) -> float:
    """Return the log lift, 0 where it isn't known."""
    return effect.log_lift or 0.0


def known_tests(store: Store) -> list[KnownTest]:
    """Return the store's tests with their newest stored results, newest first, without its holdouts."""
    # What a holdout finds is of all tests together: among them, it would count each of them twice.
    rows = with_results(Experiment.objects.filter(store=store))
    return [as_known(row) for row in rows]


def with_results(experiments: ExperimentQuerySet) -> Any:
    """Return the experiments, newest first, each with the parts of its newest stored report that are read here."""
    # Parts of the report alone: a whole one holds every segment and every day.
    newest = Snapshot.objects.filter(experiment=OuterRef("pk")).order_by("-taken_at")
    return (
        experiments.select_related("store", "rolled_out_variant")
        .annotate(
            stored_verdict=Subquery(newest.values("report__verdict")[:1]),
            stored_effects=Subquery(newest.values("report__effects")[:1]),
            stored_progress=Subquery(newest.values("report__progress")[:1]),
            stored_first_reported=Subquery(newest.values("report__first_reported")[:1]),
        )
        .order_by("-started_at", "-created_at")
    )


def as_known(row: Any) -> KnownTest:
    """Return a row of the query as a test; a report of an early version has no effects."""
    verdict, progress = row.stored_verdict or {}, row.stored_progress or {}
    ends_on = None
    if progress.get("ends_on"):
        ends_on = date.fromisoformat(progress["ends_on"])
    return KnownTest(
        experiment=row,
        verdict=verdict.get("code", ""),
        headline=verdict.get("headline", ""),
        ends_on=ends_on,
        effects=msgspec.convert(row.stored_effects or [], list[Effect]),
        first_reported=msgspec.convert(row.stored_first_reported or [], list[FirstReport]),
    )
