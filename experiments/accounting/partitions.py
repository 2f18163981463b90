"""The parts of the table of events: one for each month in which some were received, made ahead and dropped whole.

Where events go on to ClickHouse (``ANALYTICS_URL``), there is one for each day instead, so that it can soon be dropped.
A part is named by its first day; that of a month's first day may be either. What is received in a month or on a day
that has no part yet goes to the part for all others, so that no event is lost, and from there to its own when that is
made.
"""

from datetime import UTC, date, datetime, timedelta

from django.conf import settings
from django.core.cache import cache
from django.db import connection, transaction

from experiments.models import WidgetEvent
from experiments.sql_columns import only_column

TABLE = "experiments_widgetevent"
OTHERS = f"{TABLE}_other"
MONTHS_AHEAD = 2  # a worker that stands still for weeks loses nothing: see OTHERS
DAYS_AHEAD = 7
# Attaching a part locks the one for all others, dropping one the whole table: both wait for whoever writes there, and
# all later writers wait behind them.
SHORT_LOCK = "SET LOCAL lock_timeout = '2s'"  # rather tomorrow than to keep shoppers' events waiting

# After each half percent of new rows: what is vacuumed is counted by index alone, and has its Bloom filters made. It is
# no more work, as a page that only gets rows is vacuumed once.
VACUUM_OFTEN = "autovacuum_vacuum_insert_scale_factor = 0.005"
DAYS_KEY, DAYS_SECONDS = "days_with_parts", 60
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
WITH moved AS (DELETE FROM {others} WHERE month = '{month}' RETURNING {columns})
    INSERT INTO {part} ({columns}) SELECT {columns} FROM moved;
ALTER TABLE {table} ATTACH PARTITION {part} FOR VALUES IN ('{month}');
"""


def month_of(at: datetime) -> date:
    """Give the first day of the month, in UTC."""
    return at.astimezone(UTC).date().replace(day=1)


def part_at(at: datetime) -> date:
    """Give the part that takes what is received at this instant: by day where events go on to ClickHouse."""
    if settings.ANALYTICS_SHARDS:
        return at.astimezone(UTC).date()
    return month_of(at)


def parts_between(since: datetime, until: datetime) -> set[date]:
    """Give the parts that may have events of a time: months, and the days of which somebody has made parts."""
    first, last = since.astimezone(UTC).date(), until.astimezone(UTC).date()
    days, months = set(), set()
    while first <= last:
        days.add(first)
        months.add(first.replace(day=1))
        first += timedelta(days=1)
    if settings.ANALYTICS_SHARDS:
        return months | days
    return months | (days & days_with_parts())


def days_with_parts() -> set[date]:
    """Give the days that have a part of their own, as known within the last minute: next to nobody has any."""
    days: set[date] | None = cache.get(DAYS_KEY)
    if days is None:
        days = set(filter(is_of_a_day, months()))
        cache.set(DAYS_KEY, days, DAYS_SECONDS)
    return days


def is_of_a_day(part: date) -> bool:
    """Whether a part can only be one of a day: that of a month's first day may be the month's."""
    return part.day > 1


def following(month: date, number: int = 1) -> date:
    """Give the first day of the month so many months later."""
    years, months = divmod(month.month - 1 + number, 12)
    return date(month.year + years, months + 1, 1)


def part_of(month: date) -> str:
    """Name the part of a month, or of a day other than a month's first."""
    if month.day > 1:
        return f"{TABLE}_{month:%Y_%m_%d}"
    return f"{TABLE}_{month:%Y_%m}"


def months() -> list[date]:
    """List the months and days that have a part, in order."""
    with connection.cursor() as cursor:
        cursor.execute(PARTS)
        bounds = only_column(cursor)
    return sorted(map(month_in, bounds))


def month_in(bounds: str) -> date:
    """Read the month from a part's bounds as the database writes them."""
    return date.fromisoformat(bounds.split("'")[1])


def make_ahead(now: datetime) -> list[date]:
    """Make the parts that are missing: of now, of what comes next, and of all that events were received in already.

    Returns their months and days. Each is a transaction of its own.
    """
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT DISTINCT month FROM {OTHERS}")  # noqa: S608 -- a constant
        needed = set(only_column(cursor))
    needed |= parts_ahead(now)
    missing = sorted(needed.difference(months()))
    for month in missing:
        make(month)
    return missing


def parts_ahead(now: datetime) -> set[date]:
    """Give the parts that what is received now and soon needs."""
    if settings.ANALYTICS_SHARDS:
        return {part_at(now + timedelta(days=ahead)) for ahead in range(DAYS_AHEAD + 1)}
    return {following(month_of(now), ahead) for ahead in range(MONTHS_AHEAD + 1)}


def make(month: date) -> None:
    """Make the part of a month or day, and take what is already there of it from the part for all others."""
    query = MAKE.format(
        table=TABLE,
        others=OTHERS,
        part=part_of(month),
        month=month.isoformat(),
        columns=", ".join(field.attname for field in WidgetEvent._meta.concrete_fields),
        vacuum_often=VACUUM_OFTEN,
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
