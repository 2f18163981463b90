"""Kill processes of the product one after the other, and measure until everything is there again."""

import os
import random
import signal
import time
from dataclasses import dataclass
from itertools import cycle, islice

import psycopg

from bench.kills.product import RunningProduct

POSTGRES = "PostgreSQL"
GIVES_UP_AFTER_S = 60.0  # twelve times what it may take: what isn't back by then stays dead


@dataclass(frozen=True)
class Kill:
    """What was killed, and the seconds until the edge, the console and the worker were all back."""

    kind: str
    seconds: float
    is_back: bool


def plan(kills: int, database_kills: int) -> list[str]:
    """The kinds in the order in which they are killed: each kind in turn, PostgreSQL evenly among them."""
    kinds = ["edge", "console", "worker", "database keeper"]
    planned = list(islice(cycle(kinds), kills))
    for index in range(database_kills):
        planned.insert((index + 1) * kills // (database_kills + 1) + index, POSTGRES)
    return planned


def kill_one(product: RunningProduct, kind: str, url: str) -> Kill:
    """Kill a process of the kind, any of its processes, and wait until everything is back."""
    pid = product.postmaster() if kind == POSTGRES else random.choice(product.by_kind()[kind])  # noqa: S311
    worker = last_worker(url)
    os.kill(pid, signal.SIGKILL)
    start = time.monotonic()
    wants_new_worker = kind in ("worker", POSTGRES)
    while time.monotonic() - start < GIVES_UP_AFTER_S:
        is_there = product.edge_answers() and product.console_answers() and product.is_complete()
        if is_there and not (wants_new_worker and last_worker(url) == worker):
            return Kill(kind, time.monotonic() - start, is_back=True)
        time.sleep(0.05)
    return Kill(kind, time.monotonic() - start, is_back=False)


def last_worker(url: str) -> int | None:
    """The number of the worker that registered last; None while the database is away."""
    try:
        with psycopg.connect(url, connect_timeout=2) as connection:
            row = connection.execute("SELECT last_value FROM procrastinate_workers_id_seq").fetchone()
    except psycopg.Error:
        return None
    return int(row[0]) if row else None
