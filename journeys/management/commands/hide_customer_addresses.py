"""``hide_customer_addresses``: keep no address in the place of a customer's ID."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from rich.console import Console
from rich.progress import track

from experiments.models import Store
from journeys.contacts.hidden_ids import hide, kept_in_clear


class Command(BaseCommand):
    help = (
        "Replace email addresses that stores sent as customer IDs before this release by the keys that they give. "
        "Interrupt it at any time: the next run goes on with those that are left."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--count", action="store_true", help="only say how many there are")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["count"]:
            self.count()
            return
        done = 0
        for store in Store.objects.order_by("pk"):
            addresses = list(kept_in_clear(store))
            for address in track(addresses, store.slug, console=Console(stderr=True), transient=True):
                if not hide(store, address):
                    raise CommandError("ADDRESS_DIGEST_KEY isn't set. Set it first: docs/operations.md.")
                done += 1
        self.stdout.write(f"Customers whose address stood as their ID: {done:,}. None is left.")

    def count(self) -> None:
        """Say how many addresses are kept in each store."""
        for store in Store.objects.order_by("pk"):
            self.stdout.write(f"{store.slug}: {sum(1 for _address in kept_in_clear(store)):,}")
