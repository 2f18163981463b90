"""Rows changed in batches, each in a transaction of its own, so that no row stays locked for longer than one takes."""

from collections.abc import Callable
from typing import Any

from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from experiments.big_tables.locks import require_no_transaction
from experiments.big_tables.progress import say

BATCH = 10_000
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
