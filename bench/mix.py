"""What decisions wait for beside other work: batches of events, a locked table, a database that is stuck.

``python -m bench.mix PORT`` is what sends the batches, from a process of its own: the one that measures must not wait
for the interpreter.
"""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

from bench import load
from bench.server import Server, family

BATCHES = 3_000  # more than are sent while a round is measured
SENDERS = 4
FIRST_VISITOR = 10_000_000  # none of those that ask for decisions


@contextmanager
def batches_beside(server: Server) -> Iterator[None]:
    """Let four connections send batches of 20 events, each the next when it has the answer to the last."""
    with subprocess.Popen(
        [sys.executable, "-m", "bench.mix", str(server.port)], stdout=subprocess.PIPE, text=True
    ) as sender:
        assert sender.stdout
        sender.stdout.readline()  # it has made its batches
        try:
            yield
        finally:
            sender.terminate()


@contextmanager
def events_locked(server: Server) -> Iterator[None]:
    """Hold a lock on the table of events, as a migration that rewrites it does, while batches are sent."""
    from django.db import connection

    with batches_beside(server):
        connection.set_autocommit(False)
        try:
            connection.cursor().execute("LOCK TABLE experiments_widgetevent IN ACCESS EXCLUSIVE MODE")
            yield
        finally:
            connection.rollback()
            connection.set_autocommit(True)


@contextmanager
def database_stopped(server: Server) -> Iterator[None]:
    """Stop all processes of the embedded PostgreSQL, so that nothing is answered or ended, while batches wait."""
    with batches_beside(server):
        processes = family(postmaster())
        try:
            for process in processes:
                os.kill(process, signal.SIGSTOP)
            yield
        finally:
            for process in processes:
                os.kill(process, signal.SIGCONT)


def postmaster() -> int:
    """The process of the embedded PostgreSQL of this checkout's data folder."""
    from django.conf import settings

    return int((Path(settings.DATA_DIR) / "postgres" / "postmaster.pid").read_text().partition("\n")[0])


Beside = Callable[[Server], AbstractContextManager[None]]


def situations() -> dict[str, Beside]:
    """Return what decisions are measured beside, by name; a database that isn't our own is never stopped."""
    from django.conf import settings

    beside: dict[str, Beside] = {"batches beside": batches_beside, "events locked": events_locked}
    if settings.HAS_EMBEDDED_POSTGRES:
        beside["database stopped"] = database_stopped
    return beside


def main(port: int) -> None:
    """Make the batches, say so, and send them until there are no more; what is refused is part of it."""
    from bench.events import batches

    requests = batches(port, FIRST_VISITOR + os.getpid() * BATCHES, BATCHES)
    print("ready", flush=True)
    load.run(port, requests, connections=SENDERS, allowed={200, 503})


if __name__ == "__main__":
    main(int(sys.argv[1]))
