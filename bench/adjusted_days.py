"""What covariates and custom metrics add to a touched day and to a report: ``python -m bench.adjusted_days``.

Exposures of one test over 90 days, 3% of them buyers; every covariate is known, and every buyer bought something of
each custom metric. The floor of a touched day is the same day added up without either, that of a report one raw
``GROUP BY`` of all exposures. In turns, medians.
"""

import json
from argparse import ArgumentParser
from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from bench.database import scratch
from bench.figures import in_milliseconds, medians
from bench.report import floor, read_sums
from bench.rows import DAYS, START, load, seconds, vacuum

if TYPE_CHECKING:
    from experiments.models import Experiment

# A touched day takes at most so many times as long as without, and a report's sums so many milliseconds.
BAR, SUMS_BAR_MS = 2.0, 50.0
METRICS = 5
BUY = """
UPDATE experiments_exposure SET orders = 1, items = 2, revenue_minor = 4000 + hashtext(visitor_id) %% 1000,
    has_converted = true WHERE experiment_id = %s AND hashtext(visitor_id) %% 33 = 0
"""
BOUGHT = """
INSERT INTO experiments_customoutcome (chosen_id, visitor_id, orders, units, revenue_minor, refunded_minor)
SELECT chosen.id, visitor_id, 1, 1, revenue_minor / 2, 0
FROM experiments_exposure JOIN experiments_chosenmetric AS chosen USING (experiment_id)
WHERE experiment_id = %s AND has_converted
"""
ALL_COVARIATES = ["cart_value", "cart_items", "device", "customer_type", "hour", "past_orders"]


def fill(experiment: "Experiment", number: int, on_progress: Callable[[int], None]) -> None:
    """Make the exposures, their outcomes, and those by the custom metrics."""
    from django.db import connection

    from experiments.models import ChosenMetric, CustomMetric

    load(experiment, number, on_progress, with_orders=False)
    for position in range(METRICS):
        metric = CustomMetric.objects.create(store=experiment.store, key=f"metric-{position}", name=f"M{position}")
        ChosenMetric.objects.create(
            experiment=experiment, metric=metric, name=metric.name, counted="revenue", skus=["tea"], fixed_at=START
        )
    with connection.cursor() as cursor:
        cursor.execute(BUY, [experiment.pk])
        cursor.execute(BOUGHT, [experiment.pk])
    vacuum()


def choose(experiment: "Experiment", *, covariates: bool, metrics: bool) -> None:
    """Have the test adjusted by all covariates or by the cart alone, with its custom metrics or without."""
    from experiments.models import ChosenMetric, Experiment

    experiment.covariates = ALL_COVARIATES if covariates else ["cart_value"]
    Experiment.objects.filter(pk=experiment.pk).update(covariates=experiment.covariates)
    ChosenMetric.objects.filter(experiment=experiment).update(fixed_at=START if metrics else None)


def measure(experiment: "Experiment", rounds: int) -> dict[str, float]:
    """Return medians in seconds, in turns."""
    from experiments.accounting import rollups
    from experiments.reading.covariates import total_covariates
    from experiments.reading.custom_metrics import custom_arms, metrics_of

    day = START.date() + timedelta(days=DAYS // 2)

    def refresh(*, covariates: bool, metrics: bool) -> float:
        choose(experiment, covariates=covariates, metrics=metrics)
        return seconds(lambda: rollups.refresh_days(experiment.pk, [day]))

    def read_adjusted() -> None:
        read_sums(experiment)
        total_covariates(experiment, cap_minor=None)
        custom_arms(experiment, metrics_of(experiment))

    taken: dict[str, list[float]] = {}
    for _ in range(rounds):
        taken.setdefault("day", []).append(refresh(covariates=False, metrics=False))
        taken.setdefault("day_covariates", []).append(refresh(covariates=True, metrics=False))
        taken.setdefault("day_metrics", []).append(refresh(covariates=False, metrics=True))
        taken.setdefault("day_both", []).append(refresh(covariates=True, metrics=True))
        taken.setdefault("floor", []).append(seconds(lambda: floor(experiment)))
        taken.setdefault("sums", []).append(seconds(lambda: read_sums(experiment)))
        taken.setdefault("sums_both", []).append(seconds(read_adjusted))
    return medians(taken)


def main() -> None:
    """Fill, add up, read; print the figures, the last line as JSON."""
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("--exposures", type=int, default=10_000_000)
    parser.add_argument("--rounds", type=int, default=7)
    options = parser.parse_args()
    bars = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with scratch("config.settings"), Progress(*bars, console=Console(stderr=True)) as progress:
        from experiments.accounting import rollups
        from tests import factories

        experiment = factories.make_experiment(cap_minor=20_000)
        task = progress.add_task("exposures", total=options.exposures)
        fill(experiment, options.exposures, lambda done: progress.update(task, completed=done))
        choose(experiment, covariates=True, metrics=True)
        days = rollups.days_of(experiment)
        adding = seconds(lambda: rollups.refresh_each(experiment.pk, days))
        vacuum()
        taken = measure(experiment, options.rounds)
    report(options.exposures, taken, adding)


def report(exposures: int, taken: dict[str, float], adding: float) -> None:
    """Print each figure beside its floor."""
    lines = {
        "day": ("day", "a touched day, adjusted by the cart alone, without custom metrics"),
        "day_covariates": ("day", f"with all {len(ALL_COVARIATES)} covariates"),
        "day_metrics": ("day", f"with {METRICS} custom metrics"),
        "day_both": ("day", "with both"),
        "floor": ("floor", "one raw GROUP BY of all exposures"),
        "sums": ("floor", "a report's sums"),
        "sums_both": ("floor", "with those of covariates and custom metrics"),
    }
    print(f"{exposures:,} exposures over {DAYS} days; all days added up with both in {adding:.0f} s")
    ratios = {}
    for name, (beside, text) in lines.items():
        ratios[name] = round(taken[name] / taken[beside], 3)
        print(f"{taken[name] * 1000:>10,.1f} ms  {ratios[name]:>7.3f} of {beside}  {text}")
    bars = {"day": BAR, "sums_ms": SUMS_BAR_MS}
    print(json.dumps({"exposures": exposures, "bars": bars, "ratios": ratios, "ms": in_milliseconds(taken)}))


if __name__ == "__main__":
    main()
