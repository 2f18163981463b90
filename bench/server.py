"""A WSGI application on granian, as production runs it, and the processor time that it uses."""

import os
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

from config.processes import console_service, edge_command

EDGE = "config.wsgi_edge:application"
FLOOR = "bench.floor:application"
HOST = "127.0.0.1"


class Server:
    """A running server: where it listens, and what it has cost so far."""

    def __init__(self, process: subprocess.Popen[bytes], port: int) -> None:
        self.process = process
        self.pid = process.pid
        self.port = port

    def cpu_seconds(self) -> float:
        """Processor time of the server's processes, threads included, in seconds."""
        return sum(map(cpu_nanoseconds, family(self.pid))) / 1e9


def family(pid: int) -> list[int]:
    """The process and all below it."""
    members = [pid]
    for file in Path(f"/proc/{pid}/task").glob("*/children"):
        for child in file.read_text().split():
            members += family(int(child))
    return members


def cpu_nanoseconds(pid: int) -> int:
    """Return how long the threads of a process have run: the first field of each one's ``schedstat``.

    ``/proc/<pid>/stat`` counts in hundredths of a second, of which a round of the floor has seven.
    """
    total = 0
    for thread in Path(f"/proc/{pid}/task").glob("*/schedstat"):
        with suppress(FileNotFoundError):  # it has ended since it was listed
            total += int(thread.read_text().split()[0])
    return total


@contextmanager
def serving(application: str, environment: Mapping[str, str] | None = None) -> Iterator[Server]:
    """Run the application with one worker on a free port, and end it."""
    port = free_port()
    command = edge_command(HOST, port)
    command[command.index(EDGE)] = application
    process = subprocess.Popen(command, env=os.environ | dict(environment or {}))
    try:
        wait_for(port, process)
        yield Server(process, port)
    finally:
        process.terminate()
        process.wait(20)


@contextmanager
def console(environment: Mapping[str, str]) -> Iterator[int]:
    """Run the console on a free port, which is given, and end it."""
    port = free_port()
    command = console_service(HOST, port, workers=1, threads=4).command
    process = subprocess.Popen(command, env=os.environ | {"STATIC_FROM_SOURCE": "1"} | dict(environment))
    try:
        wait_for(port, process)
        yield port
    finally:
        process.terminate()
        process.wait(20)


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


def wait_for(port: int, process: subprocess.Popen[bytes], patience_s: float = 60) -> None:
    """Return once the server takes connections."""
    deadline = time.monotonic() + patience_s
    while process.poll() is None and time.monotonic() < deadline:
        with socket.socket() as probe:
            if probe.connect_ex((HOST, port)) == 0:
                return
        time.sleep(0.05)
    raise RuntimeError("The server did not start.")
