"""How far visitors got: exposure, impression, click, accept, order."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from experiments.models import EventType, Experiment, Variant
from experiments.reading.aggregation import Aggregate, fetch
from experiments.report import FunnelRow

# Grouped twice: a distinct count would sort all events. Automated visitors are left out where their exposures are. An
# acceptance that was taken back is a decline with ``undone``: it takes one of its visitor's accepts away, and isn't
# counted as a decline.
COUNT_EVENTS = """
SELECT variant_id, kind, sum(events), count(*)
FROM (
    SELECT
        variant_id,
        CASE WHEN type = 'decline' AND props @> '{"undone": true}' THEN 'accept' ELSE type END AS kind,
        visitor_id,
        sum(CASE WHEN type = 'decline' AND props @> '{"undone": true}' THEN -1 ELSE 1 END) AS events
    FROM experiments_widgetevent
    WHERE experiment_id = %s AND variant_id IS NOT NULL AND visitor_id NOT IN (
        SELECT exposure.visitor_id FROM experiments_exposure AS exposure
        JOIN experiments_store AS store ON store.id = exposure.store_id AND NOT store.is_automation_counted
        WHERE exposure.store_id = %s AND exposure.experiment_id = %s AND exposure.is_automated)
    GROUP BY 1, 2, 3
) AS by_visitor
WHERE events > 0
GROUP BY variant_id, kind
"""


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
    rows = fetch(COUNT_EVENTS, [experiment.pk, experiment.store_id, experiment.pk])
    return Funnel({(variant_id, kind): (int(events), visitors) for variant_id, kind, events, visitors in rows})
