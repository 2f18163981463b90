"""What is due: which journeys have anything to plan, and a batch of one's runs, locked."""

from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from django.db import connection

from experiments.accounting import outcomes
from experiments.accounting.outcomes import LockSubject
from experiments.sql_columns import only_column
from experiments.sql_files import read_sql
from journeys.models import Journey

JOURNEYS_DUE = read_sql(__file__, "journeys_due")
RUNS_DUE = read_sql(__file__, "runs_due")
LOCK_RUNS = read_sql(__file__, "lock_runs")


class DueRun(NamedTuple):
    """A run whose next step is due, its fields named as the columns; ``contract_ends_at`` where a contract began it."""

    run_id: int
    contact_id: int
    version_id: int
    position: int
    order_id: int | None
    contract_id: int | None
    triggered_at: datetime
    due_at: datetime
    is_control: bool
    contract_ends_at: datetime | None


@dataclass(frozen=True, slots=True)
class DueBatch:
    """Runs to plan, one a contact; ``has_more``: others may be due."""

    runs: list[DueRun]
    has_more: bool


def journeys_due(now: datetime) -> list[int]:
    """List the running journeys with something due, by their row IDs: a few index entries are read where nothing is."""
    with connection.cursor() as cursor:
        cursor.execute(JOURNEYS_DUE, {"now": now})
        return only_column(cursor)


def lock_due_runs(journey: Journey, now: datetime, limit: int) -> DueBatch:
    """Lock the runs of a journey that are due longest, until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute(RUNS_DUE, {"journey_id": journey.pk, "now": now, "limit": limit})
        candidates = cursor.fetchall()
        # Before any row, as orders have it: an order holds its customer's lock and then writes runs. It makes two
        # workers take turns, whichever journey they plan.
        outcomes.lock(LockSubject.CUSTOMER, journey.store_id, {key for _, key in candidates})
        cursor.execute(LOCK_RUNS, {"run_ids": [run_id for run_id, _ in candidates], "now": now})
        rows = list(map(DueRun._make, cursor.fetchall()))
    first = one_per_contact(rows)
    return DueBatch(first, has_more=len(candidates) == limit or len(first) < len(rows))


def one_per_contact(rows: list[DueRun]) -> list[DueRun]:
    """Keep the first run of each contact: the next one has to see its send point, and comes with the next batch."""
    first: dict[int, DueRun] = {}
    for row in rows:
        first.setdefault(row.contact_id, row)
    return list(first.values())
