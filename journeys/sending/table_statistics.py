"""Has PostgreSQL count the tables that it believes to be empty, before it plans the statements that messages go out by.

It counts them by itself about a minute after they have changed. In the minute of the first campaign, or of the first
after a deletion, it would take each lookup in them for a look at no rows at all: marking a group of 40 messages then
read each of 300 runs with each of their 300 send points, and took 100 ms instead of 8.
"""

from django.db import connection

from journeys.models import Address, ConsentRecord, Contact, CustomerMessage, Run, SendPoint

# None of them is empty where a message waits.
TABLES = [model._meta.db_table for model in (Address, ConsentRecord, Contact, CustomerMessage, Run, SendPoint)]


def analyze_if_believed_empty() -> None:
    """Count the tables of which the last count was none; one statement where there are no such tables."""
    with connection.cursor() as cursor:
        # Of a table that was never counted (-1), the size of its file is known, which is enough.
        cursor.execute("SELECT relname FROM pg_class WHERE oid = ANY(%s::regclass[]) AND reltuples = 0", [TABLES])
        names = [connection.ops.quote_name(name) for (name,) in cursor.fetchall()]
        if names:
            cursor.execute(f"ANALYZE {', '.join(names)}")
