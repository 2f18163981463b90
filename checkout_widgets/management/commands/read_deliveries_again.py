"""``read_deliveries_again``: what older versions understood less well of what shop systems sent."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from checkout_widgets.webhooks.read_again import read_again
from experiments.management.lookup import find_store
from experiments.models import Store


class Command(BaseCommand):
    help = (
        "Reprocess stored deliveries of orders that were unpaid or had a refused token before an upgrade. "
        "The worker does this by itself after an upgrade. You can repeat or interrupt it."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--store", metavar="SLUG", help="one store; all stores without it")

    def handle(self, *args: Any, **options: Any) -> None:
        stores = list(Store.objects.order_by("slug"))
        if options["store"] is not None:
            stores = [find_store(options["store"])]
        for store in stores:
            self.stdout.write(f"{store.slug}: {read_again(store):,} orders read again.")
