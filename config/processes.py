"""The processes of the product: how each is started, and whether it can be and is."""

import errno
import socket
import sys
from http.client import HTTPConnection, HTTPException

from django.conf import settings

from config.supervisor import Service

# A decision is Python from end to end: more threads spend their time handing each other the interpreter
# (docs/performance.md). What asks the database has threads of its own (edge_server.py), and the proxy waits for bodies.
EDGE_THREADS = 1
# Decisions go first where the processor is busy: a shopper waits for them, and nobody waits for a job. Beside a report,
# which computes for a second or more, decisions took half as long again.
CONSOLE_NICENESS = 5
WORKER_NICENESS = 10
HEADERS_WITHIN_S = 10  # for a client to send the headers of its request


class CannotListen(Exception):
    """A server can't listen there; the message says why."""


def require_free_port(host: str, port: int) -> None:
    """Raise ``CannotListen`` where a server could not listen."""
    if not 0 < port < 65_536:
        raise CannotListen(f"There is no port {port}: choose one from 1 to 65535.")
    family = socket.AF_INET
    if is_ipv6(host):
        family = socket.AF_INET6
    with socket.socket(family) as probe:
        # As servers do: a port whose last connections are still closing is free.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise CannotListen(why_not(error, host, port)) from error


def why_not(error: OSError, host: str, port: int) -> str:
    """Say why nothing can listen there, and what to do."""
    if error.errno == errno.EADDRINUSE:
        return f"Port {port} is in use. Stop what uses it, or choose another port, such as {port + 10}."
    return f"Nothing can listen at {host}, port {port}: {error.strerror}."


def is_answering(host: str, port: int, path: str) -> bool:
    """Whether an HTTP server there answers the path without an error."""
    connection = HTTPConnection(host, port, timeout=5)
    try:
        connection.request("GET", path)
        return connection.getresponse().status < 400
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()


def is_ipv6(host: str) -> bool:
    """Whether the host is an IPv6 address."""
    return ":" in host


def bracketed(host: str) -> str:
    """Return the host as it stands in a URL: an IPv6 address in brackets."""
    if is_ipv6(host):
        return f"[{host}]"
    return host


def console_service(host: str, port: int, *, workers: int, threads: int) -> Service:
    """Return the console on gunicorn, whose master replaces its own workers."""
    command = [
        *(sys.executable, "-m", "gunicorn", "config.wsgi:application", "--bind", f"{bracketed(host)}:{port}"),
        # --preload: workers share the memory of the application that the master has loaded, and start at once.
        *("--worker-class", "gthread", "--workers", str(workers), "--threads", str(threads), "--preload"),
        *("--config", "python:config.console_server"),
        *("--log-level", "warning", "--graceful-timeout", "5", "--no-control-socket"),
    ]
    return Service("console", command, niceness=CONSOLE_NICENESS)


def edge_command(host: str, port: int) -> list[str]:
    """Return how to start one process of the edge on granian. Several share the port (SO_REUSEPORT)."""
    return [
        *(sys.executable, "-m", "granian", "--interface", "wsgi", "config.wsgi_edge:application"),
        *("--host", host, "--port", str(port), "--workers", "1", "--blocking-threads", str(EDGE_THREADS)),
        *("--http1-header-read-timeout", str(1000 * HEADERS_WITHIN_S)),
        *("--log-level", "warning", "--no-ws", "--workers-kill-timeout", "10"),
    ]


def edge_services(host: str, port: int, *, workers: int) -> list[Service]:
    """Return the edge's processes, each a service of its own.

    granian replaces workers too, but ends all of them when one is killed twice within 5.5 s.
    """
    return [Service(f"edge {number}", edge_command(host, port)) for number in range(1, workers + 1)]


def worker_command() -> list[str]:
    """Return how to start the worker, which does the jobs."""
    return [sys.executable, "manage.py", "worker"]


def background_services() -> list[Service]:
    """Return what runs beside the servers: the worker, and the keeper of the embedded PostgreSQL where that is used."""
    services = [Service("worker", worker_command(), niceness=WORKER_NICENESS)]
    if settings.HAS_EMBEDDED_POSTGRES:
        services.append(Service("database keeper", [sys.executable, "-m", "config.database_keeper"]))
    return services
