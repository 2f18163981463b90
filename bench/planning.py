"""How fast follow-ups are begun and planned: ``python -m bench.planning [--runs 20000]``.

The floor is a bare insert of the same rows, batch by batch and in turns with the worker's code: exposures, send points,
messages, and runs that have gone on, of customers whom nobody has asked anything about. Then a look with nothing due,
and how long it takes to tell the site's caps of the send points.
"""

import json
import os
import time
from argparse import ArgumentParser
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from bench.database import scratch
from experiments.sql_files import read_sql

BATCH = 500
FILL = read_sql(__file__, "fill_planning")
BARE = read_sql(__file__, "bare_planning")
LOOKS = 20


@dataclass
class Timing:
    """How many runs took how long; ``batches`` are the seconds of each batch that had any."""

    runs: int = 0
    seconds: float = 0.0
    batches: list[float] = field(default_factory=list)

    @property
    def per_minute(self) -> float:
        """Runs a minute."""
        return 60 * self.runs / self.seconds


def make_world(runs: int) -> tuple[Any, Any]:
    """Make a store whose customers have ordered once, and two journeys that an order begins: ours, and the floor's.

    Each step is a test, as most are; the customers have an address, have agreed, and have no trouble.
    """
    from tests.factories import NOON
    from tests.journeys import followups

    store = followups.make_sending_store()
    journeys = []
    for _ in range(2):
        journeys.append(followups.make_journey(store, {"experiment": followups.make_step_test(store)}))
    execute(FILL, {"store_id": store.pk, "customers": runs, "placed_at": NOON - followups.DAY})
    return store, journeys


def execute(statement: str, parameters: object = None) -> int:
    """Run a statement, and return how many rows it wrote."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)  # type: ignore[arg-type]
        return int(cursor.rowcount)


def begin(store: Any) -> Timing:
    """Begin the runs of all orders, as orders do that come in by the thousand."""
    from experiments.batches import batches
    from experiments.models import Order
    from journeys.triggers.orders import begin_runs

    timing = Timing()
    order_ids = list(Order.objects.filter(store=store).order_by("pk").values_list("pk", flat=True))
    for batch in batches(order_ids, 10_000):
        measure(timing, lambda batch=batch: begin_runs(store.pk, batch))  # type: ignore[misc]
    return timing


def measure(timing: Timing, work: Callable[[], int]) -> int:
    """Time what plans some runs."""

    began = time.perf_counter()
    runs = work()
    seconds = time.perf_counter() - began
    if runs:
        timing.batches.append(seconds)
    timing.seconds += seconds
    timing.runs += runs
    return runs


def plan_bare(journey: Any, now: Any, limit: int) -> int:
    """Write what a batch comes to, and nothing else."""
    from django.db import transaction

    step = journey.versions.get().steps.get()
    variants = list(step.experiment.variants.order_by("pk").values_list("pk", flat=True))
    parameters = {
        "journey_id": journey.pk,
        "experiment_id": step.experiment_id,
        "step_id": step.pk,
        "store_id": journey.store_id,
        "control_id": variants[0],
        "treatment_id": variants[1],
        "now": now,
        "limit": limit,
    }
    with transaction.atomic():
        return execute(BARE, parameters)


def plan_in_turns(journeys: list[Any], now: Any, limit: int) -> tuple[Timing, Timing]:
    """Plan both journeys, a batch of each in turn, ours by the worker's code; return our timing and the floor's."""
    from journeys.planning.batch import plan_batch

    ours, floor = Timing(), Timing()
    planned = 1
    while planned:
        planned = measure(ours, lambda: plan_batch(journeys[0].pk, now, limit).runs)
        measure(floor, lambda: plan_bare(journeys[1], now, limit))
    return ours, floor


def look(now: Any) -> float:
    """Return the milliseconds of a look with nothing due."""
    from journeys.planning.due import journeys_due

    times = []
    for _ in range(LOOKS):
        began = time.perf_counter()
        if journeys_due(now):
            raise ValueError("Something is due.")
        times.append(time.perf_counter() - began)
    return 1_000 * sorted(times)[LOOKS // 2]


def note_seconds(store: Any, now: Any) -> float:
    """Return how many seconds it takes to tell the store's edges of 100,000 send points."""
    from journeys.models import COUNTED_VERDICTS, SendPoint
    from journeys.site_caps import note_send_points_of

    began = time.perf_counter()
    note_send_points_of(store, now)
    seconds = time.perf_counter() - began
    return 100_000 * seconds / SendPoint.objects.filter(store=store, verdict__in=COUNTED_VERDICTS).count()


def main() -> None:
    """Measure, and print for people and as JSON."""
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=20_000)
    parser.add_argument("--batch", type=int, default=BATCH)
    options = parser.parse_args()
    with scratch("config.settings"):
        print(json.dumps(run(options.runs, options.batch)))


def run(runs: int, batch: int) -> dict[str, object]:
    """Begin and plan so many runs of each journey."""
    from tests.factories import NOON

    store, journeys = make_world(runs)
    execute("ANALYZE")
    begun = begin(store)
    execute("ANALYZE")
    ours, floor = plan_in_turns(journeys, NOON, batch)
    idle, noted = look(NOON), note_seconds(store, NOON)
    load = round(os.getloadavg()[1], 1)
    seconds = 100_000 * begun.seconds / begun.runs
    print(f"begun: 100,000 runs in {seconds:.1f} s (bar 10)")
    print(f"planned: {ours.per_minute:,.0f} a minute (bar 50,000), floor {floor.per_minute:,.0f}, load {load}")
    print(f"a look with nothing due: {idle:.2f} ms (bar 5)")
    print(f"noted for the site's caps: 100,000 send points in {noted:.1f} s")
    return {
        "benchmark": "planning",
        "load_average": load,
        "begun_seconds_per_100000": round(seconds, 2),
        "planned_per_minute": round(ours.per_minute),
        "floor_per_minute": round(floor.per_minute),
        "ratio": round(ours.seconds / floor.seconds * floor.runs / ours.runs, 2),
        "look_ms": round(idle, 2),
        "noted_seconds_per_100000": round(noted, 2),
    }


if __name__ == "__main__":
    main()
