"""A part of a test's visitors -> sums by day: those of one segment, of two at once, or of a span of days.

One dimension and a span of days come from the kept sums, as all else of a report. Two at once are in none of them: they
are read from the exposures, of so many at most that a page can wait for it.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from experiments.models import Experiment
from experiments.reading import sums
from experiments.reading.aggregation import (
    KEYS,
    TOUCHED,
    Aggregate,
    aggregate,
    by_key,
    fetch,
    kept_sums,
    parameters,
    stand_in,
)
from experiments.reading.facts import daily_visitors
from experiments.reading.sums import Key
from experiments.sql_files import read_sql

# Exposures that two segments at once are read from: about two seconds.
MOST_READ = 1_000_000
# The days that a part is of, in the place of those that were touched: all of it is read from exposures.
ALL_DAYS = """
SELECT day::date AS day FROM generate_series(%(first)s::timestamp, %(last)s::timestamp, interval '1 day') AS day
"""
PART_DAYS = read_sql(__file__, "part_days")
PART_EXPOSURES = read_sql(__file__, "part_exposures")
COLUMNS = frozenset({"device", "country", "customer_type"})
# How an exposure is asked for a value, as ``sums.DIMENSIONS_OF_CELL`` tells them.
CONDITIONS = {
    "hour": "hour >= 0 AND lpad(hour::text, 2, '0') = %({value})s",
    "cart_band": "cart_band > 0 AND (%(bands)s::bigint[])[cart_band]::text = %({value})s",
}
OF_SEGMENTS = "segments ->> %({dimension})s = %({value})s"
OF_COLUMN = "{column} = %({value})s"


class TooManyToReadError(Exception):
    """More exposures than two segments at once are read from; ``visitors`` are those of the days asked for."""

    def __init__(self, visitors: int) -> None:
        super().__init__(visitors)
        self.visitors = visitors


@dataclass(frozen=True, slots=True)
class ExposurePart:
    """Which visitors: with the values of up to two ``segments`` (dimension, value), first exposed on these days."""

    segments: tuple[tuple[str, str], ...]
    first: date
    last: date


@dataclass(frozen=True, slots=True)
class PartSums:
    """What a part adds up to, by variant key: orders as they were paid, and under the test's cap; and by day the
    latter of all exposed by its end. ``read``: from how many exposures, 0 where kept sums were enough."""

    observed: Mapping[str, Aggregate]
    compared: Mapping[str, Aggregate]
    daily: Mapping[date, Mapping[str, Aggregate]]
    read: int = 0


def part_sums(experiment: Experiment, part: ExposurePart, *, missing_cart_value_minor: int = 0) -> PartSums:
    """Read a part; one query for one segment or none, two for two. Raises ``TooManyToReadError``.

    ``missing_cart_value_minor`` stands in for an unknown cart value, as for the whole test.
    """
    cap_minor = experiment.cap_minor
    kept = kept_sums(KEYS, is_capped=False)
    if cap_minor is not None:
        kept = list(dict.fromkeys([*kept, *kept_sums(KEYS, is_capped=True)]))
    read = 0
    if len(part.segments) > 1:
        read = exposures_of(experiment, part)
        if read > MOST_READ:
            raise TooManyToReadError(read)
    rows = fetch(statement(kept, part), asked(experiment, part))
    fill_minor = stand_in(missing_cart_value_minor, cap_minor)
    days = PartDays(kept, is_capped=cap_minor is not None, fill_minor=fill_minor)
    for day, variant, visitors, *row in rows:
        days.add(day, variant, int(visitors), by_key(kept, row))
    return days.sums_of([variant.key for variant in experiment.variants.all()], missing_cart_value_minor, read)


class PartDays:
    """Adds up the days of a part."""

    def __init__(self, kept: Sequence[Key], *, is_capped: bool, fill_minor: int) -> None:
        self.kept, self.is_capped, self.fill_minor = kept, is_capped, fill_minor
        self.visitors: Counter[str] = Counter()
        self.totals: dict[str, Counter[Key]] = defaultdict(Counter)
        self.daily: dict[date, dict[str, Aggregate]] = {}

    def add(self, day: date, variant: str, visitors: int, row: Mapping[Key, int]) -> None:
        """Add a variant's day; days come in order."""
        self.visitors[variant] += visitors
        self.totals[variant].update(row)
        # a variant that nobody was exposed to today has what it had yesterday
        self.daily[day] = dict(zip(self.visitors, map(self.compared, self.visitors), strict=True))

    def compared(self, variant: str) -> Aggregate:
        """Return what a variant has so far, under the cap."""
        return aggregate(
            KEYS, self.visitors[variant], self.totals[variant], is_capped=self.is_capped, fill_minor=self.fill_minor
        )

    def sums_of(self, variants: Sequence[str], fill_minor: int, read: int) -> PartSums:
        """Return the whole part, variants without visitors included."""
        observed, compared = {}, {}
        for key in variants:
            totals = self.totals[key]
            observed[key] = aggregate(KEYS, self.visitors[key], totals, is_capped=False, fill_minor=fill_minor)
            compared[key] = self.compared(key)
        return PartSums(observed, compared, self.daily, read)


def exposures_of(experiment: Experiment, part: ExposurePart) -> int:
    """Return how many visitors were exposed on the days of a part."""
    visitors = 0
    for day, number in daily_visitors([experiment])[experiment.pk].items():
        if part.first <= day <= part.last:
            visitors += number
    return visitors


def statement(kept: Sequence[Key], part: ExposurePart) -> str:
    """Write SQL of these sums of a part by day and variant."""
    columns = ", ".join(map(sums.column, kept))
    if len(part.segments) > 1:
        cells = sums.cells(
            kept,
            cell="day, variant_id",
            columns=f"{sums.DAY}, variant_id",
            grouping="day, variant_id",
            visit=visit_in(part),
        )
        return PART_EXPOSURES.format(touched=ALL_DAYS, spans=sums.SPANS, columns=columns, cells=cells)
    fresh = f"SELECT *, '' AS dimension, '' AS value FROM ({sums.by_day(kept)}) AS everybody"  # noqa: S608
    if part.segments:
        fresh = sums.grouped(kept, dimensions="= %(dimension_0)s")
    return PART_DAYS.format(touched=TOUCHED, spans=sums.SPANS, columns=columns, fresh=fresh)


def visit_in(part: ExposurePart) -> str:
    """Write SQL that leaves only the exposures with the part's values, beside ``sums.VISIT``; all without segments."""
    if not part.segments:
        return sums.VISIT
    conditions = []
    for number, (dimension, _value) in enumerate(part.segments):
        conditions.append(condition(number, dimension))
    is_chosen = " AND ".join(conditions)
    return f"{sums.VISIT} JOIN LATERAL (SELECT {is_chosen} AS is_chosen) AS chosen ON chosen.is_chosen"


def condition(number: int, dimension: str) -> str:
    """Write SQL that asks an exposure for the value of a dimension; names it by the number of the segment."""
    template = CONDITIONS.get(dimension, OF_SEGMENTS)
    if dimension in COLUMNS:
        template = OF_COLUMN
    return template.format(column=dimension, dimension=f"dimension_{number}", value=f"value_{number}")


def asked(experiment: Experiment, part: ExposurePart) -> dict[str, Any]:
    """Give what the statement asks for; no segment is everybody."""
    given = parameters(experiment, experiment.cap_minor, part.last)
    given |= {"first": part.first, "last": part.last, "dimension_0": "", "value_0": ""}
    for number, (dimension, value) in enumerate(part.segments):
        given |= {f"dimension_{number}": dimension, f"value_{number}": value}
    return given
