"""``import_contacts``: contacts with their consent, or opt-outs, from a CSV, as the console imports them."""

from argparse import ArgumentParser
from collections import Counter
from getpass import getuser
from pathlib import Path
from typing import Any, BinaryIO

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from rich.console import Console
from rich.progress import Progress

from experiments.management.lookup import find_store
from experiments.models import Store
from experiments.tables import BadFile
from journeys import addresses
from journeys.contact_files.checking import CheckedRows, check_file, read_file
from journeys.contact_files.importing import batches_of, import_batch
from journeys.contact_files.jobs import note_import
from journeys.contact_files.rows import CONTACT_COLUMNS, OPT_OUT_COLUMNS, RowReader
from journeys.models import ContactFileKind


class Command(BaseCommand):
    help = (
        "Read a CSV (plain or .gz) of contacts with their consent, or of opt-outs. Good rows are imported, the others "
        f"are listed. Columns of contacts: {', '.join(CONTACT_COLUMNS)}. Of opt-outs: {', '.join(OPT_OUT_COLUMNS)}."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--store", required=True, metavar="SLUG")
        parser.add_argument("--opt-outs", action="store_true", help="the rows are addresses that must get nothing more")
        parser.add_argument("--check", action="store_true", help="only say what is in the file")

    def handle(self, *args: Any, **options: Any) -> None:
        store = find_store(options["store"])
        if not addresses.can_store():
            raise CommandError("Set ADDRESS_KEYS and ADDRESS_DIGEST_KEY first: docs/operations.md.")
        kind = ContactFileKind.OPT_OUTS if options["opt_outs"] else ContactFileKind.CONTACTS
        try:
            with options["file"].open("rb") as file:
                self.read(store, kind, file, is_check=options["check"])
        except BadFile as error:
            raise CommandError(str(error)) from error
        except OSError as error:
            raise CommandError(f"Can't read {options['file']}: {error.strerror}.") from error

    def read(self, store: Store, kind: str, file: BinaryIO, *, is_check: bool) -> None:
        """Check the file, and import it unless only the check is wanted. Raises ``BadFile``."""
        reader = RowReader(store.zone, timezone.now())
        checked = check_file(file, kind, reader)
        self.say(checked)
        if is_check or not checked.rows:
            return
        # Before the rows: an import that is interrupted has changed something, too.
        note_import(store, kind, rows=checked.rows, left_out=checked.bad_rows, actor=f"{getuser()} (command line)")
        outcome: Counter[str] = Counter()
        with Progress(console=Console(stderr=True), transient=True) as progress:
            task = progress.add_task("Rows", total=checked.rows)
            for batch in batches_of(read_file(file, kind, reader)):
                outcome.update(import_batch(store.pk, kind, batch))
                progress.advance(task, len(batch))
        self.stdout.write(f"Imported {checked.rows:,} rows.")
        for name, count in outcome.items():
            self.stdout.write(f"{name.replace('_', ' ')}: {count:,}")

    def say(self, checked: CheckedRows) -> None:
        """Write what the check found."""
        for note in checked.notes:
            self.stdout.write(note)
        for name, count in checked.counts.items():
            self.stdout.write(f"{name}: {count:,}")
        if not checked.bad_rows:
            return
        self.stdout.write(f"Rows with errors, which are left out: {checked.bad_rows:,}")
        for error in checked.errors:
            self.stdout.write(f"  {error}")
        if checked.bad_rows > len(checked.errors):
            self.stdout.write(f"  and {checked.bad_rows - len(checked.errors):,} more")
