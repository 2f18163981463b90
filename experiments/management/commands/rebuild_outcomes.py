"""``rebuild_outcomes``: outcomes and sums from scratch, with what differed."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from experiments.accounting.rebuild import rebuild
from experiments.management.lookup import find_experiment
from experiments.models import Experiment, Store
from experiments.reading.exposures import count_exposures


class Command(BaseCommand):
    help = (
        "Compute every outcome of every exposure from the orders, and every day's sums from the exposures, put right "
        "what differs and say how much did: nothing, as long as all is well."
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
            self.stdout.write(f"Put right what differed: {wrong:,} rows.")
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
            f"{rebuilt.wrong_links:,} orders were another's"
        )
        if rebuilt.wrong_acceptances:
            self.stdout.write(f"{rebuilt.wrong_acceptances:,} visitors had an acceptance that counts for another order")
        return rebuilt.wrong


def chosen(store_slug: str | None, key: str | None) -> list[Experiment]:
    """The experiments that were asked for. ``CommandError`` where there is none of that name."""
    if key is not None:
        return [find_experiment(key, store_slug)]
    experiments = Experiment.objects.select_related("store").order_by("store__slug", "key")
    if store_slug is None:
        return list(experiments)
    if not Store.objects.filter(slug=store_slug).exists():
        raise CommandError(f"There is no store {store_slug!r}.")
    return list(experiments.filter(store__slug=store_slug))
