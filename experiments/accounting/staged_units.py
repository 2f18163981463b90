"""Exposures of a test that was run elsewhere: its units, outcomes included, go through a temporary table.

With all units in a table, one statement compares them with the exposures that are there and writes what differs.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from django.db import connection

from experiments.models import Experiment
from experiments.sql_columns import only_column
from experiments.sql_files import read_sql

CREATE_STAGING = """
DROP TABLE IF EXISTS pg_temp.imported_unit;
CREATE TEMPORARY TABLE imported_unit (
    visitor_id text PRIMARY KEY, variant_key text NOT NULL, exposed_at timestamptz NOT NULL, cart_value_minor bigint,
    segments jsonb NOT NULL, orders int NOT NULL, revenue_minor bigint NOT NULL
) ON COMMIT DROP
"""
COPY_STAGING = """
COPY imported_unit (visitor_id, variant_key, exposed_at, cart_value_minor, segments, orders, revenue_minor) FROM STDIN
"""
# Exposures whose units the file no longer has.
DELETE_GONE = """
DELETE FROM experiments_exposure AS stored WHERE experiment_id = %(experiment_id)s
    AND NOT EXISTS (SELECT FROM imported_unit AS unit WHERE unit.visitor_id = stored.visitor_id)
"""
MERGE = read_sql(__file__, "merge_units")


class StagedUnit(NamedTuple):
    """A row of the temporary table, its fields in the order of ``COPY_STAGING``; ``segments`` is JSON."""

    visitor_id: str
    variant_key: str
    exposed_at: datetime
    cart_value_minor: int | None
    segments: str
    orders: int
    revenue_minor: int


@dataclass(frozen=True, slots=True, kw_only=True)
class MergeResult:
    """How many exposures differed from the staged units."""

    added: int
    changed: int
    removed: int


@contextmanager
def staging() -> Iterator[Callable[[StagedUnit], None]]:
    """Yield a function that writes a unit into the temporary table, which is emptied first and ends with the
    transaction."""
    with connection.cursor() as cursor:
        cursor.execute(CREATE_STAGING)
        with cursor.copy(COPY_STAGING) as copy:
            yield copy.write_row
        # Without it the planner guesses how many units there are, and merges row by row through an index.
        cursor.execute("ANALYZE imported_unit")


def merge(experiment: Experiment) -> MergeResult:
    """Make the experiment's exposures equal the staged units, touching only what differs."""
    ids = {"experiment_id": experiment.pk, "store_id": experiment.store_id}
    with connection.cursor() as cursor:
        cursor.execute(DELETE_GONE, ids)
        removed = cursor.rowcount
        cursor.execute(MERGE, ids)
        is_new = only_column(cursor)
    added = sum(is_new)
    return MergeResult(added=added, changed=len(is_new) - added, removed=removed)
