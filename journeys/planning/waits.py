"""How long a step waits, as a part of SQL: the same for the first step of a run and for those that follow."""

from experiments.sql_files import read_sql

STEP_WAIT = read_sql(__file__, "step_wait")


def step_wait(*, store_id: str, order_id: str) -> str:
    """Write the SELECT of a step's wait, given the SQL of the store and order; the row ``step`` is in its reach."""
    return STEP_WAIT.format(store_id=store_id, order_id=order_id)
