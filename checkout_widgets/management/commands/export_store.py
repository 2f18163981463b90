"""``export_store``: hand out what is stored, about a store or about one of its visitors."""

import os
from argparse import ArgumentParser
from functools import partial
from getpass import getuser
from hashlib import sha256
from pathlib import Path
from typing import IO, Any

from django.core.management.base import BaseCommand, CommandError

from checkout_widgets import store_export
from experiments.management.lookup import find_store
from experiments.models import AuditAction, AuditEntry, Store
from experiments.reading.replica import data_as_of, read_late


class Command(BaseCommand):
    help = "Write all of a store's data, or all about one visitor, into a ZIP of CSV files; note it in the audit log."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("store", metavar="STORE", help="the store's slug")
        parser.add_argument("file", metavar="FILE", type=Path, help="the ZIP file to create; it must not exist yet")
        parser.add_argument("--visitor", default="", metavar="ID", help="only what is stored about this visitor")

    def handle(self, *args: Any, store: str, file: Path, visitor: str, **options: Any) -> None:
        found = find_store(store)
        rows = self.write(found, file, visitor)
        detail: dict[str, Any] = {"rows": rows}
        if visitor:
            detail["visitor_sha256"] = sha256(visitor.encode()).hexdigest()
        AuditEntry.objects.create(
            store=found, actor=f"{getuser()} (command line)", action=AuditAction.EXPORT_STORE, detail=detail
        )
        self.stdout.write(f"Wrote {rows:,} rows into {file}.")

    def write(self, store: Store, file: Path, visitor: str) -> int:
        """Make the file, readable by its owner alone; half a file is removed."""
        try:
            # O_EXCL: nobody's file is overwritten. 0o600: what shoppers bought is for whoever asked alone.
            handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except OSError as error:
            raise CommandError(f"Can't create {file}: {error.strerror}.") from error
        try:
            with os.fdopen(handle, "wb") as archive:
                # What is told of a visitor has to be complete, and is little: it doesn't come from a replica.
                if visitor:
                    return self.fill(archive, store, visitor)
                return read_late(partial(self.fill, archive, store, visitor))
        except BaseException:  # also when it is interrupted: half a file looks like a whole one
            file.unlink(missing_ok=True)
            raise

    def fill(self, archive: IO[bytes], store: Store, visitor: str) -> int:
        """Write the archive, from its beginning also where a replica has failed half way; return the rows."""
        archive.seek(0)
        archive.truncate()
        rows = 0
        for name, number in store_export.export(store, archive, visitor_id=visitor):
            self.stdout.write(f"{name:24} {number:>12,}")
            rows += number
        self.stdout.write(f"As of {data_as_of():%Y-%m-%d %H:%M:%S} UTC.")
        return rows
