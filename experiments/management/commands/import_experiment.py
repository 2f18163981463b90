"""``import_experiment``: a real experiment from a CSV."""

import re
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn

from experiments.formatting import counted
from experiments.imports.command_options import add_decimal, decimal_of
from experiments.imports.results import ImportResult, PastTest, import_experiment
from experiments.imports.units import Columns
from experiments.tables import BadFile

WEIGHT = re.compile(r"[1-9]\d{0,5}", re.ASCII)


class Command(BaseCommand):
    help = "Read a CSV (plain or .gz) with one row per unit into a concluded experiment."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--store", required=True, metavar="SLUG", help="created if it does not exist")
        parser.add_argument("--key", required=True, help="of the experiment, unique in the store")
        parser.add_argument("--name", default="", help="of the experiment; default: the key")
        parser.add_argument("--currency", help="of the amounts; default: the store's, USD for a new store")
        parser.add_argument("--unit", metavar="COLUMN", help="who was randomized; default: the row number")
        parser.add_argument("--variant", required=True, metavar="COLUMN")
        parser.add_argument("--control", required=True, metavar="VALUE", help="the variant column's value for control")
        parser.add_argument("--revenue", required=True, metavar="COLUMN", help="net revenue, in major units")
        parser.add_argument("--orders", required=True, metavar="COLUMN", help="number of orders")
        parser.add_argument("--covariate", metavar="COLUMN", help="money known before the test, for CUPED")
        parser.add_argument("--segment", action="append", default=[], metavar="COLUMN", help="may be given repeatedly")
        parser.add_argument("--exposed-at", metavar="COLUMN", help="ISO 8601; default: the time of the first import")
        parser.add_argument(
            "--weights",
            nargs="+",
            default=[],
            metavar="VARIANT=WEIGHT",
            help="the planned split of visitors, such as control=15 treatment=85; the report then checks it",
        )
        add_decimal(parser)
        parser.add_argument("--skip-bad-rows", action="store_true", help="import the good rows and report the others")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            result = self.read(options)
        except BadFile as error:
            raise CommandError(error.for_command()) from error
        except OSError as error:
            raise CommandError(f"Can't read {options['file']}: {error.strerror}.") from error
        self.say(result, options["key"])

    def read(self, options: dict[str, Any]) -> ImportResult:
        """Import the file behind a progress bar. Raises ``BadFile`` and ``OSError``."""
        test = PastTest(
            store_slug=options["store"],
            key=options["key"],
            name=options["name"],
            currency=options["currency"],
            control=options["control"],
            weights=weights_of(options["weights"]),
        )
        columns = Columns(
            variant=options["variant"],
            revenue=options["revenue"],
            orders=options["orders"],
            unit=options["unit"],
            covariate=options["covariate"],
            exposed_at=options["exposed_at"],
            segments=tuple(options["segment"]),
        )
        progress = Progress(
            TextColumn("Importing"), BarColumn(), DownloadColumn(), TimeRemainingColumn(), console=Console(stderr=True)
        )
        with options["file"].open("rb") as file, progress:
            return import_experiment(
                progress.wrap_file(file, total=options["file"].stat().st_size),
                test,
                columns,
                is_skipping_bad_rows=options["skip_bad_rows"],
                decimal=decimal_of(options["decimal"]),
            )

    def say(self, result: ImportResult, key: str) -> None:
        """Say what came of it."""
        self.stdout.write(
            f"{key}: {result.units:,} units ({result.added:,} added, {result.changed:,} changed, "
            f"{result.removed:,} removed)."
        )
        for note in result.notes:
            self.stdout.write(note)
        if result.bad_rows:
            self.stdout.write(f"Skipped {counted(result.bad_rows, 'bad row')}:\n{result.error_text()}")


def weights_of(pairs: list[str]) -> dict[str, int]:
    """``["control=15", "treatment=85"]`` -> ``{"control": 15, "treatment": 85}``. Raises ``BadFile``."""
    weights: dict[str, int] = {}
    for pair in pairs:
        name, _, weight = pair.rpartition("=")
        if not name or not WEIGHT.fullmatch(weight):
            raise BadFile(
                f"--weights {pair} must be VARIANT=WEIGHT, a whole number from 1 to 999999, such as control=15."
            )
        if name in weights:
            raise BadFile(f"--weights names {name} twice: remove one of the two.")
        weights[name] = int(weight)
    return weights
