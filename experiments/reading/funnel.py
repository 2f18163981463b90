"""How far visitors got: exposure, impression, click, accept, order.

Read from sums by day and from what isn't added up yet (``FunnelDay``, ``FunnelChange``), which is equal to the events
themselves and stays when those are deleted for their age.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from experiments.models import FUNNEL_TYPES, Experiment, UncountedEvents, Variant
from experiments.reading.aggregation import Aggregate, fetch
from experiments.report import FunnelRow
from experiments.sql_files import read_sql

# From the events themselves: what the other one must be equal to.
COUNT_EVENTS = read_sql(__file__, "count_events")
TYPES = tuple(kind.value for kind in FUNNEL_TYPES)
# The columns of counts as rows.
STEPS = "(VALUES " + ", ".join(f"('{kind}', {kind})" for kind in TYPES) + ") AS step (type, events)"
COUNT_FUNNEL = read_sql(__file__, "count_funnel").format(
    columns=", ".join(TYPES),
    columns_of_stored=", ".join(f"stored.{kind}" for kind in TYPES),
    totals=", ".join(f"sum({kind}) AS {kind}" for kind in TYPES),
    steps=STEPS,
)


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
        for kind in TYPES:
            visitors[kind] = self.visitors(variant, kind)
            events[kind] = self.events(variant, kind)
        return FunnelRow(
            variant=variant.key,
            exposed=aggregate.visitors,
            visitors=visitors,
            events=events,
            ordered=aggregate.sums["converted"],
            bought=aggregate.sums["accepted"],
        )


def count_events(experiment: Experiment) -> Funnel:
    """Count an experiment's events.

    From the events themselves while some from before aren't added up: that takes longer, and gives the same.
    """
    query = COUNT_FUNNEL
    if are_events_uncounted():
        query = COUNT_EVENTS
    return counted_by(query, experiment)


def counted_by(query: str, experiment: Experiment) -> Funnel:
    """Count an experiment's events by one of the two statements."""
    rows = fetch(query, {"experiment_id": experiment.pk, "store_id": experiment.store_id})
    counts = {}
    for variant_id, kind, events, visitors in rows:
        counts[variant_id, kind] = (int(events), visitors)
    return Funnel(counts)


def are_events_uncounted() -> bool:
    """Whether events from before there were sums of them are still to be counted."""
    return UncountedEvents.objects.exists()
