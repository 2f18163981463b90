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
        """Count the variant's events of this type."""
        return self.counts.get((variant.pk, kind), (0, 0))[0]

    def visitors(self, variant: Variant, kind: str) -> int:
        """Count the variant's visitors who have an event of this type."""
        return self.counts.get((variant.pk, kind), (0, 0))[1]

    def rows(self, variants: Sequence[Variant], aggregates: Mapping[str, Aggregate]) -> list[FunnelRow]:
        """Make one row per variant, all event types in each."""
        return [self.row(variant, aggregates[variant.key]) for variant in variants]

    def row(self, variant: Variant, aggregate: Aggregate) -> FunnelRow:
        visitors, events = {}, {}
        for kind in EventType.values:
            visitors[kind] = self.visitors(variant, kind)
            events[kind] = self.events(variant, kind)
        return FunnelRow(
            variant=variant.key,
            exposed=aggregate.visitors,
            visitors=visitors,
            events=events,
            ordered=aggregate.sums["converted"],
        )


def count_events(experiment: Experiment) -> Funnel:
    """Count an experiment's events."""
    rows = fetch(COUNT_EVENTS, {"experiment_id": experiment.pk, "store_id": experiment.store_id})
    counts = {}
    for variant_id, kind, events, visitors in rows:
        counts[variant_id, kind] = (int(events), visitors)
    return Funnel(counts)
