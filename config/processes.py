"""Run server processes as one: they start together, and when one ends or somebody stops us, all of them end."""

import errno
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from http.client import HTTPConnection, HTTPException
from types import FrameType

GRACE_S = 20
# A decision is Python from end to end: more threads than these spend their time handing each other the interpreter
# (docs/performance.md). The second one is for what waits for the database.
EDGE_THREADS = 2
PATIENCE_S = 180  # for a server that begins on a busy machine


class CannotListen(Exception):
    """A server can't listen there; the message says why."""


def require_free_port(host: str, port: int) -> None:
    """Raise ``CannotListen`` where a server could not listen."""
    if not 0 < port < 65_536:
        raise CannotListen(f"Port {port} is none: choose one from 1 to 65535.")
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            in_use = f"Port {port} is in use. Stop what listens there, or choose another one, such as {port + 10}."
            other = f"Nothing can listen at {host}, port {port}: {error.strerror}."
            raise CannotListen(in_use if error.errno == errno.EADDRINUSE else other) from error


def answers(host: str, port: int, path: str) -> bool:
    """Whether an HTTP server there answers the path without an error."""
    connection = HTTPConnection(host, port, timeout=5)
    try:
        connection.request("GET", path)
        return connection.getresponse().status < 400
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()


def console_command(host: str, port: int, *, workers: int, threads: int) -> list[str]:
    """How to start the console on gunicorn."""
    return [
        *(sys.executable, "-m", "gunicorn", "config.wsgi:application", "--bind", f"{host}:{port}"),
        *("--worker-class", "gthread", "--workers", str(workers), "--threads", str(threads)),
        *("--log-level", "warning", "--graceful-timeout", "5"),
    ]


def edge_command(host: str, port: int, *, workers: int) -> list[str]:
    """How to start the edge on granian."""
    return [
        *(sys.executable, "-m", "granian", "--interface", "wsgi", "config.wsgi_edge:application"),
        *("--host", host, "--port", str(port), "--workers", str(workers), "--blocking-threads", str(EDGE_THREADS)),
        *("--log-level", "warning", "--no-ws"),
    ]


def worker_command() -> list[str]:
    """How to start the worker, which does the jobs."""
    return [sys.executable, "manage.py", "worker"]


def stop(_number: int, _frame: FrameType | None) -> None:
    """Treat a polite request to end like Ctrl-C."""
    raise KeyboardInterrupt


def run_together(
    commands: Sequence[Sequence[str]],
    *,
    environment: Mapping[str, str],
    is_ready: Callable[[], bool],
    when_ready: Callable[[], None],
) -> int:
    """Run the commands until one of them ends or we are asked to stop (Ctrl-C, SIGTERM); then end them all.

    Returns the exit status: 0 when asked to stop, else that of the command that ended by itself.
    """
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, stop)
    children = [
        subprocess.Popen(command, env=os.environ | environment, start_new_session=True)  # noqa: S603
        for command in commands
    ]
    try:
        deadline = time.monotonic() + PATIENCE_S
        while not (has_answered := is_ready()) and time.monotonic() < deadline and all_alive(children):
            time.sleep(0.1)
        if has_answered:
            when_ready()
        while has_answered and all_alive(children):
            time.sleep(0.5)
        return max((child.poll() or 1) for child in children)
    except KeyboardInterrupt:
        return 0
    finally:
        end(children)


def all_alive(children: Sequence[subprocess.Popen[bytes]]) -> bool:
    """Whether every child still runs."""
    return all(child.poll() is None for child in children)


def end(children: Sequence[subprocess.Popen[bytes]]) -> None:
    """Ask the children to end, wait, and insist where one doesn't: with its whole session, so that none is left."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    for child in children:
        child.terminate()
    for child in children:
        try:
            child.wait(GRACE_S)
        except subprocess.TimeoutExpired:
            os.killpg(child.pid, signal.SIGKILL)
            child.wait()
