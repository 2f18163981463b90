"""The parts of the table of events: one for each month in which some were received, made ahead and dropped whole.

What is received in a month that has no part yet goes to the part for all others, so that no event is lost, and from
there to its own when that is made.
"""

from datetime import UTC, date, datetime, timedelta

from django.db import connection, transaction

TABLE = "experiments_widgetevent"
OTHERS = f"{TABLE}_other"
MONTHS_AHEAD = 2

PARTS = """
SELECT pg_get_expr(part.relpartbound, part.oid) FROM pg_inherits
JOIN pg_class AS part ON part.oid = inhrelid
WHERE inhparent = 'experiments_widgetevent'::regclass AND pg_get_expr(part.relpartbound, part.oid) <> 'DEFAULT'
"""
MAKE = """
CREATE TABLE {part} (LIKE {table} INCLUDING DEFAULTS INCLUDING CONSTRAINTS);
WITH moved AS (DELETE FROM {others} WHERE month = '{month}' RETURNING *) INSERT INTO {part} SELECT * FROM moved;
ALTER TABLE {table} ATTACH PARTITION {part} FOR VALUES IN ('{month}');
"""


def month_of(at: datetime) -> date:
    """The first day of the month, in UTC."""
    return at.astimezone(UTC).date().replace(day=1)


def following(month: date, number: int = 1) -> date:
    """The first day of the month so many months later."""
    years, months = divmod(month.month - 1 + number, 12)
    return date(month.year + years, months + 1, 1)


def part_of(month: date) -> str:
    """The name of the month's part."""
    return f"{TABLE}_{month:%Y_%m}"


def months() -> list[date]:
    """The months that have a part, in order."""
    with connection.cursor() as cursor:
        cursor.execute(PARTS)
        return sorted(date.fromisoformat(bound.split("'")[1]) for (bound,) in cursor.fetchall())


def make_ahead(now: datetime) -> list[date]:
    """Make the parts that are missing: of this month, the next ones, and of all that events were received in already.

    Returns the months. Each is a transaction of its own.
    """
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT DISTINCT month FROM {OTHERS}")  # noqa: S608 -- a constant
        needed = {month for (month,) in cursor.fetchall()}
    needed |= {following(month_of(now), ahead) for ahead in range(MONTHS_AHEAD + 1)}
    missing = sorted(needed.difference(months()))
    for month in missing:
        make(month)
    return missing


def make(month: date) -> None:
    """Make the month's part, and take what is already there of it from the part for all others."""
    query = MAKE.format(table=TABLE, others=OTHERS, part=part_of(month), month=month.isoformat())
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL lock_timeout = '2s'")  # rather tomorrow than to keep shoppers' events waiting
        cursor.execute(f"LOCK TABLE {TABLE} IN SHARE UPDATE EXCLUSIVE MODE")
        cursor.execute(query)


def drop_past(now: datetime, keep: timedelta) -> list[date]:
    """Drop the parts of months that have ended longer ago than ``keep``, and return their months."""
    past = [month for month in months() if following(month) <= month_of(now - keep)]
    for month in past:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET LOCAL lock_timeout = '2s'")
            cursor.execute(f"DROP TABLE {part_of(month)}")
    return past
