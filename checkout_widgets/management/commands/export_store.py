"""``export_store``: hand out what is stored, about a store or about one of its visitors or customers."""

import os
from argparse import ArgumentParser
from functools import partial
from getpass import getuser
from hashlib import sha256
from pathlib import Path
from typing import IO, Any

from django.core.management.base import BaseCommand, CommandError

from checkout_widgets import store_export
from checkout_widgets.customers import used_by_others, visitors_of
from checkout_widgets.store_export import EVERYBODY, Person
from checkout_widgets.visitor_export import person_with_address
from experiments.customer_keys import address_digest, private_id
from experiments.event_store.store import NotAvailable
from experiments.management.lookup import find_store
from experiments.models import AuditAction, AuditEntry, Store
from experiments.reading.replica import data_as_of, read_late


def person_named(store: Store, option: str) -> tuple[str, Person]:
    """Return the address that the option names, and who has it. Raises ``CommandError``."""
    address = input().strip() if option == "-" else option
    person = person_with_address(store, address)
    if person is None:
        raise CommandError("--address must be an email address, and ADDRESS_DIGEST_KEY must be set.")
    return address, person


class Command(BaseCommand):
    help = "Write all of a store's data, or all about one person, into a ZIP of CSV files; note it in the audit log."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("store", metavar="STORE", help="the store's slug")
        parser.add_argument("file", metavar="FILE", type=Path, help="the ZIP file to create; it must not exist yet")
        person = parser.add_mutually_exclusive_group()
        person.add_argument("--visitor", default="", metavar="ID", help="only what is stored about this visitor")
        person.add_argument(
            "--customer",
            default="",
            metavar="ID",
            help="only what is stored about this customer, as the shop sends the ID, in all their browsers",
        )
        person.add_argument(
            "--address",
            default="",
            metavar="EMAIL",
            help="only what is stored about whoever has this email address; - reads it from the standard input, so "
            "that it is in no shell history",
        )

    def handle(self, *args: Any, store: str, file: Path, visitor: str, customer: str, **options: Any) -> None:
        found = find_store(store)
        customer = private_id(found.pk, customer)
        address, person = "", Person(visitor_id=visitor, customer_id=customer)
        if options["address"]:
            address, person = person_named(found, options["address"])
        try:
            rows = self.write(found, file, person)
        except NotAvailable as error:
            raise CommandError(f"Nothing was exported, since it would be incomplete. {error}") from error
        detail: dict[str, Any] = {"rows": rows}
        for kind, name in (("visitor", visitor), ("customer", customer)):
            if name:
                detail[f"{kind}_sha256"] = sha256(name.encode()).hexdigest()
        if address:
            # The keyed hash: addresses are few enough to try them all on a plain one.
            detail["address_digest"] = address_digest(found.pk, address)
        AuditEntry.objects.create(
            store=found, actor=f"{getuser()} (command line)", action=AuditAction.EXPORT_STORE, detail=detail
        )
        self.stdout.write(f"Wrote {rows:,} rows into {file}.")
        if person.customer_id:
            self.say_what_is_left_out(found, person.customer_id)

    def say_what_is_left_out(self, store: Store, customer: str) -> None:
        """Say that the customer shares browsers, of which the file has only the customer's own orders."""
        browsers = visitors_of(store, customer)
        shared = used_by_others(store, browsers, customer)
        if not shared:
            return
        self.stdout.write(
            f"Other customers have used {len(shared):,} of the customer's {len(browsers):,} browsers, too: of these, "
            f"the file has only this customer's orders. If nobody else is concerned, export each with --visitor: "
            f"{', '.join(sorted(shared))}."
        )

    def write(self, store: Store, file: Path, person: Person) -> int:
        """Make the file, readable by its owner alone; half a file is removed."""
        try:
            # O_EXCL: nobody's file is overwritten. 0o600: what shoppers bought is for whoever asked alone.
            handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except OSError as error:
            raise CommandError(f"Can't create {file}: {error.strerror}.") from error
        try:
            with os.fdopen(handle, "wb") as archive:
                # What is told of a person has to be complete, and is little: it doesn't come from a replica.
                if person != EVERYBODY:
                    return self.fill(archive, store, person)
                return read_late(partial(self.fill, archive, store, person))
        except BaseException:  # also when it is interrupted: half a file looks like a whole one
            file.unlink(missing_ok=True)
            raise

    def fill(self, archive: IO[bytes], store: Store, person: Person) -> int:
        """Write the archive, from its beginning also where a replica has failed half way; return the rows."""
        archive.seek(0)
        archive.truncate()
        rows = 0
        for name, number in store_export.export(store, archive, person):
            self.stdout.write(f"{name:24} {number:>12,}")
            rows += number
        self.stdout.write(f"As of {data_as_of():%Y-%m-%d %H:%M:%S} UTC.")
        return rows
