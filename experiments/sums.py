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
# Exposures of the days in "touched", by variant, dimension and value; first by cell, of which there are few.
GROUPED = """
SELECT cell.variant_id, dimension.name AS dimension, dimension.value,
    sum(cell.visitors)::bigint AS visitors, sum(cell.conflicting)::bigint AS conflicting, {totals}
FROM (
    SELECT variant_id, device, country, customer_type, segments,
        count(*) AS visitors, count(*) FILTER (WHERE is_conflicting) AS conflicting, {sums}
    FROM experiments_exposure WHERE experiment_id = %(experiment_id)s AND {is_counted} AND {is_touched}
    GROUP BY variant_id, device, country, customer_type, segments
) AS cell
CROSS JOIN LATERAL (
    VALUES ('', ''), ('device', device), ('country', country), ('customer_type', customer_type)
    UNION ALL SELECT key, value FROM jsonb_each_text(cell.segments) WHERE key <> ''
) AS dimension (name, value)
WHERE dimension.name {dimensions} AND (dimension.name = '' OR dimension.value <> '')
GROUP BY cell.variant_id, dimension.name, dimension.value
"""
# One pass over the span of those days, however many they are and however the table is ordered; "IS TRUE" keeps it from
# becoming a join, whose cost the planner can't know.
IS_TOUCHED = """
exposed_at >= (SELECT min(day) FROM touched)::timestamp AT TIME ZONE 'UTC'
AND exposed_at < ((SELECT max(day) FROM touched) + 1)::timestamp AT TIME ZONE 'UTC'
AND ((exposed_at AT TIME ZONE 'UTC')::date IN (SELECT day FROM touched)) IS TRUE
"""


def powers(columns: Sequence[str]) -> list[Key]:
    """Each unordered pair and triple of the columns once."""
    return [key for order in (2, 3) for key in combinations_with_replacement(columns, order)]


def stored(key: Key, *, is_capped: bool) -> Key:
    """The key as it is kept: under the cap where asked for."""
    return tuple(CAPPED.get(name, name) for name in key) if is_capped else key


def without_covariate(key: Key) -> Key:
    """What an unknown cart value multiplies: the key with ``missing`` in place of all its cart values."""
    return (MISSING, *(name for name in key if name not in OF_EVERYBODY))


def parts(key: Key, *, is_capped: bool) -> list[Key]:
    """The kept keys that make up a key: itself, and where cart values are in it what stands in for unknown ones."""
    kept = stored(key, is_capped=is_capped)
    return [kept, without_covariate(kept)] if COVARIATE in key else [kept]


def column(key: Key) -> str:
    """The name of a key's column: ``orders_x_revenue``."""
    return "_x_".join(key)


ALL_KEYS: tuple[Key, ...] = tuple(
    dict.fromkeys(
        part
        for key in (*((name,) for name in SINGLES), *powers(MONEY), *OTHER_KEYS)
        for is_capped in (False, True)
        for part in parts(key, is_capped=is_capped)
    )
)


def grouped(keys: Iterable[Key], *, dimensions: str = "IS NOT NULL") -> str:
    """SQL of these sums over the exposures of the days in ``touched``, by variant, dimension and value.

    ``dimensions``: which of them, as a comparison, such as ``= ''``. Parameters: ``experiment_id``, ``cap_minor``.
    """
    names = [(column(key), summed(key)) for key in keys]
    return GROUPED.format(
        totals=", ".join(f"sum(cell.{name}) AS {name}" for name, _ in names),
        sums=", ".join(f"{sql} AS {name}" for name, sql in names),
        is_counted=IS_COUNTED,
        is_touched=IS_TOUCHED,
        dimensions=dimensions,
    )


def summed(key: Key) -> str:
    """SQL of the exact sum of the product of a key's columns; who didn't buy adds to cart values alone."""
    product = " * ".join(f"{EXPRESSIONS[name]}::numeric" for name in key)
    condition = "" if OF_EVERYBODY.issuperset(key) else f" FILTER (WHERE {IS_BUYER})"
    return f"COALESCE(sum({product}){condition}, 0)"
