"""How many owners of a product also bought an offer's: what a share in the copy may say."""

from datetime import datetime, timedelta
from typing import Any

from django.db import connection

from experiments.models import COUNTED_STATUSES
from experiments.sql_files import read_sql

COUNT_OWNERS = read_sql(__file__, "count_owners")
WINDOW = timedelta(days=395)  # a year of owners
TIME_TO_RETURN = timedelta(days=30)  # before it, an owner isn't asked


def count(now: datetime) -> int:
    """Count the owners of all offers that say a share, in one statement; return how many offers' figures changed."""
    values: dict[str, Any] = {"since": now - WINDOW, "until": now - TIME_TO_RETURN, "statuses": list(COUNTED_STATUSES)}
    with connection.cursor() as cursor:
        cursor.execute(COUNT_OWNERS, values)
        return int(cursor.rowcount)
