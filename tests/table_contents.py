"""What is in the database, table by table: to see that something leaves nothing behind."""

from collections.abc import Collection

from django.db import connection


def contents(*, without: Collection[str] = ()) -> dict[str, str]:
    """A digest of the rows of each table, in no order; but of the named tables."""
    with connection.cursor() as cursor:
        names = [name for name in connection.introspection.table_names(cursor) if name not in without]
        digests = {}
        for name in names:
            cursor.execute(f"SELECT md5(string_agg(row::text, '|' ORDER BY row::text)) FROM \"{name}\" AS row")
            digests[name] = cursor.fetchone()[0]
    return digests
