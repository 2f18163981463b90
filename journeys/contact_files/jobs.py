"""What the worker does for files of contacts: imports those that an admin wants imported."""

from django.db import transaction
from django.utils import timezone
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from experiments import audit
from experiments.models import AuditAction, Store
from journeys.contact_files import importing, stored_files
from journeys.models import ContactFile, ContactFileKind, ContactFileState

ATTEMPTS = 5


# ``lock``: two files at once would only wait for one another's addresses.
@app.task(lock="import_contact_file", retry=RetryStrategy(max_attempts=ATTEMPTS, exponential_wait=4))
def import_contact_file(file_id: int) -> None:
    """Import a file; an attempt that failed or was interrupted is gone on with."""
    under_way = (ContactFileState.WAITING, ContactFileState.IMPORTING)
    row = ContactFile.objects.select_related("store").filter(pk=file_id, state__in=under_way).first()
    if row is not None:  # removed with its store, or done by an attempt before
        importing.import_file(row)


def queue_import(row: ContactFile, *, actor: str) -> bool:
    """Queue the import, and note who wanted it; False where it was confirmed or removed before."""
    with transaction.atomic():
        # In one statement, against two clicks: the second finds nothing to change.
        waiting = ContactFile.objects.filter(pk=row.pk, state=ContactFileState.CHECKED, rows__gt=0)
        if not waiting.update(state=ContactFileState.WAITING):
            return False
        note_import(row.store, row.kind, rows=row.rows, left_out=row.bad_rows, actor=actor)
        import_contact_file.defer(file_id=row.pk)
    return True


def note_import(store: Store, kind: str, *, rows: int, left_out: int, actor: str) -> None:
    """Write down that somebody imports a file, and nothing of what is in it."""
    counted = "opt_outs" if kind == ContactFileKind.OPT_OUTS else "contacts"
    detail = {counted: rows, "left_out": left_out}
    audit.record(store=store, action=AuditAction.CONTACTS_IMPORTED, actor=actor, detail=detail)


@app.periodic(cron="13 4 * * *")
@app.task(queueing_lock="forget_contact_files")
def forget_contact_files(timestamp: int) -> None:
    """Remove the files that nobody imported."""
    stored_files.forget_files(timezone.now())
