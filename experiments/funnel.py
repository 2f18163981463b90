"""How far visitors got: exposure, impression, click, accept, order."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Count

from experiments.aggregation import Aggregate
from experiments.models import EventType, Experiment, Variant, WidgetEvent
from experiments.report import FunnelRow


@dataclass(frozen=True, slots=True)
class Funnel:
    """Events and distinct visitors by variant id and event type."""

    counts: Mapping[tuple[int, str], tuple[int, int]]

    def visitors(self, variant: Variant, kind: str) -> int:
        """How many visitors of the variant have an event of this type."""
        return self.counts.get((variant.pk, kind), (0, 0))[1]

    def rows(self, variants: Sequence[Variant], aggregates: Mapping[str, Aggregate]) -> list[FunnelRow]:
        """One row per variant, all event types in each."""
        kinds = [str(kind) for kind in EventType.values]
        return [
            FunnelRow(
                variant=variant.key,
                exposed=aggregates[variant.key].visitors,
                visitors={kind: self.visitors(variant, kind) for kind in kinds},
                events={kind: self.counts.get((variant.pk, kind), (0, 0))[0] for kind in kinds},
                ordered=aggregates[variant.key].sums["converted"],
            )
            for variant in variants
        ]


def count_events(experiment: Experiment) -> Funnel:
    """Count an experiment's events."""
    rows = (
        WidgetEvent.objects.filter(experiment=experiment, variant__isnull=False)
        .values_list("variant_id", "type")
        .annotate(events=Count("pk"), visitors=Count("visitor_id", distinct=True))
    )
    return Funnel({(variant_id, kind): (events, visitors) for variant_id, kind, events, visitors in rows})
