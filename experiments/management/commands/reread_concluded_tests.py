"""``reread_concluded_tests``: stored results of concluded tests, computed again by today's method."""

import logging
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from rich.console import Console
from rich.progress import track

from experiments.formatting import counted
from experiments.management.lookup import find_store
from experiments.models import Experiment
from experiments.snapshots.second_reading import read_again, to_read_again

logger = logging.getLogger(__name__)


class Command(BaseCommand):
    help = (
        "Read each concluded test once by today's method, and store the report beside the old one. Decisions stay as "
        "they are. Interrupt it at any time: the next run goes on with the tests that are left."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--store", metavar="SLUG", help="only this store's tests")

    def handle(self, *args: Any, **options: Any) -> None:
        tests = Experiment.objects.select_related("store")
        if options["store"] is not None:
            tests = tests.filter(store=find_store(options["store"]))
        left = list(to_read_again(tests))
        stored, failed = 0, []
        for test in track(left, description="Tests", console=Console(stderr=True), transient=True):
            name = f"{test.store.slug}/{test.key}"
            try:
                if read_again(test, timezone.now()) is not None:
                    stored += 1
            except Exception:  # one test that can't be analyzed costs no other its turn
                logger.exception("%s can't be read again", name)
                failed.append(name)
        self.stdout.write(f"Read {counted(stored, 'concluded test')} again.")
        if failed:
            raise CommandError(f"These can't be read, the log says why: {', '.join(failed)}. Run the command again.")
