"""How fast the funnel is read, beside one raw ``GROUP BY`` of its events: ``python -m bench.funnel``.

Exposures as ``bench.rows`` makes them, without orders, and three events of each visitor: an exposure, an impression,
and a third of any kind, taken back accepts included; one visitor in a thousand is automated. The events come without
notes, as from before an upgrade: how long it takes to count them is measured, too. What is read must be equal to what
is counted from the events, or it ends with an error.
"""

import json
import statistics
from argparse import ArgumentParser
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from bench.database import scratch
from bench.figures import in_milliseconds, medians
from bench.rows import DAYS, START, Bar, load, seconds, vacuum

if TYPE_CHECKING:
    from experiments.models import Experiment

EVENTS_EACH = 3
# What a worker finds every half minute with a million visitors a day, three batches of each.
CHANGES = 1_000
# Into the parts of their months, where no trigger notes them; in the order in which they were received.
EVENTS = """
INSERT INTO {part} (store_id, event_id, month, type, occurred_at, received_at, visitor_id, experiment_id, variant_id,
    moment, props)
SELECT store_id, gen_random_uuid(), %(month)s, step.type, exposed_at, exposed_at, visitor_id, experiment_id,
    variant_id, 'cart',
    CASE WHEN number %% 50 = 7 AND step.type = 'decline' THEN '{{"undone": true}}' ELSE '{{}}' END::jsonb
FROM (
    SELECT *, ('x' || substr(visitor_id, 11))::bit(32)::bigint AS number FROM experiments_exposure
    WHERE experiment_id = %(experiment_id)s AND exposed_at >= %(day)s AND exposed_at < %(day)s + interval '1 day'
    ORDER BY exposed_at
) AS exposed
CROSS JOIN LATERAL (VALUES ('exposure'), ('impression'), ((
    '{{click,click,click,accept,decline,decline,impression,decline,skipped,error}}'::text[])[1 + number %% 10]
)) AS step (type)
"""
AUTOMATED = """
UPDATE experiments_exposure SET is_automated = true WHERE experiment_id = %s AND visitor_id LIKE '%%3e8'
"""
FLOOR = """
SELECT variant_id, type, count(*) FROM experiments_widgetevent WHERE experiment_id = %s GROUP BY variant_id, type
"""
SIZES = """
SELECT pg_total_relation_size('experiments_funnelvisitor'), pg_total_relation_size('experiments_funnelday'),
    pg_total_relation_size('experiments_exposure'),
    (SELECT sum(pg_total_relation_size(inhrelid)) FROM pg_inherits
        WHERE inhparent = 'experiments_widgetevent'::regclass)
"""


def load_events(experiment: "Experiment", on_progress: Bar) -> None:
    """Make three events for each exposure, as stored before they were counted; and some visitors automated."""
    from django.db import connection

    from experiments.accounting import partitions
    from experiments.models import FunnelChange, UncountedEvents

    events = 0
    for index in range(DAYS):
        day = START + timedelta(days=index)
        month = partitions.month_of(day)
        if month not in partitions.months():
            partitions.make(month)
        parameters: dict[str, Any] = {"experiment_id": experiment.pk, "day": day, "month": month}
        with connection.cursor() as cursor:
            cursor.execute(EVENTS.format(part=partitions.part_of(month)), parameters)
            events += cursor.rowcount
        on_progress(events)
    with connection.cursor() as cursor:
        cursor.execute(AUTOMATED, [experiment.pk])
    FunnelChange.objects.all().delete()
    UncountedEvents.objects.create()


def receive_some(experiment: "Experiment") -> None:
    """Let events come in that aren't added up yet: one batch each of visitors who were here before."""
    from experiments.accounting.ingestion import EventRecord, record_events
    from experiments.models import Exposure

    now = datetime.now(UTC)
    exposures = Exposure.objects.filter(experiment=experiment).order_by("-exposed_at")[:CHANGES]
    for exposure in exposures:
        ids = (exposure.visitor_id, exposure.experiment_id, exposure.variant_id)
        record_events(exposure.store_id, [EventRecord(uuid4(), "click", now, *ids)], received_at=now)


def read_raw(experiment: "Experiment") -> object:
    """Count the funnel from its events."""
    from experiments.reading import funnel

    return dict(funnel.counted_by(funnel.COUNT_EVENTS, experiment).counts)


def read_sums(experiment: "Experiment") -> object:
    """Read the funnel as reports do."""
    from experiments.reading import funnel

    return dict(funnel.count_events(experiment).counts)


def floor(experiment: "Experiment") -> None:
    """Count all events by variant and type, and nothing else."""
    from experiments.reading import aggregation

    aggregation.fetch(FLOOR, [experiment.pk])


def check(experiment: "Experiment") -> None:
    """Raise ``RuntimeError`` where the funnel isn't equal to the count of its events, to the unit."""
    read, counted = read_sums(experiment), read_raw(experiment)
    if read != counted:
        raise RuntimeError(f"The funnel is {read}; counted from the events it is {counted}.")


def measure(experiment: "Experiment", rounds: int, on_progress: Bar) -> dict[str, float]:
    """Medians in seconds: existing events counted; floor, raw count, and funnel with and without changes to come."""
    from experiments.accounting import funnel_changes, funnel_existing

    def count() -> None:
        done = 0
        for counted in funnel_existing.count_by_span():
            done += counted.events
            on_progress(done)

    taken = {"existing": seconds(count)}
    vacuum()
    check(experiment)
    raw: dict[str, list[float]] = {"events_floor": [], "raw_funnel": []}
    for _ in range(min(rounds, 3)):
        raw["events_floor"].append(seconds(lambda: floor(experiment)))
        raw["raw_funnel"].append(seconds(lambda: read_raw(experiment)))
    taken["funnel"] = median_of(lambda: read_sums(experiment), rounds)
    receive_some(experiment)
    taken["funnel_behind"] = median_of(lambda: read_sums(experiment), rounds)
    check(experiment)
    taken["add_up"] = seconds(funnel_changes.add_up_changes)
    check(experiment)
    return taken | medians(raw)


def median_of(action: Callable[[], object], rounds: int) -> float:
    """How long it takes in most rounds."""
    times = []
    for _ in range(rounds):
        times.append(seconds(action))
    return statistics.median(times)


def report(taken: dict[str, float]) -> dict[str, float]:
    """Print each figure and its ratio to the floor; return them in milliseconds."""
    names = {
        "events_floor": "one raw GROUP BY of the events",
        "raw_funnel": "the funnel counted from the events",
        "funnel": "the funnel as reports read it, everything added up",
        "funnel_behind": f"the same with {CHANGES:,} changes that the worker hasn't added up",
        "add_up": "these added up",
        "existing": "all events counted by count_existing_events",
    }
    for name, text in names.items():
        ratio = taken[name] / taken["events_floor"]
        print(f"{taken[name] * 1000:>11,.1f} ms  {ratio:>8.4f} of the floor  {text}")
    found = {}
    for name, milliseconds in in_milliseconds(taken, digits=2).items():
        if name in names:
            found[f"{name}_ms"] = milliseconds
    return found


def sizes() -> dict[str, int]:
    """Megabytes on disk, with their indexes."""
    from experiments.reading import aggregation

    names = ("funnel_visitors", "funnel_days", "exposures", "events")
    ((*found,),) = aggregation.fetch(SIZES, [])
    sizes = {}
    for name, size in zip(names, found, strict=True):
        sizes[f"{name}_mb"] = int(size) // 2**20
    return sizes


def main() -> None:
    """Fill, count, read; print the figures, the last line as JSON."""
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("--exposures", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=7)
    options = parser.parse_args()
    bars = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with scratch("config.settings"), Progress(*bars, console=Console(stderr=True)) as progress:
        from tests import factories

        def bar(name: str, total: int) -> Bar:
            task = progress.add_task(name, total=total)
            return lambda done: progress.update(task, completed=done)

        experiment = factories.make_experiment()
        load(experiment, options.exposures, bar("exposures", options.exposures), with_orders=False)
        load_events(experiment, bar("events", EVENTS_EACH * options.exposures))
        vacuum()
        taken = measure(experiment, options.rounds, bar("counted", EVENTS_EACH * options.exposures))
        found = sizes()
    print(f"{options.exposures:,} exposures and {EVENTS_EACH * options.exposures:,} events over {DAYS} days; {found}")
    print(json.dumps({"exposures": options.exposures, **report(taken), **found}))


if __name__ == "__main__":
    main()
