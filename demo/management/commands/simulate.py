"""``simulate``: traffic with a known effect for an experiment."""

import re
from argparse import ArgumentParser, ArgumentTypeError
from functools import partial
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from demo.simulation import CannotSimulate, SimulatedTraffic, Wanted, simulate
from experiments.management.lookup import find_experiment

MAX_VISITORS = 100_000_000
MAX_DAYS = 3_650
NEGATIVE_LIFT = re.compile(r"^-[\d.]+%?$")


def lift(text: str) -> float:
    """``5%`` or ``0.05`` -> 0.05."""
    try:
        value = float(text.removesuffix("%"))
    except ValueError:
        raise ArgumentTypeError(f"{text!r} is not a lift such as 5% or -1%") from None
    if text.endswith("%"):
        value /= 100
    if not -0.9 <= value <= 2:
        raise ArgumentTypeError(f"{text!r} is outside -90% to 200%")
    return value


def whole(text: str, high: int) -> int:
    """A whole number from 1 to ``high``."""
    if not text.isdecimal() or not 0 < int(text) <= high:
        raise ArgumentTypeError(f"{text!r} is not a whole number from 1 to {high:,}")
    return int(text)


class Command(BaseCommand):
    help = "Send simulated visitors with a known effect through an experiment."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser._negative_number_matcher = NEGATIVE_LIFT  # else argparse takes -1% for an option
        parser.add_argument("--experiment", required=True, metavar="KEY")
        parser.add_argument(
            "--store", metavar="SLUG", help="needed where several stores have an experiment of this key"
        )
        parser.add_argument("--visitors", required=True, type=partial(whole, high=MAX_VISITORS), metavar="N")
        parser.add_argument(
            "--days",
            type=partial(whole, high=MAX_DAYS),
            default=14,
            metavar="D",
            help="days to spread them over, up to now (default: 14)",
        )
        parser.add_argument(
            "--aov-lift",
            type=lift,
            default=0.0,
            metavar="LIFT",
            help="effect on order values, such as 5%% (default: none)",
        )
        parser.add_argument(
            "--conversion-lift",
            type=lift,
            default=0.0,
            metavar="LIFT",
            help="effect on conversion, such as -1%% (default: none)",
        )
        parser.add_argument("--aa", action="store_true", help="an A/A test: no effect")
        parser.add_argument(
            "--seed", type=int, default=0, metavar="S", help="the same seed makes the same visitors (default: 0)"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        experiment = find_experiment(options["experiment"], options["store"])
        if options["aa"] and (options["aov_lift"] or options["conversion_lift"]):
            raise CommandError("--aa means no effect: leave --aov-lift and --conversion-lift out.")
        if options["seed"] < 0:
            raise CommandError("--seed must be 0 or more.")
        columns = TextColumn("Simulating"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn()
        try:
            with Progress(*columns, console=Console(stderr=True)) as progress:
                task = progress.add_task("visitors", total=options["visitors"])
                result = simulate(
                    experiment,
                    SimulatedTraffic(visitors=options["visitors"], days=options["days"], seed=options["seed"]),
                    Wanted(aov_lift=options["aov_lift"], conversion_lift=options["conversion_lift"]),
                    on_progress=lambda done: progress.update(task, completed=done),
                )
        except CannotSimulate as error:
            raise CommandError(str(error)) from error
        self.stdout.write(
            f"{experiment.key}: {result.visitors:,} visitors, {result.events:,} events, {result.orders:,} orders."
        )
