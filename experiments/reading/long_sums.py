"""What is added up of long-term outcomes, and how SQL adds it: as ``sums`` does of the outcomes within the window."""

from experiments.reading import sums
from experiments.reading.sums import Key

KEYS: tuple[Key, ...] = (
    *sums.singles(("converted", "orders", "revenue")),
    *(("revenue", "revenue"), ("revenue", "revenue", "revenue")),
)
COLUMNS = tuple(map(sums.column, KEYS))
GROUP = ("day", "horizon_days", "variant_id")
EXPRESSIONS = {
    "converted": "1",
    "orders": "outcome.orders",
    "revenue": "(outcome.revenue_minor - outcome.refunded_minor)",
}
# Looked up for the exposures of the days in "touched": nobody else can have one.
OUTCOME = """
JOIN experiments_longoutcome AS outcome ON outcome.experiment_id = %(experiment_id)s
    AND outcome.visitor_id = experiments_exposure.visitor_id
"""


def by_day() -> str:
    """Write SQL of all sums over the exposures of the days in ``touched``, by day, horizon and variant."""
    totals = ""
    for key in KEYS:
        factors = map("{}::numeric".format, map(EXPRESSIONS.__getitem__, key))
        totals += f", sum({' * '.join(factors)}) AS {sums.column(key)}"
    exposures = sums.TOUCHED_EXPOSURES.format(visit=OUTCOME)
    return f"SELECT {sums.DAY}, outcome.horizon_days, variant_id{totals} FROM {exposures} GROUP BY 1, 2, 3"  # noqa: S608
