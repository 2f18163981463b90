"""``reencrypt_addresses``: encrypt customers' addresses with the newest key."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from rich.console import Console
from rich.progress import Progress

from journeys.addresses import NO_ADDRESS_KEYS, newest_key_id
from journeys.reencryption import BATCH, outdated, reencrypt

MOST_NAMED = 10  # in the error: more would hide the sentence that says what to do


class Command(BaseCommand):
    help = (
        "Encrypt all stored addresses with the first key of ADDRESS_KEYS; then the older keys can be removed. "
        "Interrupt it at any time: the next run goes on with the addresses that are left."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--batch", type=int, default=BATCH, help=f"addresses in one transaction (default: {BATCH})")

    def handle(self, *args: Any, batch: int, **options: Any) -> None:
        if batch < 1:
            raise CommandError("--batch must be 1 or more.")
        if not newest_key_id():
            raise CommandError(f"{NO_ADDRESS_KEYS} Set it first: docs/operations.md.")
        done = 0
        unreadable: list[int] = []
        with Progress(console=Console(stderr=True), transient=True) as progress:
            task = progress.add_task("Addresses", total=outdated().count())
            for result in reencrypt(batch):
                done += result.done
                unreadable += result.unreadable
                progress.advance(task, result.done + len(result.unreadable))
        self.stdout.write(f"Encrypted {addresses(done)} with the key {newest_key_id()}.")
        if unreadable:
            named = ", ".join(map(str, unreadable[:MOST_NAMED]))
            raise CommandError(
                f"{addresses(len(unreadable))} can't be opened ({named}): "
                "add their key to ADDRESS_KEYS, and run the command again."
            )


def addresses(number: int) -> str:
    """Return so many addresses in words."""
    if number == 1:
        return "1 address"
    return f"{number:,} addresses"
