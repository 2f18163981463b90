"""``rebuild_outcomes``: outcomes and sums from scratch, with what differed."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from experiments.accounting.rebuild import rebuild
from experiments.formatting import counted
from experiments.management.lookup import find_experiment, find_store
from experiments.models import Experiment
from experiments.reading.exposures import count_exposures


class Command(BaseCommand):
    help = (
        "Compute all outcomes again from the orders, and all daily sums from the exposures. Correct what differs and "
        "report how much did; on a healthy database, nothing differs."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--store", metavar="SLUG", help="only this store's experiments")
        parser.add_argument("--experiment", metavar="KEY", help="only this experiment")

    def handle(self, *args: Any, **options: Any) -> None:
        experiments = chosen(options["store"], options["experiment"])
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
        wrong = 0
        with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
            for experiment in experiments:
                wrong += self.rebuild(experiment, progress)
        if wrong:
            self.stdout.write(f"Corrected {counted(wrong, 'row')}.")
        else:
            self.stdout.write("No differences.")

    def rebuild(self, experiment: Experiment, progress: Progress) -> int:
        """Rebuild one experiment, say what was found, and return how many rows differed."""
        name = f"{experiment.store.slug}/{experiment.key}"
        task = progress.add_task(name, total=count_exposures(experiment))
        rebuilt = rebuild(experiment, on_progress=lambda done: progress.update(task, completed=done))
        self.stdout.write(
            f"{name}: {rebuilt.exposures:,} exposures, {rebuilt.wrong_exposures:,} differed; "
            f"{rebuilt.days:,} days, {rebuilt.wrong_sums:,} sums differed; "
            f"{rebuilt.wrong_links:,} orders were linked to the wrong visitor"
        )
        if rebuilt.missing_keys:
            self.stdout.write(f"{rebuilt.missing_keys:,} orders of known customers had no customer key")
        if rebuilt.wrong_acceptances:
            self.stdout.write(f"{rebuilt.wrong_acceptances:,} visitors had an acceptance that belongs to another order")
        if rebuilt.wrong_funnel_counts:
            self.stdout.write(f"{rebuilt.wrong_funnel_counts:,} visitors and days had other counts in the funnel")
        return rebuilt.wrong


def chosen(store_slug: str | None, key: str | None) -> list[Experiment]:
    """Return the experiments that were asked for. Raises ``CommandError`` where there is none of that name."""
    if key is not None:
        return [find_experiment(key, store_slug)]
    experiments = Experiment.with_holdouts.select_related("store").order_by("store__slug", "key")
    if store_slug is None:
        return list(experiments)
    return list(experiments.filter(store=find_store(store_slug)))
