"""How fast a report's sums are read, beside one raw ``GROUP BY``: ``python -m bench.report``.

Exposures of one test with two variants over 90 days, 3% of them buyers, 3 devices, 20 countries, 2 kinds of
customer. The floor adds up visitors, orders and revenue of the same exposures by variant with one statement, and
nothing else.
"""

import json
import statistics
import time
from argparse import ArgumentParser
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import numpy as np
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from bench.database import scratch

if TYPE_CHECKING:
    from experiments.models import Experiment

DAYS = 90
BUYERS = 0.03
START = datetime(2026, 1, 1, tzinfo=UTC)
CHUNK = 50_000
COPY = """
COPY experiments_exposure (experiment_id, visitor_id, store_id, variant_id, exposed_at, cart_value_minor, device,
    country, customer_type, segments, is_conflicting, orders, revenue_minor, refunded_minor, items, upsell_minor,
    has_converted, has_accepted) FROM STDIN
"""
FLOOR = """
SELECT variant_id, count(*), sum(orders), sum(revenue_minor) FROM experiments_exposure
WHERE experiment_id = %s GROUP BY variant_id
"""
Bar = Callable[[int], None]


def columns_of(size: int, random: np.random.Generator) -> list[list[Any]]:
    """Random device, country, customer type, second, cart value, orders and revenue of so many visitors."""
    orders = (random.random(size) < BUYERS) * random.integers(1, 3, size)
    return [
        column.tolist()
        for column in (
            random.choice(["phone", "desktop", "tablet"], size),
            random.choice([f"{a}{b}" for a in "ABCD" for b in "ABCDE"], size),
            random.choice(["new", "returning"], size),
            random.integers(0, DAYS * 86_400, size),
            random.lognormal(8.5, 0.6, size).astype(int),
            orders,
            orders * random.lognormal(8.7, 0.7, size).astype(int),
        )
    ]


def load(experiment: "Experiment", number: int, on_progress: Bar) -> None:
    """Copy the exposures into the table, chunk by chunk."""
    from django.db import connection

    random = np.random.default_rng(2026)
    variants = [variant.pk for variant in experiment.variants.all()]
    for first in range(0, number, CHUNK):
        size = min(CHUNK, number - first)
        with connection.cursor() as cursor, cursor.copy(COPY) as copy:
            rows = zip(*columns_of(size, random), strict=True)
            for index, (device, country, kind, second, cart, orders, revenue) in enumerate(rows, first):
                visitor = (f"v_{index:016x}", experiment.store_id, variants[index % 2])
                context = (START + timedelta(seconds=second), cart, device, country, kind, "{}", False)
                outcome = (orders, revenue, 0, orders * 2, 0, orders > 0, False)
                copy.write_row((experiment.pk, *visitor, *context, *outcome))
        on_progress(first + size)


def rebuild_sums(experiment: "Experiment", on_progress: Bar) -> None:
    """Add up every day."""
    from experiments import rollups

    for number, day in enumerate(rollups.days_of(experiment), 1):
        rollups.refresh_day(experiment.pk, day)
        on_progress(number)


def read_sums(experiment: "Experiment") -> None:
    """All that a report reads of sums: facts, everybody with and without the cap, every segment."""
    from experiments import aggregation

    facts = aggregation.facts(experiment, START + timedelta(days=DAYS + 30))
    fill = facts.mean_cart_value_minor
    aggregation.aggregates(experiment, missing_cart_value_minor=fill)
    aggregation.aggregates(experiment, cap_minor=experiment.cap_minor, missing_cart_value_minor=fill)
    aggregation.segment_aggregates(experiment, cap_minor=experiment.cap_minor)


def floor(experiment: "Experiment") -> None:
    """One raw sum over everything."""
    from experiments import aggregation

    aggregation.fetch(FLOOR, [experiment.pk])


def seconds(action: Callable[[], object]) -> float:
    """How long it takes."""
    start = time.perf_counter()
    action()
    return time.perf_counter() - start


def measure(experiment: "Experiment", rounds: int) -> dict[str, float]:
    """Medians in seconds: the floor, the sums of a report, and a touched day, in turns."""
    from experiments import rollups

    def refresh() -> None:
        rollups.refresh_day(experiment.pk, START.date() + timedelta(days=DAYS // 2))

    actions = {"floor": lambda: floor(experiment), "report": lambda: read_sums(experiment), "day": refresh}
    taken: dict[str, list[float]] = {name: [] for name in actions}
    for _ in range(rounds):
        for name, action in actions.items():
            taken[name].append(seconds(action))
    return {name: statistics.median(times) for name, times in taken.items()}


def vacuum() -> None:
    """What autovacuum would have done a minute later."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("VACUUM (ANALYZE)")


def main() -> None:
    """Fill, add up, read; print the figures, the last line as JSON."""
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("--exposures", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=7)
    options = parser.parse_args()
    bars = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with scratch(), Progress(*bars, console=Console(stderr=True)) as progress:
        from tests import factories

        experiment = factories.make_experiment(cap_minor=20_000)
        loading = progress.add_task("exposures", total=options.exposures)
        load(experiment, options.exposures, lambda done: progress.update(loading, completed=done))
        vacuum()
        raw = seconds(lambda: read_sums(experiment))
        adding = progress.add_task("days added up", total=DAYS)
        rebuilding = seconds(lambda: rebuild_sums(experiment, lambda done: progress.update(adding, completed=done)))
        vacuum()
        taken = measure(experiment, options.rounds)
    report(options.exposures, taken | {"raw": raw, "rebuild": rebuilding})


def report(exposures: int, taken: dict[str, float]) -> None:
    """Print each figure and its ratio to the floor."""
    names = {
        "floor": "one raw GROUP BY",
        "report": "a report's sums, all segments, every day added up",
        "raw": "the same, no day added up",
        "day": "a touched day added up again",
        "rebuild": "every day added up",
    }
    ratios = {name: taken[name] / taken["floor"] for name in names}
    print(f"{exposures:,} exposures over {DAYS} days, {BUYERS:.0%} buyers")
    for name, text in names.items():
        print(f"{taken[name] * 1000:>10,.1f} ms  {ratios[name]:>8.3f} of the floor  {text}")
    figures = {f"{name}_ms": round(taken[name] * 1000, 2) for name in names}
    print(json.dumps({"exposures": exposures, **figures, "ratios": {k: round(v, 4) for k, v in ratios.items()}}))


if __name__ == "__main__":
    main()
