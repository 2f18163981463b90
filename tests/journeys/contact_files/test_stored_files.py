"""A file is kept encrypted until it is imported, its import goes on where it stopped, and then it is gone."""

from datetime import timedelta
from typing import Any

import pytest

from experiments.models import AuditEntry, Store
from journeys.contact_files import importing, jobs
from journeys.contact_files.stored_files import check_upload, forget_files, sample_of
from journeys.models import ConsentRecord, ContactFile
from tests import factories
from tests.factories import NOON
from tests.journeys.contact_files.listings import file_of

pytestmark = pytest.mark.django_db
CANARY = "ada.lovelace@shop.example"


@pytest.fixture
def store() -> Store:
    return factories.make_store()


def uploaded(store: Store, *lines: str, kind: str = "contacts") -> ContactFile:
    return check_upload(store, file_of(*lines), kind, actor="zz-admin", now=NOON)


def contacts(store: Store, number: int = 3) -> ContactFile:
    rows = (f"a{index}@shop.example,opt_in,2026-01-01" for index in range(number))
    return uploaded(store, "email,consent,at", *rows)


def test_checked_file_is_encrypted_and_says_what_is_in_it_without_an_address(store):
    row = uploaded(
        store, "email,consent,at,shoe size", f"{CANARY},opt_in,2026-01-01,9", f"{CANARY},zz,2026-01-01,9", "no,,,9"
    )
    row.refresh_from_db()
    assert (row.rows, row.bad_rows, row.outcome) == (1, 2, {"opt_in": 1})
    assert [error.split(":")[0] for error in row.errors] == ["row 2", "row 3"]
    assert row.notes == ["Columns that aren't used: shoe size."]
    assert sample_of(row) == [["a…@s….example", "opt_in", "2026-01-01 00:00", ""]]
    everything = [str(getattr(row, field.attname)) for field in ContactFile._meta.concrete_fields]
    assert "lovelace" not in " ".join(everything)
    assert b"lovelace" not in bytes(row.sealed)


def test_import_is_queued_once_noted_without_an_address_and_deletes_the_file(store):
    row = uploaded(store, "email,consent,at", f"{CANARY},opt_in,2026-01-01", "no,,")
    assert jobs.queue_import(row, actor="zz-admin")
    assert not jobs.queue_import(row, actor="zz-admin")
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.actor) == ("contacts_imported", "zz-admin")
    assert entry.detail == {"contacts": 1, "left_out": 1}
    jobs.import_contact_file(file_id=row.pk)
    row.refresh_from_db()
    assert (row.state, row.done, bytes(row.sealed)) == ("done", 1, b"")
    assert row.outcome == {"opt_in": 1, "new_addresses": 1, "new_statements": 1}
    assert row.finished_at is not None
    assert ConsentRecord.objects.get().source == "import"


def test_interrupted_import_goes_on_where_it_stopped(store, monkeypatch):
    monkeypatch.setattr(importing, "BATCH", 2)
    row = contacts(store, 5)
    jobs.queue_import(row, actor="zz-admin")
    calls: list[int] = []

    def failing(store_id: int, kind: str, rows: Any) -> Any:
        calls.append(len(rows))
        if len(calls) == 2:
            raise ConnectionError
        return imported(store_id, kind, rows)

    imported = importing.import_batch
    monkeypatch.setattr(importing, "import_batch", failing)
    with pytest.raises(ConnectionError):
        jobs.import_contact_file(file_id=row.pk)
    row.refresh_from_db()
    assert (row.state, row.done, row.percent_done) == ("importing", 2, 40)
    jobs.import_contact_file(file_id=row.pk)
    row.refresh_from_db()
    assert (row.state, row.done, calls) == ("done", 5, [2, 2, 2, 1])
    assert row.outcome["new_addresses"] == 5


def test_file_whose_key_is_gone_fails_and_says_so(store, settings):
    row = contacts(store)
    jobs.queue_import(row, actor="zz-admin")
    settings.ADDRESS_KEYS = ["another key, that nobody has encrypted anything with"]
    jobs.import_contact_file(file_id=row.pk)
    row.refresh_from_db()
    assert (row.state, row.outcome, bytes(row.sealed)) == ("failed", {"unreadable": 1}, b"")


def test_files_that_nobody_imports_and_those_that_never_ended_lose_their_addresses(store):
    waiting, stuck, fresh = contacts(store), contacts(store), contacts(store)
    jobs.queue_import(stuck, actor="zz-admin")
    ContactFile.objects.filter(pk__in=(waiting.pk, stuck.pk)).update(uploaded_at=NOON - timedelta(days=4))
    forget_files(NOON + timedelta(hours=1))
    assert set(ContactFile.objects.values_list("pk", "state")) == {(stuck.pk, "failed"), (fresh.pk, "checked")}
    assert bytes(ContactFile.objects.get(pk=stuck.pk).sealed) == b""
