"""Simulated traffic: visitors through assignment, ingestion and orders.

Everything but the visitors is real: the assignment picks the variant, events and orders go through ingestion, and what
is bought are the baskets of the store's own past orders.
"""

import zlib
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import numpy as np
from django.utils import timezone

from checkout_widgets.costs import fill_missing_costs
from checkout_widgets.models import Acceptance
from demo.simulation.companions import Companion
from demo.simulation.effects import SOURCE
from demo.simulation.scenario import Scenario, Wanted, scenario_for
from demo.simulation.visitors import (
    EVENTS_OF_SEQUENCE,
    EVENTS_PER_VISITOR,
    SimulatedVisitor,
    draw_times,
    draw_visitors,
)
from demo.simulation.visits import Done, visit
from experiments.accounting.ingestion import EventRecord, record_events
from experiments.accounting.orders import record_orders
from experiments.accounting.rollups import refresh_after_bulk
from experiments.models import Experiment
from experiments.reading.exposures import exposed_span, last_visitor
from experiments.running import caps, delays
from experiments.snapshots import take_snapshot

# As many as one statement records quickly. Visitors are drawn by batch, so another size would draw other visitors.
BATCH = 5_000


@dataclass(slots=True)
class SimulationResult:
    """What was sent."""

    visitors: int = 0
    events: int = 0
    orders: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class SimulatedTraffic:
    """How many visitors come, and over how many days. The same seed on the same data makes the same visitors.

    ``companions``: visitors of another test, who are the first of these.
    """

    visitors: int
    days: float
    seed: int = 0
    companions: Sequence[Companion] = ()


def simulate(
    experiment: Experiment,
    traffic: SimulatedTraffic,
    wanted: Wanted,
    *,
    now: datetime | None = None,
    is_look: bool = False,
    on_progress: Callable[[int], None] = lambda done: None,
) -> SimulationResult:
    """Send visitors by, spread over the days that end ``now``, and store the report at the end.

    Running it again adds other visitors. ``is_look``: the report is a look of the test's plan, as the
    worker takes them. ``on_progress`` gets how many visitors are done.

    Raises ``CannotSimulate`` for an imported experiment, one without two variants, or a store without past orders.
    """
    now = now or timezone.now()
    scenario = scenario_for(experiment, wanted, now=now, seed=traffic.seed)
    result = SimulationResult()
    for crowd in crowds(scenario, traffic):
        send(scenario, crowd, result)
        on_progress(result.visitors)
    scenario.decided.store()
    start_no_later(experiment)
    refresh_after_bulk(experiment)
    if caps.fix_cap(experiment, now):  # as the worker would have in the days that were simulated
        experiment.refresh_from_db()
    # as the worker would once a day: a report goes by how long the store's orders and refunds take
    delays.estimate(experiment.store, [experiment], now)
    take_snapshot(experiment, is_look=is_look, now=now)
    return result


def crowds(scenario: Scenario, traffic: SimulatedTraffic) -> Iterator[dict[str, SimulatedVisitor]]:
    """The visitors by their ids, some thousands at a time."""
    visitors, seed, key = traffic.visitors, traffic.seed, scenario.experiment.key
    prefix = f"sim_{zlib.crc32(f'{key}:{seed}'.encode()):08x}_"
    first = next_number(scenario.experiment, prefix)
    # with the first number, so that the same seed a second time brings other visitors, not the same ones again
    rng = np.random.default_rng([seed, zlib.crc32(key.encode()), first])
    start = scenario.now - timedelta(days=traffic.days)
    times = draw_times(rng, visitors, start, scenario.now)
    events = EVENTS_PER_VISITOR
    if scenario.second_offers:
        events = EVENTS_OF_SEQUENCE
    for done in range(0, visitors, BATCH):
        crowd = {}
        drawn = draw_visitors(rng, times[done : done + BATCH], start, baskets=len(scenario.baskets), events=events)
        companions = traffic.companions[done : done + BATCH]
        for companion, visitor in zip(companions, drawn, strict=False):
            crowd[companion.visitor_id] = companion.instead_of(visitor)
        for number, visitor in enumerate(drawn[len(companions) :], first + done + len(companions)):
            crowd[f"{prefix}{number:09d}"] = visitor
        yield crowd


def send(scenario: Scenario, crowd: Mapping[str, SimulatedVisitor], result: SimulationResult) -> None:
    """Record what these visitors do."""
    done = Done()
    for visitor_id, visitor in crowd.items():
        done.add(visit(scenario, visitor_id, visitor))
    Acceptance.objects.bulk_create(done.acceptances)
    for events in by_day(done.events):
        # as they happened: the edge refuses what is days old, and what is counted by the day relies on it
        received_at = max(event.occurred_at for event in events)
        record_events(scenario.experiment.store_id, events, received_at=received_at)
    store = scenario.experiment.store
    record_orders(store, fill_missing_costs(store.pk, done.orders), SOURCE)
    result.visitors += len(crowd)
    result.events += len(done.events)
    result.orders += len(done.orders)


def by_day(events: Iterable[EventRecord]) -> Collection[list[EventRecord]]:
    """Put events together that happened on one day, in UTC."""
    days: dict[date, list[EventRecord]] = defaultdict(list)
    for event in events:
        days[event.occurred_at.astimezone(UTC).date()].append(event)
    return days.values()


def next_number(experiment: Experiment, prefix: str) -> int:
    """The number that follows those of the visitors simulated before."""
    last = last_visitor(experiment, prefix=prefix)
    if last is None:
        return 0
    return int(last.removeprefix(prefix)) + 1


def start_no_later(experiment: Experiment) -> None:
    """Let the experiment have started by its first exposure."""
    # a report counts from the start, and would leave out visitors who came before it
    first, _ = exposed_span(experiment)
    if first is not None and (experiment.started_at is None or first < experiment.started_at):
        experiment.started_at = first
        experiment.save(update_fields=["started_at", "updated_at"])
