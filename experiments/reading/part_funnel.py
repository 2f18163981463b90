"""A part of a test's visitors -> how far they got: visitor by visitor, as no kept sum of events knows segments."""

from dataclasses import dataclass

from experiments.models import Experiment
from experiments.reading import sums
from experiments.reading.aggregation import fetch
from experiments.reading.funnel import TYPES, Funnel, are_events_uncounted
from experiments.reading.parts import ALL_DAYS, ExposurePart, asked, exposures_of, visit_in
from experiments.sql_files import read_sql

# Visitors whose steps are counted one by one while a page waits: about half a second.
MOST_COUNTED = 250_000
PART_FUNNEL = read_sql(__file__, "part_funnel")


@dataclass(frozen=True, slots=True)
class PartFunnel:
    """How far a part's visitors got; ``too_many`` is how many would have to be counted where ``counts`` is None, 0
    while events from before are still being added up."""

    counts: Funnel | None
    too_many: int = 0


def part_funnel(experiment: Experiment, part: ExposurePart) -> PartFunnel:
    """Count how far the visitors of a part got: two queries."""
    exposed = exposures_of(experiment, part)
    if exposed > MOST_COUNTED:
        return PartFunnel(None, exposed)
    if are_events_uncounted():
        return PartFunnel(None)
    counts: dict[tuple[int, str], tuple[int, int]] = {}
    for variant_id, kind, events, visitors in fetch(statement(part), asked(experiment, part)):
        counts[variant_id, kind] = (int(events), visitors)
    return PartFunnel(Funnel(counts))


def statement(part: ExposurePart) -> str:
    """Write SQL that counts a part's events and visitors by variant and type."""
    return PART_FUNNEL.format(
        touched=ALL_DAYS,
        spans=sums.SPANS,
        exposures=sums.TOUCHED_EXPOSURES.format(visit=visit_in(part)),
        columns=", ".join(TYPES),
        totals=", ".join(f"sum({kind}) AS {kind}" for kind in TYPES),
        steps="(VALUES " + ", ".join(f"('{kind}', whole.{kind})" for kind in TYPES) + ") AS step (type, events)",
    )
