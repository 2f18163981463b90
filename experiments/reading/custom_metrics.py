"""Outcomes by custom metrics -> sums, as ``aggregation`` reads those of all outcomes: exact at any instant.

An aggregate is of one metric and variant: all visitors of the variant, and of their orders what the metric's products
are. Columns of its summary have the names that the same figures have there (``custom_sums``), so that whatever compares
revenue, items or conversion compares them too.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from experiments.models import ChosenMetric, Experiment
from experiments.reading import custom_sums, sums
from experiments.reading.aggregation import (
    EVERYBODY,
    SEGMENTS,
    TOUCHED,
    Aggregate,
    aggregate,
    by_key,
    fetch,
    fresh,
    parameters,
)
from experiments.reading.sums import Key
from experiments.sql_files import read_sql

SUMS = read_sql(__file__, "custom_sums")
OF_GROUP, OF_DAY = ("variant_id", "dimension", "value"), ("day", "variant_id")
# Visitors without a sum of anything.
VISITORS_ALONE: tuple[Key, ...] = ()
# In the order of visitors: resampling draws rows by number, and must draw the same ones again from the same data.
BUYERS = f"""
SELECT variant_id, {{revenue}}, outcome.orders
FROM experiments_customoutcome AS outcome JOIN experiments_exposure
    ON experiments_exposure.experiment_id = %(experiment_id)s
    AND experiments_exposure.visitor_id = outcome.visitor_id AND {sums.IS_COUNTED}
    AND {sums.IS_THROUGH}
WHERE outcome.chosen_id = %(chosen_id)s ORDER BY outcome.visitor_id
"""  # noqa: S608 -- names of ours


@dataclass(frozen=True, slots=True)
class Arms:
    """Aggregates of one metric by variant key: of order values as they are, and up to the test's cap."""

    observed: Mapping[str, Aggregate]
    capped: Mapping[str, Aggregate]


class Cell(NamedTuple):
    """Visitors of a variant: of everybody, of one value of a dimension, or of one day."""

    variant: str
    dimension: str = ""
    value: str = ""
    day: date = date.max


def metrics_of(experiment: Experiment) -> list[ChosenMetric]:
    """Return the custom metrics that the test was launched with, in the order in which they were chosen."""
    return list(experiment.chosen_metrics.fixed().select_related("metric"))


def custom_arms(
    experiment: Experiment, chosen: Collection[ChosenMetric], *, through: date | None = None
) -> dict[int, Arms]:
    """Read every variant's aggregates by the id of the chosen metric; none without metrics.

    ``through``: without those first exposed after this day of the test.
    """
    if not chosen:
        return {}
    found = Sums.read(experiment, EVERYBODY, OF_GROUP, through)
    cells = []
    for variant in experiment.variants.all():
        cells.append(Cell(variant.key))
    arms = {}
    for one in chosen:
        arms[one.pk] = found.arms(one.pk, cells)
    return arms


def custom_segments(
    experiment: Experiment, chosen: ChosenMetric, *, through: date | None = None
) -> dict[tuple[str, str], Arms]:
    """Read a metric's aggregates by dimension and value, such as ("device", "phone"); visitors without a value are left
    out."""
    found = Sums.read(experiment, SEGMENTS, OF_GROUP, through)
    cells: dict[tuple[str, str], list[Cell]] = defaultdict(list)
    for cell in found.visitors:
        cells[cell.dimension, cell.value].append(cell)
    return {group: found.arms(chosen.pk, of_group) for group, of_group in cells.items()}


def cumulative_custom_days(experiment: Experiment, chosen: ChosenMetric) -> dict[date, dict[str, Aggregate]]:
    """Read for each day with exposures, in order: every variant's aggregate, under the test's cap where it has one,
    of all visitors first exposed up to it."""
    found = Sums.read(experiment, EVERYBODY, OF_DAY, None)
    is_capped = experiment.cap_minor is not None
    visitors_so_far: Counter[str] = Counter()
    kept_so_far: dict[str, Counter[Key]] = defaultdict(Counter)
    days: dict[date, dict[str, Aggregate]] = {}
    for cell in sorted(found.visitors, key=lambda cell: cell.day):
        visitors_so_far[cell.variant] += found.visitors[cell]
        kept_so_far[cell.variant].update(found.kept.get((chosen.pk, cell), {}))
        # a variant that nobody was exposed to today has what it had yesterday
        arms = {}
        for variant, visitors in visitors_so_far.items():
            arms[variant] = aggregate(custom_sums.KEYS, visitors, kept_so_far[variant], is_capped=is_capped)
        days[cell.day] = arms
    return days


@dataclass(frozen=True, slots=True)
class Sums:
    """What was read: visitors by cell, and the kept sums by metric and cell."""

    visitors: Mapping[Cell, int]
    kept: Mapping[tuple[int, Cell], Mapping[Key, int]]

    @classmethod
    def read(cls, experiment: Experiment, dimensions: str, columns: Sequence[str], through: date | None) -> "Sums":
        """Read the sums by the columns that make a cell."""
        query = sums_query(dimensions, columns, fresh(VISITORS_ALONE, dimensions), fresh_sums(dimensions))
        return cls.fetched(query, parameters(experiment, experiment.cap_minor, through), columns)

    @classmethod
    def fetched(cls, query: str, asked: Mapping[str, Any], columns: Sequence[str]) -> "Sums":
        """Read the sums by a statement of ``sums_query`` for the same columns."""
        visitors: Counter[Cell] = Counter()
        kept = {}
        for row in fetch(query, {**asked, "is_capped": False}):
            named = dict(zip(columns, row, strict=False))
            variant, chosen_id, people, *values = row[len(columns) :]
            named.pop("variant_id")
            cell = Cell(variant=variant, **named)
            if chosen_id is None:
                visitors[cell] += int(people)
            else:
                kept[chosen_id, cell] = by_key(custom_sums.ALL_KEYS, values)
        return cls(visitors, kept)

    def arms(self, chosen_id: int, cells: Collection[Cell]) -> Arms:
        """Return a metric's aggregates of these cells by variant."""
        observed, capped = {}, {}
        for cell in cells:
            kept = self.kept.get((chosen_id, cell), defaultdict(int))
            observed[cell.variant] = aggregate(custom_sums.KEYS, self.visitors.get(cell, 0), kept, is_capped=False)
            capped[cell.variant] = aggregate(custom_sums.KEYS, self.visitors.get(cell, 0), kept, is_capped=True)
        return Arms(observed, capped)


def sums_query(
    dimensions: str, columns: Sequence[str], fresh_visitors: str, fresh_metrics: str, *, touched: str = TOUCHED
) -> str:
    """Write the statement that reads sums by cell and metric (none: visitors alone), touched days from exposures."""
    return SUMS.format(
        touched=touched,
        spans=sums.SPANS,
        dimensions=dimensions,
        cell=", ".join(columns),
        nothing=", ".join(f"0 AS {name}" for name in custom_sums.COLUMNS),
        columns=", ".join(custom_sums.COLUMNS),
        totals=", ".join(f"sum({name})" for name in custom_sums.COLUMNS),
        fresh_visitors=fresh_visitors,
        fresh=fresh_metrics,
    )


def fresh_sums(dimensions: str) -> str:
    """Write SQL of the touched days' sums by variant, dimension, value and metric; of everybody without segments."""
    if dimensions == EVERYBODY:
        return f"SELECT *, '' AS dimension, '' AS value FROM ({custom_sums.by_day()}) AS everybody"  # noqa: S608
    return custom_sums.grouped(dimensions=dimensions)


def custom_buyer_rows(chosen: ChosenMetric, *, through: date | None = None) -> dict[str, npt.NDArray[np.float64]]:
    """Read net revenue, orders and nothing of every buyer of the metric's products by variant key, in minor units:
    arrays of shape (buyers, 3) like `aggregation.buyer_rows`, in a stable order, under the test's cap."""
    experiment = chosen.experiment
    asked = parameters(experiment, experiment.cap_minor, through) | {"chosen_id": chosen.pk}
    query = BUYERS.format(revenue=custom_sums.EXPRESSIONS["capped_revenue"])
    by_variant: dict[int, list[tuple[int, ...]]] = defaultdict(list)
    for variant_id, revenue, orders in fetch(query, asked):
        by_variant[variant_id].append((revenue, orders, 0))
    found = {}
    for variant in experiment.variants.all():
        # three columns without a row as well: numpy makes a list of nothing one-dimensional
        found[variant.key] = np.array(by_variant[variant.pk], dtype=np.float64).reshape(-1, 3)
    return found
