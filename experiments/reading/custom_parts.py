"""A part of a test's visitors -> sums by custom metrics, as ``parts`` reads those of all outcomes."""

from collections import Counter
from collections.abc import Mapping

from experiments.models import ChosenMetric, Experiment
from experiments.reading import custom_sums, sums
from experiments.reading.aggregation import EVERYBODY, aggregate, fresh
from experiments.reading.custom_metrics import (
    OF_DAY,
    VISITORS_ALONE,
    Arms,
    Cell,
    Sums,
    fresh_sums,
    metrics_of,
    sums_query,
)
from experiments.reading.parts import ALL_DAYS, ExposurePart, asked, visit_in
from experiments.reading.sums import Key

# One dimension's rows of one value alone: a country has two hundred others.
OF_ONE_VALUE = "= %(dimension_0)s AND value = %(value_0)s"
NO_KEPT_SUMS = "IS NULL"
DAY_AND_VARIANT = f"{sums.DAY}, variant_id"


def custom_part_arms(experiment: Experiment, part: ExposurePart) -> dict[int, Arms]:
    """Read every variant's aggregates of a part by the id of the chosen metric: one query; none without metrics.

    Two segments at once are read from exposures, as many as ``part_sums`` allows: ask that first.
    """
    chosen = metrics_of(experiment)
    if not chosen:
        return {}
    found = Sums.fetched(part_query(part), asked(experiment, part), OF_DAY)
    keys = [variant.key for variant in experiment.variants.all()]
    return {one.pk: arms_of_part(found, one, keys, part) for one in chosen}


def part_query(part: ExposurePart) -> str:
    """Write the statement that reads a part's sums by day, metric and variant, and its visitors."""
    if len(part.segments) > 1:
        visit = visit_in(part)
        visitors = sums.cells(
            VISITORS_ALONE, cell="day, variant_id", columns=DAY_AND_VARIANT, grouping="day, variant_id", visit=visit
        )
        metrics = custom_sums.cells(columns=DAY_AND_VARIANT, grouping="day, variant_id", visit=visit)
        return sums_query(NO_KEPT_SUMS, OF_DAY, visitors, metrics, touched=ALL_DAYS)
    dimensions = EVERYBODY
    if part.segments:
        dimensions = OF_ONE_VALUE
    return sums_query(dimensions, OF_DAY, fresh(VISITORS_ALONE, dimensions), fresh_sums(dimensions))


def arms_of_part(found: Sums, chosen: ChosenMetric, variants: list[str], part: ExposurePart) -> Arms:
    """Return a metric's aggregates of a part by variant, those without visitors included."""
    visitors: Counter[str] = Counter()
    kept: Mapping[str, Counter[Key]] = {variant: Counter() for variant in variants}
    for cell, people in found.visitors.items():
        if part.first <= cell.day <= part.last:
            visitors[cell.variant] += people
            kept[cell.variant].update(kept_of(found, chosen, cell))
    observed, capped = {}, {}
    for variant in variants:
        observed[variant] = aggregate(custom_sums.KEYS, visitors[variant], kept[variant], is_capped=False)
        capped[variant] = aggregate(custom_sums.KEYS, visitors[variant], kept[variant], is_capped=True)
    return Arms(observed, capped)


def kept_of(found: Sums, chosen: ChosenMetric, cell: Cell) -> Mapping[Key, int]:
    """Return what a metric's buyers of a cell add up to; nothing where nobody bought."""
    return found.kept.get((chosen.pk, cell), {})
