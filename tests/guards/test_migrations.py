"""New migrations change big tables without holding up whoever writes to them.

What a migration says to the database is asked of Django, and read here. ``CONTRIBUTING.md`` says what to do instead.
"""

import inspect
import re
import sys
from collections.abc import Iterator
from typing import NamedTuple

import pytest
from django.db import connection, migrations
from django.db.migrations import Migration
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.state import ProjectState

# They grow with visitors, events, orders or deliveries, to tens of millions of rows.
IN_PARTS = "experiments_widgetevent"
BIG = (
    IN_PARTS,
    "checkout_widgets_acceptance",
    "checkout_widgets_delivery",
    "experiments_customersighting",
    "experiments_decisionsample",
    "experiments_exposure",
    "experiments_exposureday",
    "experiments_funnelvisitor",
    "experiments_order",
    "experiments_orderclaim",
    "experiments_orderline",
    "experiments_refund",
    "experiments_touchedday",
)
# The last migrations of the release before.
RELEASED = {"experiments": "0025", "checkout_widgets": "0007", "dashboard": "0002"}
# Landed before this guard, or safe for a reason that it can't see.
KNOWN = {
    "experiments.0027_unpaid_orders": "changes orders, their lines and stores at once: migrate tries again",
    "experiments.0031_trigger_version": "reads exposures once to check that 1 is not below 0: docs/operations.md",
    "experiments.0043_no_events_by_time_alone": "RemoveIndexFromPartitions waits three seconds for its lock at most",
    "experiments.0077_items_by_covariates": "reads the days of tests with covariates: thousands of rows, no exposures",
}

# A part of a table is a table too: its name begins with the whole one's.
TABLE = rf'(?:ONLY )?"?(?:{"|".join(BIG)})(?:_[0-9a-z_]+)?"?(?![\w])'
TABLE_IN_PARTS = rf'(?:ONLY )?"?{IN_PARTS}"?(?![\w])'
ALTER = rf"ALTER TABLE (?:IF EXISTS )?{TABLE} .*"


class Refusal(NamedTuple):
    """What a statement may not be, and what to do instead."""

    pattern: str
    instead: str


REFUSALS = (
    Refusal(rf"^CREATE (?:UNIQUE )?INDEX (?!CONCURRENTLY|IF NOT EXISTS).* ON {TABLE}", "AddIndexConcurrently"),
    Refusal(rf"^CREATE INDEX CONCURRENTLY .* ON {TABLE_IN_PARTS}", "AddIndexToPartitions"),
    Refusal(rf"{ALTER}\bADD COLUMN\b.*\bCHECK\b", "AddField without a check, then AddConstraintNotValid"),
    Refusal(rf"{ALTER}\bADD COLUMN\b.*\b(?:UNIQUE|PRIMARY KEY|GENERATED|\w+\(\))", "AddField with a constant default"),
    Refusal(rf"{ALTER}\bADD CONSTRAINT\b(?!.*NOT VALID)", "AddConstraintNotValid, then ValidateConstraint"),
    Refusal(rf"{ALTER}\bSET NOT NULL\b", "AddConstraintNotValid, then ValidateConstraint"),
    Refusal(rf"{ALTER}\bTYPE\b", "a new column, filled by update_in_batches"),
    Refusal(rf"{ALTER}\bSET (?:TABLESPACE|LOGGED|UNLOGGED|ACCESS METHOD)\b", "no rewrite of the table"),
    Refusal(rf"^(?:UPDATE|DELETE FROM|INSERT INTO) {TABLE}", "update_in_batches"),
    Refusal(rf"^(?:CLUSTER|VACUUM|TRUNCATE|LOCK)\b.*{TABLE}", "no lock for as long as it takes"),
    Refusal(rf"^REINDEX (?!.*CONCURRENTLY).*{TABLE}", "REINDEX ... CONCURRENTLY"),
    Refusal(r"^DROP INDEX (?!CONCURRENTLY)", "RemoveIndexConcurrently"),
)
# A checkout writes to these in the order that suits it.
CHANGES = re.compile(
    rf'^(?:ALTER TABLE|(?:CREATE|DROP) TRIGGER .* ON) (?P<table>{TABLE}|"?experiments_store"?(?![\w]))'
)
BODIES = re.compile(r"\$(\w*)\$.*?\$\1\$", re.DOTALL)


def statements(text: str) -> Iterator[str]:
    """The statements of an SQL script, each in a line; without the bodies of functions, which run later."""
    without_comments = re.sub(r"--.*", "", BODIES.sub("", text))
    for part in without_comments.split(";"):
        yield " ".join(part.split())


def refused(text: str) -> Iterator[str]:
    """What of an SQL script is refused."""
    for statement in statements(text):
        for refusal in REFUSALS:
            if re.search(refusal.pattern, statement):
                yield f"{statement}: rather {refusal.instead}"


def names_a_big_model(source: str) -> bool:
    """Whether code names a big table, or its model as ``get_model`` is asked for it."""
    models = [table.rsplit("_", 1)[-1] for table in BIG]
    return re.search(rf"{TABLE}|get_model\([^)]*[\"'](?i:{'|'.join(models)})[\"']", source) is not None


def refused_code(migration: Migration) -> Iterator[str]:
    """Python that changes big tables in one transaction."""
    runs_code = any(isinstance(operation, migrations.RunPython) for operation in migration.operations)
    if runs_code and migration.atomic and names_a_big_model(inspect.getsource(sys.modules[migration.__module__])):
        yield "RunPython on a big table: rather update_in_batches, with atomic = False"


def refused_together(script: str) -> Iterator[str]:
    """Tables that one transaction changes: it holds the first while it waits for the second."""
    tables = set()
    for statement in statements(script):
        if change := CHANGES.match(statement):
            tables.add(change["table"].replace('"', ""))
    if len(tables) > 1:
        yield f"{', '.join(sorted(tables))} in one transaction: rather a migration for each"


def all_migrations(loader: MigrationLoader) -> list[Migration]:
    """Every migration, in an order in which they can be applied."""
    plan: dict[tuple[str, str], Migration] = {}
    for leaf in sorted(loader.graph.leaf_nodes()):
        for key in loader.graph.forwards_plan(leaf):
            plan[key] = loader.graph.nodes[key]
    return list(plan.values())


def is_new(migration: Migration) -> bool:
    """Whether it came after the release before."""
    return migration.app_label in RELEASED and migration.name[:4] > RELEASED[migration.app_label]


@pytest.mark.slow(seconds=35)
@pytest.mark.django_db(transaction=True)
def test_new_migrations_hold_up_nobody_who_writes_to_a_big_table():
    found: dict[str, list[str]] = {}
    # One state from the first migration to the last: built anew for each, it took half a minute.
    state = ProjectState()
    for migration in all_migrations(MigrationLoader(connection)):
        if not is_new(migration):
            state = migration.mutate_state(state, preserve=False)
            continue
        with connection.schema_editor(collect_sql=True, atomic=migration.atomic) as editor:
            state = migration.apply(state, editor, collect_sql=True)
        said = [refusal for statement in editor.collected_sql for refusal in refused(statement)]
        if migration.atomic:
            said += refused_together(";\n".join(editor.collected_sql))
        found[str(migration)] = [*said, *refused_code(migration)]
    assert len(found) > 20
    refusals = {name: said for name, said in found.items() if said}
    assert refusals.keys() == KNOWN.keys(), refusals


@pytest.mark.parametrize(
    "statement",
    [
        'CREATE INDEX "by_time" ON "experiments_exposure" ("exposed_at")',
        "CREATE INDEX by_time ON experiments_widgetevent_2026_11 USING brin (received_at)",
        'CREATE INDEX CONCURRENTLY "by_time" ON "experiments_widgetevent" ("received_at")',
        'ALTER TABLE "experiments_exposure" ADD COLUMN "rank" smallint DEFAULT 1 NOT NULL CHECK ("rank" >= 0)',
        'ALTER TABLE "experiments_order" ADD COLUMN "key" uuid DEFAULT gen_random_uuid() NOT NULL',
        'ALTER TABLE "experiments_order" ADD CONSTRAINT "paid" CHECK ("total_minor" >= 0)',
        'ALTER TABLE "experiments_orderline" ALTER COLUMN "sku" SET NOT NULL',
        'ALTER TABLE "experiments_orderline" ALTER COLUMN "quantity" TYPE bigint USING "quantity"::bigint',
        "SELECT 1;\n  UPDATE experiments_exposure\n  SET margin_minor = 0",
        "LOCK TABLE experiments_widgetevent IN SHARE MODE",
        'DROP INDEX IF EXISTS "exposure_buyers"',
    ],
)
def test_statement_that_holds_up_writers_is_refused(statement):
    assert len(list(refused(statement))) == 1


def test_two_tables_that_a_checkout_writes_to_are_refused_in_one_transaction():
    both = """
    ALTER TABLE "experiments_store" ADD COLUMN "note" varchar(16) DEFAULT '' NOT NULL;
    CREATE TRIGGER counted AFTER INSERT ON experiments_order FOR EACH ROW EXECUTE FUNCTION count_orders()"""
    assert list(refused_together(both)) == [
        "experiments_order, experiments_store in one transaction: rather a migration for each"
    ]
    assert list(refused_together(both.replace("experiments_store", "experiments_variant"))) == []


@pytest.mark.parametrize(
    "statement",
    [
        'CREATE INDEX CONCURRENTLY "by_time" ON "experiments_exposure" ("exposed_at")',
        'CREATE INDEX CONCURRENTLY "by_time_2026_11" ON "experiments_widgetevent_2026_11" ("received_at")',
        'CREATE INDEX "by_name" ON "experiments_variant" ("name")',
        'ALTER TABLE "experiments_order" ADD COLUMN "note" varchar(16) DEFAULT \'\' NOT NULL',
        'ALTER TABLE "experiments_order" ADD CONSTRAINT "paid" CHECK ("total_minor" >= 0) NOT VALID',
        'ALTER TABLE "experiments_order" VALIDATE CONSTRAINT "paid"',
        "ALTER TABLE experiments_exposure SET (fillfactor = 90)",
        "CREATE FUNCTION f() RETURNS trigger AS $$ BEGIN UPDATE experiments_exposure SET orders = 0; END $$",
        "UPDATE experiments_orderlabel SET name = ''",
    ],
)
def test_statement_that_holds_up_nobody_is_let_through(statement):
    assert list(refused(statement)) == []
