"""The visitors that a test shares with others of its store that ran at the same time."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from experiments.models import Experiment, Overlap, Variant
from experiments.reading import sums
from experiments.reading.aggregation import fetch
from experiments.reading.aggregation import parameters as parameters_of
from experiments.sql_files import read_sql

OVERLAPS = read_sql(__file__, "overlaps").format(revenue=sums.EXPRESSIONS["capped_revenue"])


@dataclass(frozen=True, slots=True, kw_only=True)
class OverlapCell:
    """The visitors of a variant who are in one variant of another test, or in none of it (``other_variant`` empty).

    Those alone who were exposed while both tests ran. ``earlier``: who saw the other test first; ``declined``: who
    declined this test's offer, ``declined_earlier``: both. ``buyers`` and ``revenue`` (net, under this test's cap, in
    minor units) are this test's outcomes.
    """

    variant: str
    other_variant: str
    visitors: int
    earlier: int
    declined: int
    declined_earlier: int
    buyers: int
    revenue: int
    revenue_squared: int

    def as_json(self) -> dict[str, Any]:
        """Return the cell as it is stored."""
        return asdict(self)


def concurrent_tests(experiment: Experiment, now: datetime) -> list[Experiment]:
    """Return the store's tests that ran while this one did, itself left out, in the order in which they were made."""
    begins, ends = experiment.started_at, experiment.ended_at or now
    others = Experiment.objects.filter(store=experiment.store_id, source=experiment.source, started_at__lt=ends)
    others = others.exclude(pk=experiment.pk).exclude(ended_at__lte=begins)
    return list(others.order_by("pk"))


def overlaps_of(experiment: Experiment) -> list[Overlap]:
    """Return what was counted of the test beside others, in the order in which those were made."""
    found = experiment.overlaps.select_related("other").prefetch_related("other__variants").order_by("other_id")
    return list(found)


def overlap_cells(
    experiment: Experiment, others: Sequence[Experiment], *, through: date, now: datetime
) -> dict[int, list[OverlapCell]]:
    """Count the test's visitors by their variants in other tests, by those tests' ids; one query for all of them.

    ``through``: the last day of exposure to count.
    """
    found: dict[int, list[OverlapCell]] = {other.pk: [] for other in others}
    parameters = {
        **parameters_of(experiment, experiment.cap_minor, through),
        "store_id": experiment.store_id,
        "others": list(found),
        "begins": experiment.started_at,
        "ends": experiment.ended_at or now,
        "is_automation_counted": experiment.store.is_automation_counted,
    }
    tests = [experiment.pk, *found]
    keys = dict(Variant.objects.filter(experiment__in=tests).values_list("pk", "key"))
    for other_id, variant_id, other_variant_id, *counts in fetch(OVERLAPS, parameters):
        visitors, earlier, declined, declined_earlier, buyers, revenue, squared = map(int, counts)
        cell = OverlapCell(
            variant=keys[variant_id],
            other_variant=keys.get(other_variant_id, ""),
            visitors=visitors,
            earlier=earlier,
            declined=declined,
            declined_earlier=declined_earlier,
            buyers=buyers,
            revenue=revenue,
            revenue_squared=squared,
        )
        found[other_id].append(cell)
    return found
