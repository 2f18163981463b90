"""The parts of a run: processes killed, all of them asked to end, and a disk that fills up, each under load."""

import os
import signal
import statistics
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import django

from bench.decide import body
from bench.kills import accounts, killing
from bench.kills.clients import Acknowledged, Clients
from bench.kills.product import RunningProduct, status

BACK_WITHIN_S = 5.0
BETWEEN_KILLS_S = 2.0
LOAD_S = 8.0  # before the product is asked to end
DISK_MB = 700
FULL_S = 20.0
RECOVERS_WITHIN_S = 120.0


@contextmanager
def running(folder: Path) -> Iterator[RunningProduct]:
    """The product in the folder with a store to send to; this process uses its database, too."""
    product = RunningProduct(folder)
    os.environ.pop("DATABASE_URL", None)
    os.environ.update(product.environment)
    product.start()
    try:
        django.setup()
        accounts.make_world()
        time.sleep(2)  # until each edge process has seen the store
        yield product
    finally:
        if product.process and product.process.poll() is None:
            product.stop()


def kills(folder: Path, *, number: int, of_database: int, events: int, clients: int) -> dict[str, Any]:
    """Kill processes one after the other."""
    with running(folder) as product:
        return survive_kills(product, killing.plan(number, of_database), events=events, clients=clients)


def ends(folder: Path, *, clients: int) -> dict[str, Any]:
    """End with SIGTERM, start again, and end with SIGINT (Ctrl-C)."""
    with running(folder) as product:
        terminated = survive_end(product, signal.SIGTERM, clients=clients)
        interrupted = survive_end(product, signal.SIGINT, clients=clients)
    is_good = terminated["is_good"] and interrupted["is_good"]
    return {"SIGTERM": terminated, "SIGINT": interrupted, "is_good": is_good}


def survive_kills(product: RunningProduct, planned: list[str], *, events: int, clients: int) -> dict[str, Any]:
    """Kill as planned while clients send, until enough is acknowledged; then compare."""
    start = time.monotonic()
    with Clients(product.edge_port, clients) as acknowledged:
        done = kill_one_by_one(product, planned)
        while len(acknowledged.events) < events and not acknowledged.refused:
            time.sleep(0.2)
    seconds = time.monotonic() - start
    found = figures_of(acknowledged) | recovery_of(done)
    found["seconds"] = round(seconds, 1)
    found["is_good"] = found["is_good"] and not found["stays_dead"]
    return found


def kill_one_by_one(product: RunningProduct, planned: list[str]) -> list[killing.Kill]:
    """Kill a process of each planned kind, and say of each how long the product took to be back."""
    from django.conf import settings

    database = settings.DATABASES["default"]
    location = f"host={database['OPTIONS']['host']} user={database['USER']} dbname={database['NAME']}"
    done = []
    for kind in planned:
        time.sleep(BETWEEN_KILLS_S)
        kill = killing.kill_one(product, kind, location)
        became = "back after" if kill.is_back else "NOT BACK after"
        print(f"{kill.kind:<16} {became} {kill.seconds:.2f} s", flush=True)
        done.append(kill)
    return done


def recovery_of(done: list[killing.Kill]) -> dict[str, Any]:
    """Return how long processes took to be back, by kind, and how many were late or stayed dead."""
    seconds_by_kind: dict[str, list[float]] = {}
    late = dead = 0
    for kill in done:
        seconds_by_kind.setdefault(kill.kind, []).append(kill.seconds)
        late += kill.seconds > BACK_WITHIN_S
        dead += not kill.is_back
    back_after = {}
    for kind, seconds in seconds_by_kind.items():
        back_after[kind] = {
            "kills": len(seconds),
            "median": round(statistics.median(seconds), 2),
            "slowest": round(max(seconds), 2),
        }
    return {"back_after_s": back_after, "later_than_5_s": late, "stays_dead": dead}


def survive_end(product: RunningProduct, number: signal.Signals, *, clients: int) -> dict[str, Any]:
    """Ask the product to end while clients send, compare, and start it again."""
    with Clients(product.edge_port, clients) as acknowledged:
        time.sleep(LOAD_S)
        start = time.monotonic()
        exit_status = product.stop(number)
        seconds = time.monotonic() - start
    product.start()
    found = figures_of(acknowledged) | {"exit_status": exit_status, "ended_after_s": round(seconds, 1)}
    found["is_good"] = found["is_good"] and exit_status == 0
    return found


def figures_of(acknowledged: Acknowledged) -> dict[str, Any]:
    """What was acknowledged and what of it is stored, once all jobs are done."""
    from django.db import connection

    connection.close()  # PostgreSQL has been killed since it was opened
    accounts.wait_for_jobs()
    compared = accounts.compare(acknowledged)
    rebuilt = accounts.rebuilt()
    is_good = accounts.is_flawless(compared) and rebuilt == "No differences." and not acknowledged.refused
    return {
        **compared,
        "retries": acknowledged.retries,
        "refused": acknowledged.refused[:3],
        "rebuild_outcomes": rebuilt,
        "is_good": is_good,
    }


@contextmanager
def small_disk() -> Iterator[Path]:
    """A file system of ``DISK_MB`` in memory."""
    with tempfile.TemporaryDirectory(prefix="offerlift-disk-") as folder:
        subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={DISK_MB}m", "none", folder], check=True)
        os.chmod(folder, 0o755)  # noqa: S103 -- PostgreSQL runs as another user where we are root
        try:
            yield Path(folder)
        finally:
            subprocess.run(["umount", "-l", folder], check=True)


def full_disk(*, clients: int) -> dict[str, Any]:
    """Fill the disk under load, keep it full, and make room again."""
    with small_disk() as folder, running(folder) as product:
        with Clients(product.edge_port, clients) as acknowledged:
            time.sleep(LOAD_S)
            filler = folder / "filler"
            fill(filler)
            full_since = time.monotonic()
            undecided, stored_while_full = 0, len(acknowledged.events)
            while time.monotonic() - full_since < FULL_S:
                fill(filler)
                undecided += status(product.edge_port, "POST", "/v1/decide", body(0)) != 200
                time.sleep(0.1)
            retries = acknowledged.retries
            stored_while_full = len(acknowledged.events) - stored_while_full
            filler.unlink()
            stored, freed_at = len(acknowledged.events), time.monotonic()
            while len(acknowledged.events) == stored and time.monotonic() - freed_at < RECOVERS_WITHIN_S:
                time.sleep(0.1)
            recovered_s = time.monotonic() - freed_at
            time.sleep(LOAD_S)
        found = figures_of(acknowledged)
    found |= {
        "refused_while_full": retries,
        "acknowledged_while_full": stored_while_full,
        "undecided": undecided,
        "recovered_after_s": round(recovered_s, 1),
    }
    found["is_good"] = found["is_good"] and not undecided and retries > 0 and recovered_s < RECOVERS_WITHIN_S
    return found


def fill(file: Path) -> None:
    """Write into the file until the disk is full."""
    try:
        with file.open("ab", buffering=0) as filler:
            while True:
                filler.write(b"\0" * 2**20)
    except OSError:
        return
