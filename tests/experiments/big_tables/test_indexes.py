"""An index of the table of events, which is in parts: made of each, resumed, and dropped."""

from datetime import UTC, datetime

import pytest
from django.apps import apps
from django.db import NotSupportedError, connection, models, transaction
from django.db.migrations.state import ProjectState
from django.test.utils import CaptureQueriesContext

from experiments.accounting import partitions
from experiments.big_tables.indexes import PARTS, AddIndexToPartitions, RemoveIndexFromPartitions

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]

TABLE = "experiments_widgetevent"
PROBE = AddIndexToPartitions(
    "widgetevent", models.Index("visitor_id", condition=~models.Q(visitor_id=""), name="probe")
)
IS_VALID = """
SELECT bool_and(indisvalid), count(*) FROM pg_index
WHERE indexrelid = 'probe'::regclass
    OR indexrelid IN (SELECT inhrelid FROM pg_inherits WHERE inhparent = 'probe'::regclass)
"""


class State:
    """What an operation is given: the models."""

    apps = apps


def add() -> None:
    with connection.schema_editor(atomic=False) as editor:
        PROBE.database_forwards("experiments", editor, State, State)


@pytest.fixture(autouse=True)
def dropped():
    yield
    with connection.schema_editor(atomic=False) as editor:
        PROBE.database_backwards("experiments", editor, State, State)
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_class WHERE relname LIKE 'probe%'")
        assert cursor.fetchone() == (0,)


def ask(statement: str, **parameters: str) -> tuple[object, ...]:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return cursor.fetchone() or ()


def parts() -> int:
    return int(str(ask("SELECT count(*) FROM pg_inherits WHERE inhparent = %(table)s::regclass", table=TABLE)[0]))


def test_index_is_made_of_each_part_concurrently_and_valid():
    with CaptureQueriesContext(connection) as queries:
        add()
    made = [query["sql"] for query in queries if query["sql"].startswith("CREATE INDEX CONCURRENTLY")]
    assert len(made) == parts() >= 4
    assert all('("visitor_id") WHERE NOT ("visitor_id" = \'\')' in statement for statement in made)
    assert ask(IS_VALID) == (True, parts() + 1)


def test_index_interrupted_goes_on_with_the_parts_that_have_none(monkeypatch):
    said = []

    def interrupt(text: str) -> None:
        said.append(text)
        if len(said) == 2:
            raise KeyboardInterrupt

    monkeypatch.setattr("experiments.big_tables.indexes.say", interrupt)
    with pytest.raises(KeyboardInterrupt):
        add()
    assert ask(IS_VALID) == (False, 3)
    with connection.cursor() as cursor:
        cursor.execute(PARTS, {"table": TABLE, "index": "probe"})
        [first, *others] = [name for (name,) in cursor.fetchall()]
        # What is left of an index that could not be finished: it is there, and isn't attached.
        cursor.execute(f'CREATE INDEX "probe{first.removeprefix(TABLE)}" ON "{first}" (type)')
    add()
    assert said[2:] == [first, *others]
    assert ask(IS_VALID) == (True, parts() + 1)


def test_part_made_later_has_the_index():
    add()
    partitions.make(datetime(2031, 5, 1, tzinfo=UTC).date())
    try:
        assert ask(IS_VALID) == (True, parts() + 1)
    finally:
        with connection.cursor() as cursor:
            cursor.execute("DROP TABLE experiments_widgetevent_2031_05")


def test_index_within_a_transaction_is_refused():
    with pytest.raises(NotSupportedError, match="atomic = False"), transaction.atomic():
        add()


def test_index_removed_is_gone_from_each_part_and_undone_it_is_made_again():
    add()
    with_index = ProjectState.from_apps(apps)
    PROBE.state_forwards("experiments", with_index)
    removal = RemoveIndexFromPartitions("widgetevent", "probe")
    with connection.schema_editor(atomic=False) as editor:
        removal.database_forwards("experiments", editor, with_index, State)
        assert ask("SELECT count(*) FROM pg_class WHERE relname LIKE 'probe%%'") == (0,)
        removal.database_backwards("experiments", editor, State, with_index)
    assert ask(IS_VALID) == (True, parts() + 1)
