"""How fast a report's sums are read, beside one raw ``GROUP BY``: ``python -m bench.report``.

Exposures of one test with two variants over 90 days, in the order in which they happened, 3% of them buyers with an
order of two lines each; 3 devices, 20 countries, 2 kinds of customer. The floor adds up visitors, orders and revenue of
the same exposures by variant with one statement, and nothing else. The funnel is measured last, from three events of
each visitor, as ``bench.funnel`` does it alone.
"""

import json
from argparse import ArgumentParser
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from bench import funnel
from bench.database import scratch
from bench.rows import BUYERS, DAYS, START, Bar, load, seconds, vacuum
from bench.turns import medians_in_turns

if TYPE_CHECKING:
    from experiments.models import Experiment

FLOOR = """
SELECT variant_id, count(*), sum(orders), sum(revenue_minor) FROM experiments_exposure
WHERE experiment_id = %s GROUP BY variant_id
"""


def read_sums(experiment: "Experiment") -> None:
    """All that a report reads of sums: facts, everybody with and without the cap, every segment."""
    from experiments.reading import aggregation
    from experiments.reading.facts import facts_of

    facts = facts_of(experiment, START + timedelta(days=DAYS + 30))
    fill = facts.mean_cart_value_minor
    aggregation.aggregates(experiment, missing_cart_value_minor=fill)
    aggregation.aggregates(experiment, cap_minor=experiment.cap_minor, missing_cart_value_minor=fill)
    aggregation.segment_aggregates(experiment, cap_minor=experiment.cap_minor)


def read_part(experiment: "Experiment") -> None:
    """What a part of a test's visitors adds up to: one segment, exposed in the month in the middle."""
    from experiments.reading import parts

    first = START.date() + timedelta(days=DAYS // 3)
    part = parts.ExposurePart((("device", "phone"),), first, first + timedelta(days=DAYS // 3))
    parts.part_sums(experiment, part)


def floor(experiment: "Experiment") -> None:
    """One raw sum over everything."""
    from experiments.reading import aggregation

    aggregation.fetch(FLOOR, [experiment.pk])


def measure(experiment: "Experiment", rounds: int) -> dict[str, float]:
    """Medians in seconds: the floor, the sums of a report and of a part, and a touched day, in turns."""
    from experiments.accounting import rollups

    def refresh() -> None:
        rollups.refresh_days(experiment.pk, [START.date() + timedelta(days=DAYS // 2)])

    actions: dict[str, Callable[[], object]] = {
        "floor": partial(floor, experiment),
        "report": partial(read_sums, experiment),
        "part": partial(read_part, experiment),
        "day": refresh,
    }
    return medians_in_turns(actions, rounds)


def main() -> None:
    """Fill, add up, read; print the figures, the last line as JSON."""
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("--exposures", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--sums-only", action="store_true", help="leave the funnel and the second rebuild out")
    options = parser.parse_args()
    bars = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with scratch("config.settings"), Progress(*bars, console=Console(stderr=True)) as progress:
        from experiments.accounting.rebuild import rebuild
        from tests import factories

        experiment = factories.make_experiment(cap_minor=20_000)
        loading = progress.add_task("exposures", total=options.exposures)
        load(experiment, options.exposures, lambda done: progress.update(loading, completed=done))
        vacuum()
        raw = seconds(lambda: read_sums(experiment))
        computing = progress.add_task("outcomes", total=options.exposures)
        done: Bar = lambda number: progress.update(computing, completed=number)  # noqa: E731
        rebuilding = seconds(lambda: rebuild(experiment, on_progress=done))
        vacuum()
        taken = measure(experiment, options.rounds) | {"raw": raw, "rebuild": rebuilding}
        if options.sums_only:
            report(options.exposures, taken, {})
            return
        taken["check"] = seconds(lambda: print(rebuild(experiment)))
        events = funnel.EVENTS_EACH * options.exposures
        loading = progress.add_task("events", total=events)
        funnel.load_events(experiment, lambda done: progress.update(loading, completed=done))
        vacuum()
        counting = progress.add_task("counted", total=events)
        of_funnel = funnel.measure(experiment, options.rounds, lambda done: progress.update(counting, completed=done))
    report(options.exposures, taken, of_funnel)


def report(exposures: int, taken: dict[str, float], of_funnel: dict[str, float]) -> None:
    """Print each figure and its ratio to the floor: of the sums that of exposures, of the funnel that of events.

    What wasn't measured is left out.
    """
    names = {
        "floor": "one raw GROUP BY",
        "report": "a report's sums, all segments, every day added up",
        "raw": "the same, no day added up",
        "part": "one segment of a month, every day added up",
        "day": "a touched day added up again",
        "rebuild": "full rebuild: every outcome from its orders, every day added up",
        "check": "the same again, which finds no difference",
    }
    print(f"{exposures:,} exposures over {DAYS} days, {BUYERS:.0%} buyers")
    figures: dict[str, float] = {}
    ratios: dict[str, float] = {}
    for name, text in names.items():
        if name not in taken:
            continue
        ratio = taken[name] / taken["floor"]
        print(f"{taken[name] * 1000:>10,.1f} ms  {ratio:>8.3f} of the floor  {text}")
        figures[f"{name}_ms"] = round(taken[name] * 1000, 2)
        ratios[name] = round(ratio, 4)
    if of_funnel:
        figures |= funnel.report(of_funnel)
    print(json.dumps({"exposures": exposures, **figures, "ratios": ratios}))


if __name__ == "__main__":
    main()
