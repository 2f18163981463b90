"""Rows changed in batches, each in a transaction of its own, so that no row stays locked for longer than one takes."""

from collections.abc import Callable
from typing import Any

from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from experiments.big_tables.locks import require_no_transaction
from experiments.big_tables.progress import say

BATCH = 10_000
LAST_ID = "SELECT COALESCE(max(id), 0) FROM {table}"
SAID_EVERY = 100  # batches


def update_in_batches(statement: str, *, size: int = BATCH) -> Callable[[Any, BaseDatabaseSchemaEditor], None]:
    """Return what ``RunPython`` runs: the statement, again and again until it finds fewer rows than a batch.

    The statement changes ``%(size)s`` rows at most, and none that it has changed: an interrupted run goes on where it
    was. The migration has ``atomic = False``.
    """

    def run(apps: Any, schema_editor: BaseDatabaseSchemaEditor) -> None:
        require_no_transaction(schema_editor.connection)
        changed, batches = 0, 0
        with schema_editor.connection.cursor() as cursor:
            while True:
                cursor.execute(statement, {"size": size})
                changed += cursor.rowcount
                batches += 1
                if batches % SAID_EVERY == 0:
                    say(f"{changed:,} rows")
                if cursor.rowcount < size:
                    return

    return run


def update_by_id(table: str, statement: str, *, size: int = BATCH) -> Callable[[Any, BaseDatabaseSchemaEditor], None]:
    """Return what ``RunPython`` runs: the statement for one span of ids after the other, ``%(after)s`` to ``%(upto)s``.

    For a table of which most rows change and no index says which are left: to look for those from the beginning each
    time would read what is done again and again. The statement changes no row that it has changed: an interrupted run
    passes over these. Rows that are written while it runs are the business of whoever writes them. The migration has
    ``atomic = False``.
    """

    def run(apps: Any, schema_editor: BaseDatabaseSchemaEditor) -> None:
        require_no_transaction(schema_editor.connection)
        changed = 0
        with schema_editor.connection.cursor() as cursor:
            cursor.execute(LAST_ID.format(table=schema_editor.quote_name(table)))
            (last,) = cursor.fetchone()
            for number, after in enumerate(range(0, last, size), start=1):
                cursor.execute(statement, {"after": after, "upto": after + size})
                changed += cursor.rowcount
                if number % SAID_EVERY == 0:
                    say(f"{changed:,} rows, {min(1.0, (after + size) / last):.0%} of the table")

    return run
