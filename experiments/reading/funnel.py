"""How far visitors got: exposure, impression, click, accept, order."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from experiments.models import EventType, Experiment, Variant
from experiments.reading.aggregation import Aggregate, fetch
from experiments.report import FunnelRow
from experiments.sql_files import read_sql

COUNT_EVENTS = read_sql(__file__, "count_events")


@dataclass(frozen=True, slots=True)
class Funnel:
    """Events and distinct visitors by variant id and event type."""

    counts: Mapping[tuple[int, str], tuple[int, int]]

    def events(self, variant: Variant, kind: str) -> int:
        """How many events of this type the variant has."""
        return self.counts.get((variant.pk, kind), (0, 0))[0]

    def visitors(self, variant: Variant, kind: str) -> int:
        """How many visitors of the variant have an event of this type."""
        return self.counts.get((variant.pk, kind), (0, 0))[1]

    def rows(self, variants: Sequence[Variant], aggregates: Mapping[str, Aggregate]) -> list[FunnelRow]:
        """One row per variant, all event types in each."""
        return [self.row(variant, aggregates[variant.key]) for variant in variants]

    def row(self, variant: Variant, aggregate: Aggregate) -> FunnelRow:
        """All event types of one variant."""
        kinds = [str(kind) for kind in EventType.values]
        return FunnelRow(
            variant=variant.key,
            exposed=aggregate.visitors,
            visitors={kind: self.visitors(variant, kind) for kind in kinds},
            events={kind: self.events(variant, kind) for kind in kinds},
            ordered=aggregate.sums["converted"],
        )


def count_events(experiment: Experiment) -> Funnel:
    """Count an experiment's events."""
    rows = fetch(COUNT_EVENTS, {"experiment_id": experiment.pk, "store_id": experiment.store_id})
    return Funnel({(variant_id, kind): (int(events), visitors) for variant_id, kind, events, visitors in rows})
