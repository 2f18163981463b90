"""Indexes of a table in parts, made without holding up whoever writes to it.

PostgreSQL makes no index of such a table concurrently: it is made of each part, and these are attached to an index of
the table that has no rows of its own (https://www.postgresql.org/docs/current/ddl-partitioning.html).
"""

from typing import Any

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.backends.ddl_references import Statement
from django.db.migrations.operations import RemoveIndex
from django.db.models import Index, Model

from experiments.big_tables.locks import require_no_transaction, short_wait
from experiments.big_tables.progress import say
from experiments.sql_columns import only_column

# Parts whose index isn't attached yet: all of them at first, the rest after an interrupted run.
PARTS = """
SELECT part.relname FROM pg_inherits JOIN pg_class AS part ON part.oid = inhrelid
WHERE inhparent = %(table)s::regclass AND NOT EXISTS (
    SELECT FROM pg_index JOIN pg_inherits AS attached ON attached.inhrelid = indexrelid
    WHERE indrelid = part.oid AND attached.inhparent = to_regclass(%(index)s))
ORDER BY part.relname
"""


class AddIndexToPartitions(AddIndexConcurrently):
    """Add an index to a table in parts, part by part; an interrupted run goes on where it was."""

    def describe(self) -> str:
        """Say what it does, for ``migrate --plan``."""
        return f"Add index {self.index.name} to each part of {self.model_name}"

    def database_forwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: Any, to_state: Any
    ) -> None:
        """Make the index."""
        require_no_transaction(schema_editor.connection)
        model = to_state.apps.get_model(app_label, self.model_name)
        if self.allow_migrate_model(schema_editor.connection.alias, model):
            add_to_partitions(schema_editor, model, self.index)

    def database_backwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: Any, to_state: Any
    ) -> None:
        """Drop the index, and with it those of the parts."""
        require_no_transaction(schema_editor.connection)
        drop_from_partitions(schema_editor, self.index.name)


class RemoveIndexFromPartitions(RemoveIndex):
    """Drop an index of a table in parts; undone, it is made part by part."""

    def describe(self) -> str:
        """Say what it does, for ``migrate --plan``."""
        return f"Remove index {self.name} from each part of {self.model_name}"

    def database_forwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: Any, to_state: Any
    ) -> None:
        """Drop the index."""
        require_no_transaction(schema_editor.connection)
        drop_from_partitions(schema_editor, self.name)

    def database_backwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: Any, to_state: Any
    ) -> None:
        """Make the index again."""
        require_no_transaction(schema_editor.connection)
        model = to_state.apps.get_model(app_label, self.model_name)
        index = to_state.models[app_label, self.model_name_lower].get_index_by_name(self.name)
        add_to_partitions(schema_editor, model, index)


def drop_from_partitions(schema_editor: BaseDatabaseSchemaEditor, name: str) -> None:
    """Drop the index of the table, and with it those of the parts: no rows are read, and the lock is short.

    PostgreSQL can't drop it concurrently.
    """
    with short_wait(schema_editor.connection):
        schema_editor.execute(f"DROP INDEX IF EXISTS {schema_editor.quote_name(name)}")


def add_to_partitions(schema_editor: BaseDatabaseSchemaEditor, model: type[Model], index: Index) -> None:
    """Make the index of the table, then that of each part, and attach it.

    A part made meanwhile gets its index with it.
    """
    connection, table = schema_editor.connection, model._meta.db_table
    create = index.create_sql(model, schema_editor)
    with short_wait(connection):
        only = f"ONLY {schema_editor.quote_name(table)}"
        schema_editor.execute(written(create, "CREATE INDEX IF NOT EXISTS", only, schema_editor.quote_name(index.name)))
    for part in parts_without(connection, table, index.name):
        of_part = schema_editor.quote_name(index.name + part.removeprefix(table))
        # What an interrupted run left there is not valid, and would be in the way.
        schema_editor.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {of_part}")
        schema_editor.execute(written(create, "CREATE INDEX CONCURRENTLY", schema_editor.quote_name(part), of_part))
        with short_wait(connection):
            schema_editor.execute(f"ALTER INDEX {schema_editor.quote_name(index.name)} ATTACH PARTITION {of_part}")
        say(part)


def written(create: Statement, verb: str, table: str, name: str) -> str:
    """Write Django's statement for another table and name."""
    statement: str = create.template % (create.parts | {"table": table, "name": name})
    return statement.replace("CREATE INDEX", verb, 1)


def parts_without(connection: Any, table: str, index: str) -> list[str]:
    """List the parts of the table that have no index attached to this one."""
    with connection.cursor() as cursor:
        cursor.execute(PARTS, {"table": table, "index": index})
        return only_column(cursor)
