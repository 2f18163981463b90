"""``follow_store_days``: tests whose days are UTC, or those of a time zone that their store had, follow it."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from rich.console import Console
from rich.progress import track

from experiments.accounting.day_zones import follow_store, tests_with_other_days
from experiments.formatting import counted
from experiments.management.lookup import find_store
from experiments.models import Store


class Command(BaseCommand):
    help = (
        "Add up each test's days by its store's time zone, where they are by another one. Totals stay as they are, and "
        "so do stored reports. Interrupt it at any time: the next run goes on with the tests that are left."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--store", metavar="SLUG", help="only this store's tests")

    def handle(self, *args: Any, **options: Any) -> None:
        stores = list(Store.objects.all())
        if options["store"] is not None:
            stores = [find_store(options["store"])]
        tests = []
        for store in stores:
            tests += tests_with_other_days(store)
        for test in track(tests, description="Tests", console=Console(stderr=True), transient=True):
            days = follow_store(test)
            self.stdout.write(f"{test.store.slug}/{test.key}: {counted(days, 'day')} by {test.day_zone}")
        self.stdout.write(f"{counted(len(tests), 'test')} changed.")
