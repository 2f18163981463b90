"""What covariates add up to: sums of products of what was known of visitors before the offer, and of outcomes with it.

A regression needs nothing else (``statistics.regression``). The sums of a day are one array (``CovariateDay``), so that
another covariate is another length and no other table. Features of a visitor:

- ``cart``: the root of the value, in minor units, of the cart or of the order that led to the moment, rounded; 0 where
  unknown. ``capped_cart``: the same under the experiment's cap; ``no_cart``: 1 where it isn't known. The root, since a
  few very large carts would else weigh on the slopes more than all others. With an indicator, any stand-in for what is
  unknown is as good.
- ``items``: products in the cart; ``no_items`` as above. ``orders_before``, ``no_orders_before``: earlier orders.
- ``on_phone``, ``has_returned``: 1 or 0.
- ``hour_sine``, ``hour_cosine``: of the hour of the day, in thousandths. Together they are the same in any timezone.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from itertools import combinations_with_replacement
from math import cos, pi, sin
from typing import NamedTuple

import numpy as np

from experiments.models import Covariate, Experiment
from experiments.reading import sums
from experiments.reading.replica import read_connection
from experiments.sql_files import read_sql
from experiments.statistics.regression import Array, CovariateMoments

CART, CAPPED_CART = "cart", "capped_cart"
# Those that are alike for many visitors, and by which visitors are grouped before anything is multiplied.
GROUPED = (
    "no_cart",
    "items",
    "no_items",
    "on_phone",
    "has_returned",
    "hour_sine",
    "hour_cosine",
    "orders_before",
    "no_orders_before",
)
FEATURES = (CART, CAPPED_CART, *GROUPED)
# A choice is of these; the cart is the capped one where there is a cap.
FEATURES_OF: Mapping[str, Sequence[str]] = {
    Covariate.CART_VALUE: (CART, "no_cart"),
    Covariate.CART_ITEMS: ("items", "no_items"),
    Covariate.DEVICE: ("on_phone",),
    Covariate.CUSTOMER_TYPE: ("has_returned",),
    Covariate.HOUR: ("hour_sine", "hour_cosine"),
    Covariate.PAST_ORDERS: ("orders_before", "no_orders_before"),
}
# Beyond, more products or orders tell no more, and few visitors would weigh on all.
MOST_ITEMS, MOST_ORDERS = 20, 20
THOUSANDTHS = 1_000
# ``units``: products that were bought, which a visitor's own column calls items, like those that were in the cart.
UNITS = "units"
OUTCOMES = ("revenue", "capped_revenue", "orders", "converted", "accepted", "margin", UNITS)
# The columns of a summary that can be adjusted.
ADJUSTED = frozenset({"revenue", "orders", "converted", "accepted", "margin", "items"})

# No cart is multiplied by the other: a reading takes one of them.
PAIRS = tuple(pair for pair in combinations_with_replacement(FEATURES, 2) if pair != (CART, CAPPED_CART))
# The order of a day's sums: features, their products, and outcomes times features.
LAYOUT: tuple[tuple[str, ...], ...] = (
    *((name,) for name in FEATURES),
    *PAIRS,
    *((outcome, name) for outcome in OUTCOMES for name in FEATURES),
)
POSITIONS = {key: position for position, key in enumerate(LAYOUT)}

TOUCHED = read_sql(__file__, "touched")
COVARIATE_SUMS = read_sql(__file__, "covariate_sums")


def wave(function: object, hour: int) -> int:
    """Return a sine or cosine of the hour in thousandths."""
    value: float = function(2 * pi * hour / 24)  # type: ignore[operator]
    return round(THOUSANDTHS * value)


def hours_array(function: object) -> str:
    """Write SQL of the sine or cosine of an exposure's hour, by looking it up."""
    values = ", ".join(str(wave(function, hour)) for hour in range(24))
    return f"(ARRAY[{values}])[extract(hour FROM exposed_at AT TIME ZONE 'UTC')::int + 1]"


EXPRESSIONS = {
    "no_cart": f"({sums.CART_VALUE} IS NULL)::int",
    "items": f"LEAST(COALESCE(cart_items, 0), {MOST_ITEMS})::int",
    "no_items": "(cart_items IS NULL)::int",
    "on_phone": "(device = 'phone')::int",
    "has_returned": "(customer_type = 'returning')::int",
    "hour_sine": hours_array(sin),
    "hour_cosine": hours_array(cos),
    "orders_before": f"LEAST(COALESCE(past_orders, 0), {MOST_ORDERS})::int",
    "no_orders_before": "(past_orders IS NULL)::int",
}
CARTS = {
    CART: f"round(sqrt(GREATEST({sums.EXPRESSIONS[sums.COVARIATE]}, 0)::float8))::bigint",
    CAPPED_CART: f"round(sqrt(GREATEST({sums.EXPRESSIONS['capped_cart_value']}, 0)::float8))::bigint",
}
SUMS_OF_EVERYBODY = frozenset({"visitors", *CARTS, *(f"{cart}_x_{cart}" for cart in CARTS)})


def fresh() -> str:
    """Write SQL of the arrays of the days in ``touched``, by day and variant: like ``sums.by_day``."""
    return COVARIATE_SUMS.format(
        day=sums.DAY,
        keys=", ".join(grouped_features()),
        names=", ".join(GROUPED),
        cell=", ".join(positions_of_group()),
        of_everybody=", ".join(sums_of_everybody()),
        of_buyers=", ".join(sums_of_buyers()),
        exposures=sums.TOUCHED_EXPOSURES.format(visit=""),
        is_buyer=sums.IS_BUYER,
        totals=", ".join(totals_of_groups()),
    )


def grouped_features() -> list[str]:
    """List SQL of the features that visitors are grouped by."""
    return [f"{EXPRESSIONS[name]} AS {name}" for name in GROUPED]


def positions_of_group() -> list[str]:
    """List what a group has in common, the day, the variant and the features, by position in the SELECT.

    A name would mean the exposure's own column, such as what was bought.
    """
    return [str(position) for position in range(1, 3 + len(GROUPED))]


def totals_of_groups() -> list[str]:
    """List SQL of each sum of a day, over its groups, in the order of ``LAYOUT``."""
    return [f"COALESCE(sum({term(key)}), 0)" for key in LAYOUT]


def sums_of_everybody() -> list[str]:
    """List SQL of what all visitors of a group add up to: each cart, and its square."""
    return [f"sum({root}) AS {cart}, sum({root} * {root}) AS {cart}_x_{cart}" for cart, root in CARTS.items()]


def sums_of_buyers() -> list[str]:
    """List SQL of what the buyers of a group add up to: each outcome, alone and times each cart."""
    columns = []
    for outcome in OUTCOMES:
        columns.append(f"{sums.product((column_of(outcome),))} AS {outcome}")
        for cart, root in CARTS.items():
            columns.append(f"sum({sums.as_numeric(column_of(outcome))} * {root}) AS {outcome}_x_{cart}")
    return columns


def column_of(outcome: str) -> str:
    """Return the name of an outcome among the sums of exposures."""
    if outcome == UNITS:
        return "items"
    return outcome


def term(key: Sequence[str]) -> str:
    """Write SQL of what a group of visitors adds to a sum: what varies within it, times what doesn't."""
    varying, alike = [], []
    for name in key:
        if name in CARTS or name in OUTCOMES:
            varying.append(name)
        else:
            alike.append(name)
    within = "visitors"
    if varying:
        within = "_x_".join(varying)
    group = "buyers"
    if within in SUMS_OF_EVERYBODY:
        group = "everybody"
    return " * ".join([f"{group}.{within}", *alike])


FRESH = fresh()
KEPT_COVARIATES = read_sql(__file__, "kept_covariates").format(touched=TOUCHED)
COVARIATE_DAYS = read_sql(__file__, "covariate_days").format(touched=TOUCHED, spans=sums.SPANS, fresh=FRESH)


def total_covariates(
    experiment: Experiment, *, cap_minor: int | None, through: date | None = None
) -> dict[str, CovariateMoments]:
    """Read by variant key what the chosen covariates add up to over all days; nothing of a test without them."""
    totals: dict[str, Array] = {}
    visitors: Counter[str] = Counter()
    # Days are added up as they are kept: to take the chosen sums out of each would take longer than to read them.
    for row in read_days(experiment, cap_minor=cap_minor, through=through):
        totals[row.variant] = totals.get(row.variant, 0.0) + row.values
        visitors[row.variant] += row.visitors
    is_capped = cap_minor is not None
    features = features_of(experiment, is_capped=is_capped)
    found = {}
    for variant, values in totals.items():
        found[variant] = chosen_sums(values, visitors[variant], features, is_capped)
    return found


def add_day(totals: dict[str, CovariateMoments], arms: Mapping[str, CovariateMoments]) -> None:
    """Add a day's sums to the totals, by variant key."""
    for variant, of_day in arms.items():
        if variant in totals:
            totals[variant] = totals[variant] + of_day
        else:
            totals[variant] = of_day


def covariate_sums(
    experiment: Experiment, *, cap_minor: int | None, through: date | None = None, since: date | None = None
) -> dict[date, dict[str, CovariateMoments]]:
    """Read by day of the test and variant key what the chosen covariates add up to; nothing of a test without them.

    ``cap_minor``, ``through``, ``since``: as for `aggregation.aggregates`; exact at any instant, like these.
    """
    is_capped = cap_minor is not None
    features = features_of(experiment, is_capped=is_capped)
    found: dict[date, dict[str, CovariateMoments]] = {}
    for row in read_days(experiment, cap_minor=cap_minor, through=through, since=since):
        arms = found.setdefault(row.day, {})
        arms[row.variant] = chosen_sums(row.values, row.visitors, features, is_capped)
    return found


class KeptDay(NamedTuple):
    """A variant's visitors of a day, with the array of their sums."""

    day: date
    variant: str
    visitors: int
    values: Array


def read_days(
    experiment: Experiment, *, cap_minor: int | None, through: date | None = None, since: date | None = None
) -> Iterator[KeptDay]:
    """Yield the days of `covariate_sums` as they are kept; none of a test without them."""
    if not experiment.has_covariate_sums:
        return
    parameters = {
        "experiment_id": experiment.pk,
        "cap_minor": cap_minor,
        "is_capped": cap_minor is not None,
        "through": through or date.max,
        "since": since or date.min,
        "day_zone": experiment.day_zone,
    }
    with read_connection().cursor() as cursor:
        cursor.execute(KEPT_COVARIATES, parameters)
        if not cursor.rowcount:  # a day was touched since the worker last added up, or nobody was exposed
            cursor.execute(COVARIATE_DAYS, parameters)
        for day, variant, visitors, text in cursor.fetchall():
            yield KeptDay(day, variant, visitors, np.array(text[1:-1].split(","), dtype=np.float64))


def features_of(experiment: Experiment, *, is_capped: bool) -> list[str]:
    """List the features of the experiment's covariates, in the order of ``FEATURES``."""
    chosen: set[str] = set()
    for covariate in experiment.covariates:
        chosen.update(FEATURES_OF[covariate])
    if is_capped and CART in chosen:
        chosen = chosen - {CART} | {CAPPED_CART}
    return [name for name in FEATURES if name in chosen]


def chosen_sums(values: Array, visitors: int, features: Sequence[str], is_capped: bool) -> CovariateMoments:
    """Take what some features add up to out of a day's array; revenue as asked for, under its plain name."""
    number = len(features)
    squares = np.zeros((number, number))
    for row, one in enumerate(features):
        for column, other in enumerate(features[row:], start=row):
            squares[row, column] = squares[column, row] = values[POSITIONS[one, other]]
    products = {}
    for outcome in OUTCOMES:
        products[column_of(outcome)] = values_at(values, [(outcome, name) for name in features])
    if is_capped:
        products["revenue"] = products["capped_revenue"]
    return CovariateMoments(visitors, values_at(values, [(name,) for name in features]), squares, products)


def values_at(values: Array, keys: Sequence[tuple[str, ...]]) -> Array:
    """Take some sums out of a day's array."""
    return values[list(map(POSITIONS.__getitem__, keys))]
