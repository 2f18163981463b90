"""Files that admins upload: checked, kept encrypted until they are imported, and removed after a day if they aren't."""

from collections import Counter
from datetime import datetime, timedelta
from io import BytesIO
from itertools import islice
from typing import BinaryIO

from django.utils import timezone

from experiments.models import Store
from experiments.tables import UPLOAD, BadRow
from journeys import addresses
from journeys.addresses import SealedAddress, UnreadableAddress
from journeys.contact_files.checking import check_file, read_file
from journeys.contact_files.rows import RowReader
from journeys.models import ContactFile, ContactFileState

PURPOSE = "file"  # what the encryption is bound to beside the store
KEPT_UNCONFIRMED = timedelta(days=1)  # long enough to ask somebody, and no longer: it is full of addresses
KEPT_UNFINISHED = timedelta(days=3)  # the queue gives up long before
SAMPLE = 5  # rows that the page shows of a file


def check_upload(store: Store, file: BinaryIO, kind: str, *, actor: str, now: datetime) -> ContactFile:
    """Check a file and keep it, encrypted. Raises ``BadFile``, and ``MissingKeys`` where nothing can be encrypted."""
    checked = check_file(file, kind, RowReader(store.zone, now), UPLOAD)
    sealed = SealedAddress(b"", "")
    if checked.rows:
        file.seek(0)
        sealed = addresses.seal_bytes(file.read(), store.pk, PURPOSE)
    return ContactFile.objects.create(
        store=store,
        kind=kind,
        sealed=sealed.value,
        key_id=sealed.key_id,
        uploaded_by=actor,
        uploaded_at=now,
        rows=checked.rows,
        bad_rows=checked.bad_rows,
        errors=checked.errors,
        notes=checked.notes,
        outcome=dict(checked.counts),
    )


def reader_of(row: ContactFile) -> RowReader:
    """Return what reads the file's rows as the check did, whenever that is."""
    return RowReader(row.store.zone, row.uploaded_at)


def contents(row: ContactFile) -> BinaryIO:
    """Return the file as it was uploaded. Raises ``UnreadableAddress``."""
    sealed = SealedAddress(bytes(row.sealed), row.key_id)
    return BytesIO(addresses.open_bytes(sealed, row.store_id, PURPOSE))


def sample_of(row: ContactFile) -> list[list[str]]:
    """Return the first good rows for the page: the address masked, and the other cells that say something."""
    if not row.sealed:
        return []
    try:
        numbered = read_file(contents(row), row.kind, reader_of(row), UPLOAD)
    except UnreadableAddress:
        return []
    good = (listed for _where, listed in numbered if not isinstance(listed, BadRow))
    shown = []
    for listed in islice(good, SAMPLE):
        stated = getattr(listed, "basis", "") or getattr(listed, "reason", "")
        at = getattr(listed, "said_at", None) or listed.at
        shown.append([addresses.mask(listed.address), stated, f"{at:%Y-%m-%d %H:%M}", listed.topic])
    return shown


def discard(row: ContactFile) -> None:
    """Remove a file that nobody imported."""
    ContactFile.objects.filter(pk=row.pk, state=ContactFileState.CHECKED).delete()


def forget_files(now: datetime) -> None:
    """Remove the files that nobody imported, and what addresses are left of imports that failed for good."""
    ContactFile.objects.filter(state=ContactFileState.CHECKED, uploaded_at__lt=now - KEPT_UNCONFIRMED).delete()
    unfinished = (ContactFileState.WAITING, ContactFileState.IMPORTING)
    for row in ContactFile.objects.filter(state__in=unfinished, uploaded_at__lt=now - KEPT_UNFINISHED):
        finish(row, ContactFileState.FAILED, Counter(row.outcome))


def finish(row: ContactFile, state: str, outcome: "Counter[str]") -> None:
    """Note what became of a file, and delete it."""
    row.state, row.outcome, row.finished_at = state, dict(outcome), timezone.now()
    row.sealed = b""
    row.save(update_fields=["state", "outcome", "finished_at", "sealed"])
