"""How fast the edge stores events, beside PostgreSQL's multi-row insert: ``python -m bench.events``.

One batch is 20 events of a visitor who comes for the first time, two of them exposures, so that the edge verifies
tokens, inserts events and exposures, and fills outcomes, while the worker adds up the days. The floor inserts 20 rows
into the same table with one statement and one commit, and nothing else: over one connection, and over as many as the
edge has threads.
"""

import json
import statistics
import time
from argparse import ArgumentParser
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from operator import itemgetter
from typing import Any

from bench import load
from bench.database import scratch
from bench.decide import HEADERS, make_store, questions
from bench.figures import in_columns, median_ratio, medians_of_rounds
from bench.server import EDGE, Server, serving
from bench.webhooks import working
from config.processes import EDGE_THREADS
from experiments.time_ordered_ids import new_uuid

BATCH = 20
TYPES = ("impression", "click", "decline", "accept_failed", "click", "impression")


def events_of(answer: dict[str, Any]) -> list[dict[str, Any]]:
    """What a browser would report after this decision: each exposure once, then what the shopper does."""
    decided = list(map(itemgetter("exposure_token"), answer["decisions"]))
    events = []
    for index in range(BATCH):
        kind = TYPES[index % len(TYPES)]
        if index < len(decided):
            kind = "exposure"
        event = {
            "id": str(new_uuid()),
            "type": kind,
            "at": datetime.now(UTC).isoformat(),
            "exposure_token": decided[index % len(decided)],
            "props": {"target": "accept"},
        }
        events.append(event)
    return events


def batches(port: int, first: int, count: int) -> list[bytes]:
    """Ask what ``count`` new visitors get, and return the requests with their events."""
    sending = []
    for answer in load.run(port, questions(first, count), keep=count).answers:
        sent = batch(json.loads(answer))
        sending.append(load.request("/v1/events", sent, HEADERS))
    return sending


def batch(answer: dict[str, Any]) -> bytes:
    """Return what the visitor of a decision sends: the body of a request."""
    sent = {
        "key": "pk_bench",
        "visitor_id": answer["visitor_id"],
        "sent_at": datetime.now(UTC).isoformat(),
        "events": events_of(answer),
    }
    return json.dumps(sent).encode()


def measure(server: Server, requests: Sequence[bytes]) -> dict[str, float]:
    """One round through the edge; raises ``RuntimeError`` where a row is missing."""
    before = server.cpu_seconds()
    result = load.run(server.port, requests, keep=len(requests))
    for answer in result.answers:
        if json.loads(answer)["accepted"] != BATCH:
            raise RuntimeError("An event was not accepted.")
    return {
        "rows_per_second": round(BATCH * result.per_second, 1),
        "requests_per_second": round(result.per_second, 1),
        "p50_ms": round(result.percentile_ms(0.5), 3),
        "p99_ms": round(result.percentile_ms(0.99), 3),
        "cpu_us": round(1e6 * (server.cpu_seconds() - before) / len(requests), 1),
    }


def insert(count: int, connections: int) -> float:
    """Rows per second of ``count`` bare multi-row inserts, each committed, shared out over the connections."""
    start = time.perf_counter()
    with ThreadPoolExecutor(connections) as threads:
        inserted = sum(threads.map(insert_over_one, [count // connections] * connections))
    return inserted / (time.perf_counter() - start)


def insert_over_one(count: int) -> int:
    """Insert ``count`` batches over this thread's connection and return the number of rows."""
    from django.db import connection

    from experiments.accounting import partitions
    from experiments.models import Experiment

    experiment = Experiment.objects.get(key="cart")
    variant = experiment.variants.get(key="control")
    # Into the month's part, past the trigger that notes what events add to the funnel: that is the product's work.
    part = partitions.part_of(partitions.month_of(datetime.now(UTC)))
    fields = (
        "(store_id, event_id, month, type, occurred_at, received_at, visitor_id, experiment_id, variant_id, moment,"
        " props)"
    )
    statement = f"INSERT INTO {part} {fields} VALUES " + ", ".join(  # noqa: S608 -- a constant
        ["(%s, %s, date_trunc('month', now()), 'click', now(), now(), %s, %s, %s, 'cart', '{\"target\": \"accept\"}')"]
        * BATCH
    )
    for number in range(count):
        values: list[Any] = []
        for _ in range(BATCH):
            values += [experiment.store_id, new_uuid(), f"v_{number:016x}", experiment.pk, variant.pk]
        with connection.cursor() as cursor:
            cursor.execute(statement, values)
    connection.close()
    return count * BATCH


def main() -> None:
    """Run rounds of edge and floor in turn, and print the medians."""
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("--batches", type=int, default=500, help="per round")
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    with scratch() as environment:
        make_store()
        with serving(EDGE, environment) as edge, working(environment):
            measured, floors = measure_all(edge, size=options.batches, rounds=options.rounds)
    report(measured, floors)


def measure_all(edge: Server, *, size: int, rounds: int) -> tuple[list[dict[str, float]], dict[int, list[float]]]:
    """Measure rounds of batches and of both floors in turn; return the figures, and the floors' rates."""
    asking = []
    for number in range(rounds + 1):
        asking.append(batches(edge.port, number * size, size))
    # One round for nothing: what is done once is done then.
    measure(edge, asking.pop())
    insert(size, EDGE_THREADS)
    floors: dict[int, list[float]] = {1: [], EDGE_THREADS: []}
    measured = []
    for requests in asking:
        measured.append(measure(edge, requests))
        for connections, rates in floors.items():
            rates.append(insert(size, connections))
    return measured, floors


def report(measured: list[dict[str, float]], floors: dict[int, list[float]]) -> None:
    """Print the medians: for people, then as JSON."""
    events = medians_of_rounds(measured)
    reached = list(map(itemgetter("rows_per_second"), measured))
    print("events    " + in_columns(events))
    result: dict[str, object] = {"benchmark": "events", "events": events}
    for connections, rates in floors.items():
        floor = statistics.median(rates)
        ratio = median_ratio(reached, rates)
        aim = ""
        if connections == 1:
            aim = " (aim: at least 70%)"
        print(f"raw insert over {connections} at once: {floor:.0f} rows a second; events reach {ratio:.0%}{aim}")
        result[f"floor_{connections}"] = {"rows_per_second": round(floor, 1), "ratio": round(ratio, 3)}
    print(json.dumps(result))


if __name__ == "__main__":
    main()
