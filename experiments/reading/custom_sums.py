"""What is added up of outcomes by custom metrics, and how SQL adds it: as ``sums`` does of all outcomes.

Keys and columns have the names that the same figures have there: ``converted`` who bought any of the metric's products,
``orders`` with them, ``items`` units of them, ``revenue`` net of refunds, ``capped_revenue`` under the test's cap.
"""

from experiments.reading import sums
from experiments.reading.sums import Key

KEYS: tuple[Key, ...] = (
    *sums.singles(("converted", "orders", "items", "revenue")),
    *(("items", "items"), ("revenue", "revenue"), ("revenue", "revenue", "revenue")),
)
NET = "(outcome.revenue_minor - outcome.refunded_minor)"
ROOM = f"{sums.CAP} * outcome.orders"
EXPRESSIONS = {
    "converted": "1",
    "orders": "outcome.orders",
    "items": "outcome.units",
    "revenue": NET,
    # without a cap, which is null, LEAST and GREATEST give the other
    "capped_revenue": f"GREATEST(LEAST({NET}, {ROOM}), -{ROOM})",
}
# Looked up for the exposures of the days in "touched" who bought: nobody else can have one.
OUTCOME = """
JOIN experiments_customoutcome AS outcome ON outcome.visitor_id = experiments_exposure.visitor_id
    AND outcome.chosen_id = ANY(ARRAY(
        SELECT id FROM experiments_chosenmetric WHERE experiment_id = %(experiment_id)s AND fixed_at IS NOT NULL))
"""
# Outcomes by cell and metric. Parameters: those of ``sums.grouped``.
CELLS = """
SELECT {columns}, outcome.chosen_id{totals} FROM {exposures} AND has_converted GROUP BY {grouping}, outcome.chosen_id
"""
# The cells by dimension and value, as ``sums.GROUPED``.
GROUPED = """
SELECT day, cell.variant_id, dimension.name AS dimension, dimension.value, cell.chosen_id{totals}
FROM ({cells}) AS cell
CROSS JOIN LATERAL ({dimensions_of_cell}) AS dimension (name, value)
WHERE dimension.name {dimensions} AND (dimension.name = '' OR dimension.value <> '')
GROUP BY day, cell.variant_id, dimension.name, dimension.value, cell.chosen_id
"""


def all_keys() -> tuple[Key, ...]:
    """List every kept sum, those under the cap too, each once: the columns of ``CustomMetricDay``."""
    kept: dict[Key, None] = {}
    for key in KEYS:
        kept[sums.stored(key, is_capped=False)] = None
        kept[sums.stored(key, is_capped=True)] = None
    return tuple(kept)


ALL_KEYS = all_keys()
COLUMNS = tuple(map(sums.column, ALL_KEYS))


def grouped(*, dimensions: str = "IS NOT NULL") -> str:
    """Write SQL of all sums over the exposures of the days in ``touched``, by day, variant, dimension, value and
    metric; ``dimensions`` as in ``sums.grouped``. The query has ``touched`` and ``SPANS`` before it."""
    totals = ""
    for name in COLUMNS:
        totals += f", sum(cell.{name}) AS {name}"
    return GROUPED.format(
        totals=totals,
        cells=cells(columns=sums.VISIT_COLUMNS, grouping=sums.VISIT_GROUPING, visit=sums.VISIT),
        dimensions_of_cell=sums.DIMENSIONS_OF_CELL,
        dimensions=dimensions,
    )


def by_day() -> str:
    """Write SQL of all sums over the exposures of the days in ``touched``, by day, variant and metric."""
    return cells(columns=f"{sums.DAY}, variant_id", grouping="day, variant_id")


def cells(*, columns: str, grouping: str, visit: str = "") -> str:
    """Write SQL of all sums by metric and the columns that make a cell; ``visit`` gives exposures further columns."""
    totals = ""
    for key in ALL_KEYS:
        factors = [f"{EXPRESSIONS[name]}::numeric" for name in key]
        totals += f", sum({' * '.join(factors)}) AS {sums.column(key)}"
    return CELLS.format(
        columns=columns,
        grouping=grouping,
        totals=totals,
        exposures=sums.TOUCHED_EXPOSURES.format(visit=visit + OUTCOME),
    )
