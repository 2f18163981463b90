"""Exposures -> sums: with ``facts`` the only place that knows where an experiment's figures come from.

Days that are added up already are read from ``ExposureDay``; those touched since from the exposures themselves, so that
a report is exact at any instant. The database adds up exact integers (``sums``); ``Summary`` centres them. The
unit is the exposed visitor, buyer or not, in the variant that was seen first: intention to treat. Columns of a summary:
``orders``, ``revenue`` (net of refunds), ``items``, ``upsell_revenue``, ``converted``, ``accepted``, ``cart_value``,
``margin`` of those for whom it is known; ``unknown_margin`` counts the others.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import groupby
from operator import itemgetter
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from experiments.models import Experiment
from experiments.reading import sums
from experiments.reading.cart_bands import lower_bounds
from experiments.reading.covariates import add_day, covariate_sums, total_covariates
from experiments.reading.replica import read_connection
from experiments.reading.sums import COVARIATE, Key
from experiments.sql_files import read_sql
from experiments.statistics import Summary
from experiments.statistics.regression import CovariateMoments

KEYS = sums.KEYS
# What every group is asked for, whatever is compared of it.
ALWAYS = frozenset({"converted"})
# Comparisons of a dimension's name, for SQL.
EVERYBODY = "= ''"
SEGMENTS = "<> ''"

TOUCHED = read_sql(__file__, "touched")
KEPT = read_sql(__file__, "kept")
TOTALS = read_sql(__file__, "totals")
DAILY = read_sql(__file__, "daily")
# In the order of visitors: resampling draws rows by number, and must draw the same ones again from the same data.
BUYERS = f"""
SELECT variant_id, {{revenue}}, orders, {sums.EXPRESSIONS["margin"]} FROM experiments_exposure
WHERE experiment_id = %(experiment_id)s AND {sums.IS_COUNTED} AND {sums.IS_BUYER}
    AND {sums.IS_THROUGH} ORDER BY visitor_id
"""  # noqa: S608 -- names of ours


@dataclass(frozen=True, slots=True)
class Aggregate:
    """What a group of visitors adds up to: exact ``sums`` per column, and the ``summary`` that statistics read.

    ``products`` are all exact sums, of products too: ``orders_x_revenue``. ``covariates``: of the same visitors, where
    the test is adjusted by more than the cart's value.
    """

    visitors: int
    sums: Mapping[str, int]
    summary: Summary
    products: Mapping[str, int] = field(default_factory=dict)
    covariates: CovariateMoments | None = None

    def scaled(self, columns: Mapping[str, float]) -> "Aggregate":
        """Return the same visitors with some columns of the summary times a factor each; exact sums stay."""
        covariates = None
        if self.covariates is not None:
            covariates = self.covariates.scaled(columns)
        return replace(self, summary=self.summary.scaled(columns), covariates=covariates)

    def with_covariates(self, covariates: CovariateMoments | None) -> "Aggregate":
        """Return the group with what its covariates add up to, unless that isn't of the same visitors.

        A day that a release added up which knew of no covariates has none.
        """
        if covariates is None or covariates.n != self.visitors:
            return self
        return replace(self, covariates=covariates)


def aggregates(
    experiment: Experiment,
    *,
    cap_minor: int | None = None,
    missing_cart_value_minor: int = 0,
    through: date | None = None,
    with_covariates: bool = False,
) -> dict[str, Aggregate]:
    """Read every variant's aggregate by its key, those without visitors included.

    ``cap_minor``: a visitor's net revenue counts as at most this much per order, and at least as minus this much; a
    cart's value as at most this much, which keeps it as close to the order's.
    ``missing_cart_value_minor`` stands in for an unknown cart value; any constant leaves a comparison unbiased.
    ``through``: without those first exposed after this day of the test. ``with_covariates``: with what the test's
    covariates add up to, where it has more than the cart's value.
    """
    is_capped = cap_minor is not None
    fill_minor = stand_in(missing_cart_value_minor, cap_minor)
    nobody = aggregate(KEYS, 0, defaultdict(int), is_capped=False)
    found: dict[str, Aggregate] = {}
    for variant in experiment.variants.all():
        found[variant.key] = nobody
    for group in totals(experiment, KEYS, cap_minor, EVERYBODY, through=through):
        found[group.variant] = aggregate(KEYS, group.visitors, group.kept, is_capped=is_capped, fill_minor=fill_minor)
    if with_covariates:
        for key, covariates in total_covariates(experiment, cap_minor=cap_minor, through=through).items():
            found[key] = found[key].with_covariates(covariates)
    return found


def stand_in(missing_minor: int, cap_minor: int | None) -> int:
    """Give what an unknown cart value counts as: under a cap no more than a known one."""
    if cap_minor is None:
        return missing_minor
    return min(missing_minor, cap_minor)


def segment_aggregates(
    experiment: Experiment,
    columns: Collection[str] = ("orders", "revenue"),
    *,
    cap_minor: int | None = None,
    missing_cart_value_minor: int = 0,
    through: date | None = None,
) -> dict[tuple[str, str], dict[str, Aggregate]]:
    """Read aggregates by (dimension, value), such as ("device", "phone"), then by variant key.

    ``columns`` beside ``converted`` are added up. Dimensions are those of the exposure and those in its ``segments``;
    visitors without a value are left out, as are those first exposed after the day ``through`` of the test.
    """
    is_capped = cap_minor is not None
    keys, fill_minor = keys_of(columns), stand_in(missing_cart_value_minor, cap_minor)
    found: dict[tuple[str, str], dict[str, Aggregate]] = defaultdict(dict)
    for group in totals(experiment, keys, cap_minor, SEGMENTS, through=through):
        arms = found[group.dimension, group.value]
        arms[group.variant] = aggregate(keys, group.visitors, group.kept, is_capped=is_capped, fill_minor=fill_minor)
    return dict(found)


def keys_of(columns: Collection[str]) -> list[Key]:
    """List the keys that are made of these columns alone, and of what is always asked for."""
    asked_for = ALWAYS.union(columns)
    return [key for key in KEYS if asked_for.issuperset(key)]


def cumulative_aggregates(
    experiment: Experiment,
    columns: Collection[str],
    *,
    cap_minor: int | None = None,
    missing_cart_value_minor: int = 0,
    since: date | None = None,
    covariates_through: date | None = None,
) -> dict[date, dict[str, Aggregate]]:
    """Read for each day with exposures, in order: every variant's aggregate of all exposed from ``since`` to it.

    In one query, with outcomes as known now. ``covariates_through``: the last day with covariates. See `aggregates`.
    """
    is_capped, fill_minor = cap_minor is not None, stand_in(missing_cart_value_minor, cap_minor)
    keys = keys_of(columns)
    kept = kept_sums(keys, is_capped=is_capped)
    options = parameters(experiment, cap_minor) | {"since": since or date.min}
    visitors_so_far: Counter[str] = Counter()
    kept_so_far: dict[str, Counter[Key]] = defaultdict(Counter)
    covariates_so_far: dict[str, CovariateMoments] = {}
    covariates = covariate_sums(experiment, cap_minor=cap_minor, through=covariates_through or date.min, since=since)
    found: dict[date, dict[str, Aggregate]] = {}
    for day, rows in groupby(fetch(daily_query(kept), options), key=itemgetter(0)):
        for _, variant, visitors, *row in rows:
            visitors_so_far[variant] += int(visitors)
            kept_so_far[variant].update(by_key(kept, row))
        add_day(covariates_so_far, covariates.get(day, {}))
        arms = {}
        # a variant that nobody was exposed to today has what it had yesterday
        for variant, visitors in visitors_so_far.items():
            arm = aggregate(keys, visitors, kept_so_far[variant], is_capped=is_capped, fill_minor=fill_minor)
            arms[variant] = arm.with_covariates(covariates_so_far.get(variant))
        found[day] = arms
    return found


def daily_query(kept: Sequence[Key]) -> str:
    """Write SQL of these sums by day and variant."""
    columns = ", ".join(map(sums.column, kept))
    return DAILY.format(touched=TOUCHED, spans=sums.SPANS, columns=columns, fresh=sums.by_day(kept))


def kept_sums(keys: Iterable[Key], *, is_capped: bool) -> list[Key]:
    """List the kept sums that make up these keys, each once."""
    kept: dict[Key, None] = {}
    for key in keys:
        kept.update(dict.fromkeys(sums.parts(key, is_capped=is_capped)))
    return list(kept)


def by_key(kept: Sequence[Key], row: Iterable[Any]) -> dict[Key, int]:
    """Turn the sums of a row, which the database gives as decimals, into the whole numbers that they are."""
    return dict(zip(kept, map(int, row), strict=True))


def buyer_rows(
    experiment: Experiment, *, cap_minor: int | None = None, through: date | None = None
) -> dict[str, npt.NDArray[np.float64]]:
    """Read net revenue, orders and margin (0 where unknown) of every buyer by variant key, in minor units: arrays of
    shape (buyers, 3), in a stable order. ``through``: without those first exposed after this day of the test."""
    revenue = sums.EXPRESSIONS["revenue"]
    if cap_minor is not None:
        revenue = sums.EXPRESSIONS["capped_revenue"]
    by_variant: dict[int, list[tuple[int, ...]]] = defaultdict(list)
    for variant_id, *values in fetch(BUYERS.format(revenue=revenue), parameters(experiment, cap_minor, through)):
        by_variant[variant_id].append(tuple(values))
    found = {}
    for variant in experiment.variants.all():
        # three columns without a row as well: numpy makes a list of nothing one-dimensional
        found[variant.key] = np.array(by_variant[variant.pk], dtype=np.float64).reshape(-1, 3)
    return found


class GroupTotals(NamedTuple):
    """The visitors of a variant with a value of a dimension, and what they add up to; ``""`` is everybody."""

    variant: str
    dimension: str
    value: str
    visitors: int
    kept: Mapping[Key, int]


def totals(
    experiment: Experiment,
    keys: Sequence[Key],
    cap_minor: int | None,
    dimensions: str,
    *,
    through: date | None = None,
) -> Iterator[GroupTotals]:
    """Read the kept sums that make up these keys, by variant, dimension and value."""
    kept = kept_sums(keys, is_capped=cap_minor is not None)
    asked = parameters(experiment, cap_minor, through)
    parts = {
        "touched": TOUCHED,
        "dimensions": dimensions,
        "totals": ", ".join(f"sum({sums.column(key)})" for key in kept),
    }
    rows = fetch(KEPT.format(**parts), asked)
    if not rows:  # a day was touched since the worker last added up, or nobody was exposed
        columns = ", ".join(map(sums.column, kept))
        rows = fetch(TOTALS.format(spans=sums.SPANS, columns=columns, grouped=fresh(kept, dimensions), **parts), asked)
    for variant, dimension, value, visitors, *row in rows:
        yield GroupTotals(variant, dimension, value, int(visitors), by_key(kept, row))


def fresh(kept: Sequence[Key], dimensions: str) -> str:
    """Write SQL of the touched days' sums by variant, dimension and value; of everybody without looking at segments."""
    if dimensions == EVERYBODY:
        return f"SELECT *, '' AS dimension, '' AS value FROM ({sums.by_day(kept)}) AS everybody"  # noqa: S608
    return sums.grouped(kept, dimensions=dimensions)


def aggregate(
    keys: Iterable[Key], visitors: int, kept: Mapping[Key, int], *, is_capped: bool, fill_minor: int = 0
) -> Aggregate:
    """Put kept sums together as an aggregate, with ``fill_minor`` for every unknown cart value."""
    values: dict[Key, int] = {}
    for key in keys:
        values[key] = total(key, kept, is_capped=is_capped, fill_minor=fill_minor)
    if (sums.MISSING,) in kept:
        values[sums.MISSING,] = kept[sums.MISSING,]
    return aggregate_of(visitors, values)


def aggregate_of(visitors: int, values: Mapping[Key, int]) -> Aggregate:
    """Return an aggregate from the sum of each key."""
    singles: dict[str, int] = {}
    pairs: dict[tuple[str, str], int] = {}
    triples: dict[tuple[str, str, str], int] = {}
    products: dict[str, int] = {}
    for key, value in values.items():
        products[sums.column(key)] = value
        match key:
            case (sums.MISSING,):
                pass  # counted, and no column that is compared
            case (one,):
                singles[one] = value
            case (one, other):
                pairs[one, other] = value
            case (one, other, third):
                triples[one, other, third] = value
    summary = Summary.from_sums(visitors, singles, pairs, triples, buyers=singles["converted"])
    return Aggregate(visitors, singles, summary, products)


def exposed_since(everybody: Aggregate, earlier: Aggregate) -> Aggregate:
    """Return the aggregate of ``everybody`` but those in ``earlier``, who are a part of them: sums are exact."""
    values: dict[Key, int] = {}
    for name, value in everybody.products.items():
        values[sums.key_of(name)] = value - earlier.products.get(name, 0)
    left = aggregate_of(everybody.visitors - earlier.visitors, values)
    if everybody.covariates is None or earlier.covariates is None:
        return left
    return left.with_covariates(everybody.covariates - earlier.covariates)


def total(key: Key, kept: Mapping[Key, int], *, is_capped: bool, fill_minor: int) -> int:
    """Compute a key's sum: of known cart values, and for unknown ones the stand-in's power times what it multiplies."""
    known, *unknown = sums.parts(key, is_capped=is_capped)
    value = kept[known]
    for part in unknown:
        value += fill_minor ** key.count(COVARIATE) * kept[part]
    return value


def parameters(experiment: Experiment, cap_minor: int | None, through: date | None = None) -> dict[str, Any]:
    """Give what every statement asks for; ``through`` is the last day of the test, ``None`` for all."""
    return {
        "experiment_id": experiment.pk,
        "cap_minor": cap_minor,
        "is_capped": cap_minor is not None,
        "through": through or date.max,
        **cutting_parameters(experiment),
    }


def cutting_parameters(experiment: Experiment) -> dict[str, Any]:
    """Give what cuts exposures by day, hour and cart: the test's days, the store's clock, where each band begins."""
    store = experiment.store
    return {"day_zone": experiment.day_zone, "zone": store.zone.key, "bands": lower_bounds(store.currency)}


def fetch(query: str, parameters: Sequence[Any] | Mapping[str, Any]) -> list[tuple[Any, ...]]:
    with read_connection().cursor() as cursor:
        cursor.execute(query, parameters)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
        return rows
