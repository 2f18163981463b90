"""Exposures -> sums: the only place that knows where an experiment's figures come from.

The database adds up exact integers (``numeric`` wherever a product can leave a bigint); ``Summary`` centres them. The
unit is the exposed visitor, buyer or not, in the variant that was seen first: intention to treat. Columns of a summary:
``orders``, ``revenue`` (net of refunds), ``items``, ``upsell_revenue``, ``converted``, ``accepted``, ``cart_value``,
``margin`` of those for whom it is known; ``unknown_margin`` counts the others.
"""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import combinations_with_replacement, repeat
from typing import Any

import numpy as np
import numpy.typing as npt
from django.db import connection

from experiments.models import Experiment
from experiments.statistics import Summary

TRAFFIC_DAYS = 7

NET = "(revenue_minor - refunded_minor)"
CART_VALUE = "COALESCE(cart_value_minor, {fill})"
CAPPED = "GREATEST(LEAST({net}, {cap} * GREATEST(orders, 1)), -{cap} * GREATEST(orders, 1))"
IS_BUYER = "(has_converted OR revenue_minor <> 0 OR refunded_minor <> 0)"
EXPRESSIONS = {
    "orders": "orders",
    "items": "items",
    "upsell_revenue": "upsell_minor",
    "converted": "has_converted::int",
    "accepted": "has_accepted::int",
    "refunded": "refunded_minor",
    "margin": "COALESCE(margin_minor, 0)",
    "unknown_margin": "(margin_minor IS NULL)::int",
}
COVARIATE = "cart_value"
MONEY = ("orders", "revenue", COVARIATE)
OTHER_KEYS = (
    *(("items", "items"), ("items", "orders"), ("upsell_revenue", "upsell_revenue")),
    *(("margin", "margin"), ("margin", "margin", "margin")),
)
BUILT_IN_DIMENSIONS = ("device", "country", "customer_type")

Key = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Aggregate:
    """What a group of visitors adds up to: exact ``sums`` per column, and the ``summary`` that statistics read."""

    visitors: int
    sums: Mapping[str, int]
    summary: Summary


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What the exposures of an experiment say about themselves, over all variants.

    ``mean_cart_value_minor`` is of those that carry one, ``recent_visitors`` were exposed in the seven days up to the
    last exposure.
    """

    visitors: int
    conflicting: int
    immature: int
    with_cart_value: int
    mean_cart_value_minor: int
    recent_visitors: int
    first_exposed_at: datetime | None
    last_exposed_at: datetime | None


def facts(experiment: Experiment, now: datetime) -> Facts:
    """Read the facts; an exposure is immature while its attribution window is open at ``now``."""
    query = """
        WITH span AS MATERIALIZED (
            SELECT min(exposed_at) AS first, max(exposed_at) AS last FROM experiments_exposure WHERE experiment_id = %s
        )
        SELECT count(*), count(*) FILTER (WHERE is_conflicting), count(*) FILTER (WHERE exposed_at > %s),
            count(cart_value_minor), COALESCE(round(avg(cart_value_minor)), 0)::bigint,
            count(*) FILTER (WHERE exposed_at > span.last - make_interval(days => %s)), span.first, span.last
        FROM experiments_exposure, span
        WHERE experiment_id = %s GROUP BY span.first, span.last
    """
    window_start = now - timedelta(days=experiment.attribution_window_days)
    rows = fetch(query, [experiment.pk, window_start, TRAFFIC_DAYS, experiment.pk])
    visitors, conflicting, immature, with_cart_value, mean, recent, first, last = (
        rows[0] if rows else (0, 0, 0, 0, 0, 0, None, None)
    )
    return Facts(
        visitors=visitors,
        conflicting=conflicting,
        immature=immature,
        with_cart_value=with_cart_value,
        mean_cart_value_minor=mean,
        recent_visitors=recent,
        first_exposed_at=first,
        last_exposed_at=last,
    )


def aggregates(
    experiment: Experiment, *, cap_minor: int | None = None, missing_cart_value_minor: int = 0
) -> dict[str, Aggregate]:
    """Every variant's aggregate by its key, those without visitors included.

    ``cap_minor``: a visitor's net revenue counts as at most this much per order, and at least as minus this much; a
    cart's value as at most this much, which keeps it as close to the order's.
    ``missing_cart_value_minor`` stands in for an unknown cart value; any constant leaves a comparison unbiased.
    """
    money = money_keys(MONEY)
    keys = [
        *((name,) for name in (*EXPRESSIONS, "revenue", COVARIATE)),
        *(key for key in money if len(key) > 1),
        *OTHER_KEYS,
    ]
    expressions = column_expressions(cap_minor, missing_cart_value_minor)
    rows = fetch(
        f"SELECT variant_id, {selected(keys, expressions)} FROM experiments_exposure "  # noqa: S608
        "WHERE experiment_id = %s GROUP BY variant_id",
        [experiment.pk],
    )
    by_variant = {variant_id: aggregate(keys, values) for variant_id, *values in rows}
    empty = aggregate(keys, [0] * (len(keys) + 2))
    return {variant.key: by_variant.get(variant.pk, empty) for variant in experiment.variants.all()}


def summaries(experiment: Experiment, *, cap_minor: int | None = None) -> dict[str, Summary]:
    """Every variant's summary by its key."""
    return {key: one.summary for key, one in aggregates(experiment, cap_minor=cap_minor).items()}


def segment_aggregates(
    experiment: Experiment, *, cap_minor: int | None = None
) -> dict[tuple[str, str], dict[str, Aggregate]]:
    """Aggregates by (dimension, value), such as ("device", "phone"), then by variant key: orders and revenue only.

    Dimensions are those of the exposure and those in its ``segments``; visitors without a value are left out.
    """
    keys = [*money_keys(("orders", "revenue")), ("converted",)]
    rows = fetch(
        f"SELECT variant.key, segments::text, {', '.join(BUILT_IN_DIMENSIONS)}, "  # noqa: S608
        f"{selected(keys, column_expressions(cap_minor, 0))} "
        "FROM experiments_exposure AS exposure JOIN experiments_variant AS variant ON variant.id = exposure.variant_id "
        f"WHERE exposure.experiment_id = %s GROUP BY variant.key, segments, {', '.join(BUILT_IN_DIMENSIONS)}",
        [experiment.pk],
    )
    totals: dict[tuple[str, str], dict[str, list[int]]] = defaultdict(dict)
    for variant, segments, device, country, customer_type, *values in rows:
        built_in = zip(BUILT_IN_DIMENSIONS, (device, country, customer_type), strict=True)
        for dimension, value in [*built_in, *json.loads(segments).items()]:
            if value != "":
                known = totals[dimension, value].get(variant, repeat(0))
                totals[dimension, value][variant] = [int(a) + b for a, b in zip(values, known, strict=False)]
    return {
        group: {variant: aggregate(keys, values) for variant, values in by_variant.items()}
        for group, by_variant in totals.items()
    }


def buyer_rows(experiment: Experiment, *, cap_minor: int | None = None) -> dict[str, npt.NDArray[np.float64]]:
    """Net revenue, orders and margin (0 where unknown) of every buyer by variant key, shape (buyers, 3), in a stable
    order."""
    revenue = column_expressions(cap_minor, 0)["revenue"]
    rows = fetch(
        f"SELECT variant_id, {revenue}, orders, {EXPRESSIONS['margin']} FROM experiments_exposure "  # noqa: S608
        f"WHERE experiment_id = %s AND {IS_BUYER} ORDER BY visitor_id",
        [experiment.pk],
    )
    by_variant: dict[int, list[tuple[int, ...]]] = defaultdict(list)
    for variant_id, *values in rows:
        by_variant[variant_id].append(tuple(values))
    return {
        variant.key: np.array(by_variant[variant.pk], dtype=np.float64).reshape(-1, 3)
        for variant in experiment.variants.all()
    }


def money_keys(columns: Sequence[str]) -> list[Key]:
    """Each column, unordered pair and unordered triple once."""
    return [key for order in (1, 2, 3) for key in combinations_with_replacement(columns, order)]


def column_expressions(cap_minor: int | None, fill_minor: int) -> dict[str, str]:
    """SQL of each column; the two amounts are integers of ours."""
    revenue, cart_value = NET, CART_VALUE.format(fill=int(fill_minor))
    if cap_minor is not None:
        revenue = CAPPED.format(net=NET, cap=int(cap_minor))
        cart_value = f"LEAST({cart_value}, {int(cap_minor)})"
    return EXPRESSIONS | {"revenue": revenue, COVARIATE: cart_value}


def selected(keys: Iterable[Key], expressions: Mapping[str, str]) -> str:
    """SQL of visitors, buyers, and the sum of each key's product; who didn't buy adds to the covariate's alone."""
    return ", ".join(["count(*)", "count(*) FILTER (WHERE has_converted)", *(summed(key, expressions) for key in keys)])


def summed(key: Key, expressions: Mapping[str, str]) -> str:
    """SQL of the exact sum of the product of a key's columns."""
    product = " * ".join(f"{expressions[name]}::numeric" for name in key)
    condition = "" if set(key) == {COVARIATE} else f" FILTER (WHERE {IS_BUYER})"
    return f"COALESCE(sum({product}){condition}, 0)"


def aggregate(keys: Sequence[Key], values: Sequence[Any]) -> Aggregate:
    """A row of ``selected`` as an aggregate."""
    visitors, buyers, *totals = map(int, values)
    by_key = dict(zip(keys, totals, strict=True))
    sums = {key[0]: total for key, total in by_key.items() if len(key) == 1}
    pairs = {(key[0], key[1]): total for key, total in by_key.items() if len(key) == 2}
    triples = {(key[0], key[1], key[2]): total for key, total in by_key.items() if len(key) == 3}
    return Aggregate(visitors, sums, Summary.from_sums(visitors, sums, pairs, triples, buyers=buyers))


def fetch(query: str, parameters: Sequence[Any]) -> list[tuple[Any, ...]]:
    """The rows of a query."""
    with connection.cursor() as cursor:
        cursor.execute(query, parameters)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
        return rows
