"""How fast webhooks are answered, and how fast the worker makes orders of them: ``python -m bench.webhooks``.

The floor of an answer is one insert of the same bytes in a transaction of its own.
"""

import json
import os
import subprocess
import time
from argparse import ArgumentParser
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from bench import load
from bench.database import scratch
from bench.server import EDGE, serving
from config.processes import worker_command

SAMPLE = Path(__file__).parent.parent / "tests/data/payloads/shopify_orders_paid.json"
SECRET = "bench"  # noqa: S105 -- of a store that lives as long as the benchmark


def message(body: bytes) -> bytes:
    """The body as Shopify delivers it."""
    from checkout_widgets.webhooks.shop_systems.signatures import sign

    headers = [("X-Shopify-Topic", "orders/paid"), ("X-Shopify-Hmac-Sha256", sign(SECRET, body))]
    return load.request("/v1/webhooks/shopify/bench", body, headers)


@contextmanager
def working(environment: Mapping[str, str]) -> Iterator[None]:
    """Run a worker, and end it."""
    process = subprocess.Popen(worker_command(), env=os.environ | dict(environment))
    try:
        yield
    finally:
        process.terminate()
        process.wait(20)


def inserts_per_second(bodies: list[bytes]) -> float:
    """The floor: rows per second, each committed on its own."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE floor (id bigserial PRIMARY KEY, body bytea NOT NULL)")
        start = time.perf_counter()
        for body in bodies:
            cursor.execute("INSERT INTO floor (body) VALUES (%s)", [body])
    return len(bodies) / (time.perf_counter() - start)


def orders_per_second(environment: Mapping[str, str], number: int, patience_s: float = 600) -> float:
    """How fast a worker empties the queue, from its first order to its last."""
    from experiments.models import Order

    deadline = time.monotonic() + patience_s
    with working(environment):
        while not (first := Order.objects.count()):
            time.sleep(0.02)
        start = time.perf_counter()
        while Order.objects.count() < number and time.monotonic() < deadline:
            time.sleep(0.05)
        return (Order.objects.count() - first) / (time.perf_counter() - start)


def main() -> None:
    """Deliver orders one after the other, then let a worker process them all; print both and the floor."""
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("--orders", type=int, default=2_000)
    options = parser.parse_args()
    sample = json.loads(SAMPLE.read_bytes())
    bodies = []
    for number in range(options.orders):
        bodies.append(json.dumps(sample | {"id": number}).encode())
    with scratch() as environment:
        from tests import factories

        factories.make_connection(factories.make_store(slug="bench"), secret=SECRET)
        floor = inserts_per_second(bodies)
        with serving(EDGE, environment) as edge:
            result = load.run(edge.port, list(map(message, bodies)), connections=1)
        orders = orders_per_second(environment, options.orders)
    figures = {
        "answers_per_second": round(result.per_second, 1),
        "p50_ms": round(result.percentile_ms(0.5), 1),
        "p99_ms": round(result.percentile_ms(0.99), 1),
        "floor_inserts_per_second": round(floor, 1),
        "orders_per_second": round(orders, 1),
    }
    for name, value in figures.items():
        print(f"{name:26}{value:>10g}")
    print(f"99 in 100 webhooks are answered within {figures['p99_ms']} ms (aim: 100 ms)")
    print(json.dumps({"benchmark": "webhooks"} | figures))


if __name__ == "__main__":
    main()
