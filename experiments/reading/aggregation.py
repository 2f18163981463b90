"""Exposures -> sums: with ``facts`` the only place that knows where an experiment's figures come from.

Days that are added up already are read from ``ExposureDay``; those touched since from the exposures themselves, so that
a report is exact at any instant. The database adds up exact integers (``sums``); ``Summary`` centres them. The
unit is the exposed visitor, buyer or not, in the variant that was seen first: intention to treat. Columns of a summary:
``orders``, ``revenue`` (net of refunds), ``items``, ``upsell_revenue``, ``converted``, ``accepted``, ``cart_value``,
``margin`` of those for whom it is known; ``unknown_margin`` counts the others.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import groupby
from operator import itemgetter
from typing import Any

import numpy as np
import numpy.typing as npt
from django.db import connection

from experiments.models import Experiment
from experiments.reading import sums
from experiments.reading.sums import COVARIATE, Key
from experiments.sql_files import read_sql
from experiments.statistics import Summary

KEYS: tuple[Key, ...] = (*((name,) for name in sums.SINGLES), *sums.powers(sums.MONEY), *sums.OTHER_KEYS)
SEGMENT_KEYS: tuple[Key, ...] = (("orders",), ("revenue",), *sums.powers(("orders", "revenue")), ("converted",))
EVERYBODY, SEGMENTS = "= ''", "<> ''"

TOUCHED = read_sql(__file__, "touched")
KEPT = read_sql(__file__, "kept")
TOTALS = read_sql(__file__, "totals")
DAILY = read_sql(__file__, "daily")
BUYERS = f"""
SELECT variant_id, {{revenue}}, orders, {sums.EXPRESSIONS["margin"]} FROM experiments_exposure
WHERE experiment_id = %(experiment_id)s AND {sums.IS_COUNTED} AND {sums.IS_BUYER} ORDER BY visitor_id
"""  # noqa: S608 -- names of ours


@dataclass(frozen=True, slots=True)
class Aggregate:
    """What a group of visitors adds up to: exact ``sums`` per column, and the ``summary`` that statistics read.

    ``products`` are all exact sums, of products too: ``orders_x_revenue``.
    """

    visitors: int
    sums: Mapping[str, int]
    summary: Summary
    products: Mapping[str, int] = field(default_factory=dict)


def aggregates(
    experiment: Experiment, *, cap_minor: int | None = None, missing_cart_value_minor: int = 0
) -> dict[str, Aggregate]:
    """Every variant's aggregate by its key, those without visitors included.

    ``cap_minor``: a visitor's net revenue counts as at most this much per order, and at least as minus this much; a
    cart's value as at most this much, which keeps it as close to the order's.
    ``missing_cart_value_minor`` stands in for an unknown cart value; any constant leaves a comparison unbiased.
    """
    fill_minor = missing_cart_value_minor if cap_minor is None else min(missing_cart_value_minor, cap_minor)
    found = {
        variant: aggregate(KEYS, visitors, row, is_capped=cap_minor is not None, fill_minor=fill_minor)
        for variant, _, _, visitors, row in totals(experiment, KEYS, cap_minor, EVERYBODY)
    }
    empty = aggregate(KEYS, 0, defaultdict(int), is_capped=False)
    return {variant.key: found.get(variant.key, empty) for variant in experiment.variants.all()}


def summaries(experiment: Experiment, *, cap_minor: int | None = None) -> dict[str, Summary]:
    """Every variant's summary by its key."""
    return {key: one.summary for key, one in aggregates(experiment, cap_minor=cap_minor).items()}


def segment_aggregates(
    experiment: Experiment, *, cap_minor: int | None = None
) -> dict[tuple[str, str], dict[str, Aggregate]]:
    """Aggregates by (dimension, value), such as ("device", "phone"), then by variant key: orders and revenue only.

    Dimensions are those of the exposure and those in its ``segments``; visitors without a value are left out.
    """
    found: dict[tuple[str, str], dict[str, Aggregate]] = defaultdict(dict)
    for variant, dimension, value, visitors, row in totals(experiment, SEGMENT_KEYS, cap_minor, SEGMENTS):
        found[dimension, value][variant] = aggregate(SEGMENT_KEYS, visitors, row, is_capped=cap_minor is not None)
    return dict(found)


def cumulative_aggregates(
    experiment: Experiment,
    columns: Collection[str],
    *,
    cap_minor: int | None = None,
    missing_cart_value_minor: int = 0,
    since: date | None = None,
) -> dict[date, dict[str, Aggregate]]:
    """For each UTC day with exposures, in order: every variant's aggregate of all visitors first exposed up to it,
    and not before ``since``.

    Their outcomes are those known now. ``columns`` beside ``converted`` are added up; other arguments as for
    `aggregates`. One query, however many days.
    """
    is_capped = cap_minor is not None
    keys = [key for key in KEYS if {"converted", *columns}.issuperset(key)]
    kept = list(dict.fromkeys(part for key in keys for part in sums.parts(key, is_capped=is_capped)))
    query = DAILY.format(
        touched=TOUCHED,
        spans=sums.SPANS,
        columns=", ".join(map(sums.column, kept)),
        fresh=sums.by_day(kept),
    )
    fill_minor = missing_cart_value_minor if cap_minor is None else min(missing_cart_value_minor, cap_minor)
    running: dict[str, Counter[Key]] = defaultdict(Counter)
    found: dict[date, dict[str, Aggregate]] = {}
    options = parameters(experiment, cap_minor) | {"since": since or date.min}
    for day, rows in groupby(fetch(query, options), key=itemgetter(0)):
        for _, variant, visitors, *row in rows:
            running[variant].update({(): int(visitors), **dict(zip(kept, map(int, row), strict=True))})
        found[day] = {
            variant: aggregate(keys, total[()], total, is_capped=is_capped, fill_minor=fill_minor)
            for variant, total in running.items()
        }
    return found


def buyer_rows(experiment: Experiment, *, cap_minor: int | None = None) -> dict[str, npt.NDArray[np.float64]]:
    """Net revenue, orders and margin (0 where unknown) of every buyer by variant key, shape (buyers, 3), in a stable
    order."""
    revenue = sums.EXPRESSIONS["revenue" if cap_minor is None else "capped_revenue"]
    by_variant: dict[int, list[tuple[int, ...]]] = defaultdict(list)
    for variant_id, *values in fetch(BUYERS.format(revenue=revenue), parameters(experiment, cap_minor)):
        by_variant[variant_id].append(tuple(values))
    return {
        variant.key: np.array(by_variant[variant.pk], dtype=np.float64).reshape(-1, 3)
        for variant in experiment.variants.all()
    }


def totals(
    experiment: Experiment, keys: Sequence[Key], cap_minor: int | None, dimensions: str
) -> list[tuple[str, str, str, int, Mapping[Key, int]]]:
    """Rows of variant key, dimension, value, visitors and the kept sums that make up these keys."""
    kept = list(dict.fromkeys(part for key in keys for part in sums.parts(key, is_capped=cap_minor is not None)))
    asked = parameters(experiment, cap_minor)
    parts = {
        "touched": TOUCHED,
        "dimensions": dimensions,
        "totals": ", ".join(f"sum({sums.column(key)})" for key in kept),
    }
    rows = fetch(KEPT.format(**parts), asked)
    if not rows:
        columns = ", ".join(map(sums.column, kept))
        rows = fetch(TOTALS.format(spans=sums.SPANS, columns=columns, grouped=fresh(kept, dimensions), **parts), asked)
    return [
        (variant, dimension, value, int(visitors), dict(zip(kept, map(int, row), strict=True)))
        for variant, dimension, value, visitors, *row in rows
    ]


def fresh(kept: Sequence[Key], dimensions: str) -> str:
    """SQL of the touched days' sums by variant, dimension and value; of everybody without looking at the segments."""
    if dimensions == EVERYBODY:
        return f"SELECT *, '' AS dimension, '' AS value FROM ({sums.by_day(kept)}) AS everybody"  # noqa: S608
    return sums.grouped(kept, dimensions=dimensions)


def aggregate(
    keys: Iterable[Key], visitors: int, kept: Mapping[Key, int], *, is_capped: bool, fill_minor: int = 0
) -> Aggregate:
    """Kept sums as an aggregate, with ``fill_minor`` for every unknown cart value."""
    by_key = {key: total(key, kept, is_capped=is_capped, fill_minor=fill_minor) for key in keys}
    singles = {key[0]: value for key, value in by_key.items() if len(key) == 1}
    pairs = {(key[0], key[1]): value for key, value in by_key.items() if len(key) == 2}
    triples = {(key[0], key[1], key[2]): value for key, value in by_key.items() if len(key) == 3}
    summary = Summary.from_sums(visitors, singles, pairs, triples, buyers=singles["converted"])
    products = {sums.column(key): value for key, value in by_key.items()}
    if (sums.MISSING,) in kept:
        products[sums.MISSING] = kept[sums.MISSING,]
    return Aggregate(visitors, singles, summary, products)


def total(key: Key, kept: Mapping[Key, int], *, is_capped: bool, fill_minor: int) -> int:
    """A key's sum: that of known cart values, and for unknown ones the stand-in's power times what it multiplies."""
    known, *unknown = sums.parts(key, is_capped=is_capped)
    stand_in: int = fill_minor ** key.count(COVARIATE)
    return kept[known] + sum(stand_in * kept[part] for part in unknown)


def parameters(experiment: Experiment, cap_minor: int | None) -> dict[str, Any]:
    """What the queries ask for."""
    return {"experiment_id": experiment.pk, "cap_minor": cap_minor, "is_capped": cap_minor is not None}


def fetch(query: str, parameters: Sequence[Any] | Mapping[str, Any]) -> list[tuple[Any, ...]]:
    """The rows of a query."""
    with connection.cursor() as cursor:
        cursor.execute(query, parameters)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
        return rows
