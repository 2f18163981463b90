"""``erase_visitor``: forget a shopper who asks for it."""

from argparse import ArgumentParser
from collections.abc import Callable
from getpass import getuser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from checkout_widgets.erasure import Erasure, erase_address, erase_customer, erase_visitor
from experiments.management.lookup import find_store

ERASE: dict[str, Callable[..., Erasure]] = {
    "visitor": erase_visitor,
    "customer": erase_customer,
    "guest": erase_address,
}


class Command(BaseCommand):
    help = "Erase everything that names a visitor, a customer or a guest of a store; note it in the audit log."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("store", metavar="STORE", help="the store's slug")
        parser.add_argument("visitor", metavar="ID", help="the visitor's id, as orders and exports show it")
        whose = parser.add_mutually_exclusive_group()
        whose.add_argument("--address", action="store_true", help="ID is the email address of a guest")
        whose.add_argument(
            "--customer", action="store_true", help="ID is a customer's, as the shop sends it: erase all their browsers"
        )
        parser.add_argument("--no-input", action="store_true", help="don't ask first")

    def handle(self, *args: Any, store: str, visitor: str, no_input: bool, **options: Any) -> None:
        found = find_store(store)
        kind = "visitor"
        if options["customer"]:
            kind = "customer"
        elif options["address"]:
            kind = "guest"
        if not no_input and not confirm(f"Erase {kind} {visitor} of {found.name}? This can't be undone. [y/N] "):
            raise CommandError("Nothing was erased.")
        actor = f"{getuser()} (command line)"
        erasure = ERASE[kind](found, visitor, actor=actor)
        self.stdout.write(
            f"Erased {erasure.events:,} events, {erasure.exposures:,} exposures and {erasure.deliveries:,} deliveries. "
            f"{erasure.orders:,} orders and {erasure.acceptances:,} acceptances no longer identify anyone."
        )


def confirm(question: str) -> bool:
    """Ask on the terminal, and return whether the answer is yes. Raises ``CommandError`` where nobody can be asked."""
    try:
        return input(question).strip().lower() in {"y", "yes"}
    except EOFError:
        raise CommandError("The command can't ask here, because this isn't a terminal: add --no-input.") from None
