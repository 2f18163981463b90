"""What is added up of exposures, and how SQL adds it: exact integers, ``numeric`` wherever a product leaves a bigint.

A key such as ``("orders", "revenue")`` stands for the sum of orders x revenue over visitors. Columns of a key:

- ``orders``, ``items``, ``upsell_revenue``, ``refunded``; ``converted`` and ``accepted`` are 0 or 1, as is
  ``refunding``, a buyer who got money back;
- ``margin``: 0 where unknown; ``unknown_margin``: 1 where it is;
- ``revenue``: net of refunds;
- ``cart_value``: of the cart, or of the order that led to the moment; 0 where unknown; ``missing``: 1 where it is;
- ``capped_revenue``, ``capped_cart_value``: the same under the experiment's cap, equal to them where it has none.

With ``missing`` any stand-in for an unknown cart value can be applied to sums, so that it needn't be known in advance.
"""

from collections.abc import Iterable, Sequence
from itertools import combinations_with_replacement

Key = tuple[str, ...]

COVARIATE = "cart_value"
MISSING = "missing"
CAPPED = {"revenue": "capped_revenue", COVARIATE: "capped_cart_value"}
MONEY = ("orders", "revenue", COVARIATE)
SINGLES = (
    "orders",
    "items",
    "upsell_revenue",
    "converted",
    "accepted",
    "refunded",
    "refunding",
    "revenue",
    COVARIATE,
    "margin",
    "unknown_margin",
)
OTHER_KEYS: tuple[Key, ...] = (
    *(("items", "items"), ("items", "orders"), ("upsell_revenue", "upsell_revenue")),
    *(("margin", "margin"), ("margin", "margin", "margin")),
)

CART_VALUE = "COALESCE(prior_order_minor, cart_value_minor)"
NET = "(revenue_minor - refunded_minor)"
CAP = "%(cap_minor)s::bigint"
EXPRESSIONS = {
    "orders": "orders",
    "items": "items",
    "upsell_revenue": "upsell_minor",
    "converted": "has_converted::int",
    "accepted": "has_accepted::int",
    "refunded": "refunded_minor",
    "refunding": "(refunded_minor > 0 AND has_converted)::int",
    "margin": "COALESCE(margin_minor, 0)",
    "unknown_margin": "(margin_minor IS NULL)::int",
    "revenue": NET,
    # without a cap, which is null, LEAST and GREATEST give the other
    "capped_revenue": f"GREATEST(LEAST({NET}, {CAP} * GREATEST(orders, 1)), -{CAP} * GREATEST(orders, 1))",
    COVARIATE: f"COALESCE({CART_VALUE}, 0)",
    "capped_cart_value": f"LEAST(COALESCE({CART_VALUE}, 0), {CAP})",
    MISSING: f"({CART_VALUE} IS NULL)::int",
}
OF_EVERYBODY = frozenset({COVARIATE, "capped_cart_value", MISSING})
IS_BUYER = "(has_converted OR revenue_minor <> 0 OR refunded_minor <> 0)"

# Exposures of automated browsers count only where the store says so, in every variant alike.
IS_COUNTED = """
(NOT is_automated OR (
    SELECT store.is_automation_counted FROM experiments_store AS store
    JOIN experiments_experiment AS own ON own.store_id = store.id WHERE own.id = %(experiment_id)s))
"""
# When each day of "touched" begins and ends by the test's clock; an index reads a day in one go. An exposure's day is
# looked up here and not worked out from its time: of that, the planner can't know how few values there are.
# Materialized: two parts of CELLS read it.
SPANS = """
span AS MATERIALIZED (
    SELECT day, day::timestamp AT TIME ZONE %(day_zone)s AS begins,
        (day + 1)::timestamp AT TIME ZONE %(day_zone)s AS ends
    FROM touched GROUP BY day
)
"""
# Those first exposed up to the end of a day.
IS_THROUGH = "exposed_at < (%(through)s::date + 1)::timestamp AT TIME ZONE %(day_zone)s"
TOUCHED_EXPOSURES = f"""
span JOIN experiments_exposure ON experiments_exposure.experiment_id = %(experiment_id)s
    AND exposed_at >= span.begins AND exposed_at < span.ends {{visit}} WHERE {IS_COUNTED}
"""
DAY = "span.day"
# Exposures of the days in "touched" by cell, of which there are few: all of them, and what only buyers add to. Buyers
# are read apart: the sums of their columns would else be computed for everybody, mostly of 0, which takes longer than
# to read the days twice.
CELLS = """
SELECT {cell}, visitors, conflicting{names}
FROM (
    SELECT {columns}, count(*) AS visitors, count(*) FILTER (WHERE is_conflicting) AS conflicting{of_everybody}
    FROM {exposures} GROUP BY {grouping}
) AS everybody
LEFT JOIN (
    SELECT {columns}{of_buyers} FROM {exposures} AND {is_buyer} GROUP BY {grouping}
) AS buyers USING ({cell})
"""
# What an exposure has columns for, what its page said of the visit, and the hour with the band of the cart's value are
# grouped apart, in one pass: together they would make nearly as many cells as there are exposures. ``kind`` says which
# grouping a cell is of. A column that a grouping lacks has a value instead of null, so that cells of buyers are found.
VISIT_COLUMNS = f"""
{DAY}, variant_id, GROUPING(device, segments, hour) AS kind,
COALESCE(device, '') AS device, COALESCE(country, '') AS country, COALESCE(customer_type, '') AS customer_type,
COALESCE(segments, '{{}}') AS segments, COALESCE(hour, -1) AS hour, COALESCE(cart_band, -1) AS cart_band
"""
VISIT_CELL = "day, variant_id, kind, device, country, customer_type, segments, hour, cart_band"
VISIT_GROUPING = """
GROUPING SETS (
    (day, variant_id, device, country, customer_type), (day, variant_id, segments), (day, variant_id, hour, cart_band))
"""
BY_COLUMN, BY_SEGMENTS, BY_HOUR = 0b011, 0b101, 0b110
# Only of visits whose page says what it is: hours and bands of older exposures aren't recorded, as nothing else is. As
# whole numbers, of which a hash takes less than of texts: hours by twos, and which of the bands it is.
VISIT = f"""
CROSS JOIN LATERAL (
    SELECT CASE WHEN segments ? 'snippet' THEN
            date_part('hour', exposed_at AT TIME ZONE %(zone)s)::int / 2 * 2 ELSE -1 END AS hour,
        CASE WHEN segments ? 'snippet' AND {CART_VALUE} IS NOT NULL THEN
            width_bucket({CART_VALUE}, %(bands)s::bigint[]) ELSE -1 END AS cart_band
) AS visit
"""
# What a cell has a value of, as dimensions and values; the empty one is everybody.
DIMENSIONS_OF_CELL = f"""
    SELECT name, value FROM (
        VALUES ('', ''), ('device', device), ('country', country), ('customer_type', customer_type)
    ) AS told (name, value) WHERE cell.kind = {BY_COLUMN}
    UNION ALL SELECT key, value FROM jsonb_each_text(cell.segments) WHERE cell.kind = {BY_SEGMENTS} AND key <> ''
    UNION ALL SELECT 'hour', lpad(hour::text, 2, '0') WHERE cell.kind = {BY_HOUR} AND hour >= 0
    UNION ALL SELECT 'cart_band', (%(bands)s::bigint[])[cart_band]::text WHERE cell.kind = {BY_HOUR} AND cart_band > 0
"""  # noqa: S608 -- numbers of ours
# The cells by dimension and value. An exposure is in a row of each of its dimensions; without a value it is in none.
# Grouped twice, since a cell of many exposures is taken apart by its dimensions once, not once an exposure.
GROUPED = """
SELECT day, cell.variant_id, dimension.name AS dimension, dimension.value,
    sum(cell.visitors)::bigint AS visitors, sum(cell.conflicting)::bigint AS conflicting{totals}
FROM ({cells}) AS cell
CROSS JOIN LATERAL (
{dimensions_of_cell}
) AS dimension (name, value)
WHERE dimension.name {dimensions} AND (dimension.name = '' OR dimension.value <> '')
GROUP BY day, cell.variant_id, dimension.name, dimension.value
"""
# Up to here squares and cubes fit into a bigint, which is added up several times as fast as a numeric.
SMALL = {2: 3_037_000_499, 3: 2_097_151}


def singles(columns: Iterable[str]) -> list[Key]:
    """List each column by itself."""
    return [(column,) for column in columns]


def powers(columns: Sequence[str]) -> list[Key]:
    """List each unordered pair and triple of the columns once."""
    pairs = combinations_with_replacement(columns, 2)
    triples = combinations_with_replacement(columns, 3)
    return [*pairs, *triples]


def stored(key: Key, *, is_capped: bool) -> Key:
    """Give the key as it is kept: under the cap where asked for."""
    if not is_capped:
        return key
    return tuple(CAPPED.get(name, name) for name in key)


def without_covariate(key: Key) -> Key:
    """Give what an unknown cart value multiplies: the key with ``missing`` in place of all its cart values."""
    others = [name for name in key if name not in OF_EVERYBODY]
    return (MISSING, *others)


def parts(key: Key, *, is_capped: bool) -> list[Key]:
    """List the kept keys that make up a key: itself, and with cart values in it what stands in for unknown ones."""
    kept = stored(key, is_capped=is_capped)
    if COVARIATE not in key:
        return [kept]
    return [kept, without_covariate(kept)]


def column(key: Key) -> str:
    """Name a key's column: ``orders_x_revenue``."""
    return "_x_".join(key)


def key_of(name: str) -> Key:
    """Return the key that has a column of this name."""
    return tuple(name.split("_x_"))


KEYS: tuple[Key, ...] = (*singles(SINGLES), *powers(MONEY), *OTHER_KEYS)


def all_keys() -> tuple[Key, ...]:
    """List every kept sum, those under the cap too, each once: the columns of ``ExposureDay``, in their order there."""
    kept: dict[Key, None] = {}
    for key in KEYS:
        kept.update(dict.fromkeys(parts(key, is_capped=False)))
        kept.update(dict.fromkeys(parts(key, is_capped=True)))
    return tuple(kept)


ALL_KEYS = all_keys()


def grouped(keys: Iterable[Key], *, dimensions: str = "IS NOT NULL") -> str:
    """Write SQL of these sums over the exposures of the days in ``touched``, by day, variant, dimension and value.

    ``dimensions``: which of them, as a comparison, such as ``<> ''``. Parameters: those of
    ``aggregation.parameters``. The query has ``touched`` and ``SPANS`` before it.
    """
    totals = ""
    for key in keys:
        name = column(key)
        totals += f", sum(cell.{name}) AS {name}"
    return GROUPED.format(
        totals=totals,
        cells=cells(keys, cell=VISIT_CELL, columns=VISIT_COLUMNS, grouping=VISIT_GROUPING, visit=VISIT),
        dimensions=dimensions,
        dimensions_of_cell=DIMENSIONS_OF_CELL,
    )


def by_day(keys: Iterable[Key]) -> str:
    """Write SQL of these sums over the exposures of the days in ``touched``, by day and variant: like ``grouped``."""
    return cells(keys, cell="day, variant_id", columns=f"{DAY}, variant_id", grouping="day, variant_id")


def cells(keys: Iterable[Key], *, cell: str, columns: str, grouping: str, visit: str = "") -> str:
    """Write SQL of these sums by the columns that make a cell; ``visit`` gives exposures further columns."""
    named, buyers_named, of_everybody, of_buyers = "", "", "", ""
    for key in keys:
        name = column(key)
        # Everybody has a cart value, which is most of the rows; all else is 0 but for the few who bought.
        if OF_EVERYBODY.issuperset(key):
            named += f", {name}"
            of_everybody += f", {power(key[0], len(key))} AS {name}"
        else:
            # a cell without a buyer has no row among those of buyers
            buyers_named += f", COALESCE({name}, 0) AS {name}"
            of_buyers += f", {product(key)} AS {name}"
    return CELLS.format(
        cell=cell,
        columns=columns,
        grouping=grouping,
        names=named + buyers_named,
        of_everybody=of_everybody,
        of_buyers=of_buyers,
        exposures=TOUCHED_EXPOSURES.format(visit=visit),
        is_buyer=IS_BUYER,
    )


def product(key: Key) -> str:
    """Write SQL of the exact sum of the product of a key's columns."""
    return f"COALESCE(sum({' * '.join(map(as_numeric, key))}), 0)"


def as_numeric(name: str) -> str:
    """Write SQL of a column as numeric: a product of three amounts leaves a bigint."""
    return f"{EXPRESSIONS[name]}::numeric"


def power(name: str, degree: int) -> str:
    """Write SQL of the exact sum of a power of a column: as bigint where that is large enough, else as numeric."""
    value = EXPRESSIONS[name]
    if degree == 1:
        return f"COALESCE(sum({value}), 0)"
    limit = SMALL[degree]
    small = " * ".join([value] * degree)
    large = " * ".join([as_numeric(name)] * degree)
    is_small = f"{value} BETWEEN -{limit} AND {limit}"
    return (
        f"COALESCE(sum(CASE WHEN {is_small} THEN {small} END), 0)"
        f" + COALESCE(sum({large}) FILTER (WHERE NOT {is_small}), 0)"
    )
