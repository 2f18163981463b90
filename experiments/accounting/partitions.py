"""The parts of the table of events: one for each month in which some were received, made ahead and dropped whole.

What is received in a month that has no part yet goes to the part for all others, so that no event is lost, and from
there to its own when that is made.
"""

from datetime import UTC, date, datetime, timedelta

from django.db import connection, transaction

from experiments.sql_columns import only_column

TABLE = "experiments_widgetevent"
OTHERS = f"{TABLE}_other"
MONTHS_AHEAD = 2  # a worker that stands still for weeks loses nothing: see OTHERS
# Attaching a part locks the one for all others, dropping one the whole table: both wait for whoever writes there, and
# all later writers wait behind them.
SHORT_LOCK = "SET LOCAL lock_timeout = '2s'"  # rather tomorrow than to keep shoppers' events waiting

# After each half percent of new rows: what is vacuumed is counted by index alone, and has its Bloom filters made. It is
# no more work, as a page that only gets rows is vacuumed once.
VACUUM_OFTEN = "autovacuum_vacuum_insert_scale_factor = 0.005"
PARTS = """
-- The bounds of all parts but the one for all others, such as: FOR VALUES IN ('2026-11-01')
SELECT pg_get_expr(part.relpartbound, part.oid) FROM pg_inherits
JOIN pg_class AS part ON part.oid = inhrelid
WHERE inhparent = 'experiments_widgetevent'::regclass AND pg_get_expr(part.relpartbound, part.oid) <> 'DEFAULT'
"""
MAKE = """
-- Checks of the whole table come with it, so that the part can be attached; its indexes are made by that.
CREATE TABLE {part} (LIKE {table} INCLUDING DEFAULTS INCLUDING CONSTRAINTS) WITH ({vacuum_often});
-- Attaching fails while the part for all others has a row of the month.
WITH moved AS (DELETE FROM {others} WHERE month = '{month}' RETURNING *) INSERT INTO {part} SELECT * FROM moved;
ALTER TABLE {table} ATTACH PARTITION {part} FOR VALUES IN ('{month}');
"""


def month_of(at: datetime) -> date:
    """Give the first day of the month, in UTC."""
    return at.astimezone(UTC).date().replace(day=1)


def following(month: date, number: int = 1) -> date:
    """Give the first day of the month so many months later."""
    years, months = divmod(month.month - 1 + number, 12)
    return date(month.year + years, months + 1, 1)


def part_of(month: date) -> str:
    """Name the month's part."""
    return f"{TABLE}_{month:%Y_%m}"


def months() -> list[date]:
    """List the months that have a part, in order."""
    with connection.cursor() as cursor:
        cursor.execute(PARTS)
        bounds = only_column(cursor)
    return sorted(map(month_in, bounds))


def month_in(bounds: str) -> date:
    """Read the month from a part's bounds as the database writes them."""
    return date.fromisoformat(bounds.split("'")[1])


def make_ahead(now: datetime) -> list[date]:
    """Make the parts that are missing: of this month, the next ones, and of all that events were received in already.

    Returns the months. Each is a transaction of its own.
    """
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT DISTINCT month FROM {OTHERS}")  # noqa: S608 -- a constant
        needed = set(only_column(cursor))
    for ahead in range(MONTHS_AHEAD + 1):
        needed.add(following(month_of(now), ahead))
    missing = sorted(needed.difference(months()))
    for month in missing:
        make(month)
    return missing


def make(month: date) -> None:
    """Make the month's part, and take what is already there of it from the part for all others."""
    query = MAKE.format(
        table=TABLE, others=OTHERS, part=part_of(month), month=month.isoformat(), vacuum_often=VACUUM_OFTEN
    )
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(SHORT_LOCK)
        # Against another worker that makes the same part; events are written meanwhile.
        cursor.execute(f"LOCK TABLE {TABLE} IN SHARE UPDATE EXCLUSIVE MODE")
        cursor.execute(query)


def drop_past(now: datetime, keep: timedelta) -> list[date]:
    """Drop the parts of months that have ended longer ago than ``keep``, and return their months."""
    oldest_kept = month_of(now - keep)
    past = [month for month in months() if month < oldest_kept]
    for month in past:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(SHORT_LOCK)
            cursor.execute(f"DROP TABLE {part_of(month)}")
    return past
