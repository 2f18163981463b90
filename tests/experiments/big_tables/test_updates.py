import pytest
from django.db import NotSupportedError, connection

from experiments.big_tables.updates import update_by_id, update_in_batches
from experiments.models import Store
from tests import factories

RENAME = """
UPDATE experiments_store SET name = 'New' WHERE id IN (
    SELECT id FROM experiments_store WHERE name <> 'New' ORDER BY id LIMIT %(size)s)
"""


@pytest.mark.django_db
def test_update_within_a_transaction_is_refused():
    with pytest.raises(NotSupportedError, match="atomic = False"):
        update_in_batches(RENAME)(None, connection.schema_editor())


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("stores", [0, 4, 5])
def test_update_changes_all_rows_in_transactions_of_a_batch(stores, monkeypatch):
    said: list[str] = []
    monkeypatch.setattr("experiments.big_tables.updates.say", said.append)
    monkeypatch.setattr("experiments.big_tables.updates.SAID_EVERY", 1)
    for _ in range(stores):
        factories.make_store()
    update_in_batches(RENAME, size=2)(None, connection.schema_editor())
    assert Store.objects.filter(name="New").count() == stores
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(DISTINCT xmin::text) FROM experiments_store")
        assert cursor.fetchone() == (-(-stores // 2),)  # each batch committed by itself
    assert said == {0: ["0 rows"], 4: ["2 rows", "4 rows", "4 rows"], 5: ["2 rows", "4 rows", "5 rows"]}[stores]


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_update_by_id_passes_over_what_is_done_and_says_how_far_it_is(monkeypatch):
    said: list[str] = []
    monkeypatch.setattr("experiments.big_tables.updates.say", said.append)
    monkeypatch.setattr("experiments.big_tables.updates.SAID_EVERY", 1)
    last = [factories.make_store().pk for _ in range(3)][-1]
    rename = "UPDATE experiments_store SET name = 'New' WHERE id > %(after)s AND id <= %(upto)s AND name <> 'New'"
    run = update_by_id("experiments_store", rename, size=last)
    run(None, connection.schema_editor())
    run(None, connection.schema_editor())
    assert Store.objects.filter(name="New").count() == 3
    assert said == ["3 rows, 100% of the table", "0 rows, 100% of the table"]
