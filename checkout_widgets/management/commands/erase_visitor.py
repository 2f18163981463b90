"""``erase_visitor``: forget a shopper who asks for it."""

from argparse import ArgumentParser
from getpass import getuser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from checkout_widgets.erasure import erase_customer, erase_visitor
from experiments.management.lookup import find_store


class Command(BaseCommand):
    help = "Erase everything that names a visitor, or a customer, of a store; note it in the audit log."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("store", metavar="STORE", help="the store's slug")
        parser.add_argument("visitor", metavar="ID", help="the visitor's id, as orders and exports show it")
        parser.add_argument(
            "--customer", action="store_true", help="ID is a customer's, as the shop sends it: erase all their browsers"
        )
        parser.add_argument("--no-input", action="store_true", help="don't ask first")

    def handle(self, *args: Any, store: str, visitor: str, customer: bool, no_input: bool, **options: Any) -> None:
        found = find_store(store)
        kind = "visitor"
        if customer:
            kind = "customer"
        if not no_input and not confirm(f"Erase {kind} {visitor} of {found.name}? This can't be undone. [y/N] "):
            raise CommandError("Nothing was erased.")
        actor = f"{getuser()} (command line)"
        if customer:
            erasure = erase_customer(found, visitor, actor=actor)
        else:
            erasure = erase_visitor(found, visitor, actor=actor)
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
