"""The processes of the product: how each is started, and whether it can be and is."""

import errno
import socket
import sys
from http.client import HTTPConnection, HTTPException

from django.conf import settings

from config.supervisor import Service

# A decision is Python from end to end: more threads than these spend their time handing each other the interpreter
# (docs/performance.md). The second one is for what waits for the database.
EDGE_THREADS = 2
HEADERS_WITHIN_S = 10  # for a client to send the headers of its request


class CannotListen(Exception):
    """A server can't listen there; the message says why."""


def require_free_port(host: str, port: int) -> None:
    """Raise ``CannotListen`` where a server could not listen."""
    if not 0 < port < 65_536:
        raise CannotListen(f"There is no port {port}: choose one from 1 to 65535.")
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            in_use = f"Port {port} is in use. Stop what uses it, or choose another port, such as {port + 10}."
            other = f"Nothing can listen at {host}, port {port}: {error.strerror}."
            raise CannotListen(in_use if error.errno == errno.EADDRINUSE else other) from error


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


def bracketed(host: str) -> str:
    """A host as it stands in a URL: an IPv6 address in brackets."""
    return f"[{host}]" if ":" in host else host


def console_service(host: str, port: int, *, workers: int, threads: int) -> Service:
    """The console on gunicorn, whose master replaces its own workers; they start from the application it has loaded."""
    command = [
        *(sys.executable, "-m", "gunicorn", "config.wsgi:application", "--bind", f"{bracketed(host)}:{port}"),
        *("--worker-class", "gthread", "--workers", str(workers), "--threads", str(threads), "--preload"),
        *("--config", "python:config.console_server"),
        *("--log-level", "warning", "--graceful-timeout", "5", "--no-control-socket"),
    ]
    return Service("console", command)


def edge_command(host: str, port: int) -> list[str]:
    """How to start one process of the edge on granian. Several share the port (SO_REUSEPORT)."""
    return [
        *(sys.executable, "-m", "granian", "--interface", "wsgi", "config.wsgi_edge:application"),
        *("--host", host, "--port", str(port), "--workers", "1", "--blocking-threads", str(EDGE_THREADS)),
        *("--http1-header-read-timeout", str(1000 * HEADERS_WITHIN_S)),
        *("--log-level", "warning", "--no-ws", "--workers-kill-timeout", "10"),
    ]


def edge_services(host: str, port: int, *, workers: int) -> list[Service]:
    """The edge, each process a service of its own.

    granian replaces workers too, but ends all of them when one is killed twice within 5.5 s.
    """
    return [Service(f"edge {number}", edge_command(host, port)) for number in range(1, workers + 1)]


def worker_command() -> list[str]:
    """How to start the worker, which does the jobs."""
    return [sys.executable, "manage.py", "worker"]


def background_services() -> list[Service]:
    """What runs beside the servers: the worker, and what keeps the embedded PostgreSQL where that is used."""
    services = [Service("worker", worker_command())]
    if settings.HAS_EMBEDDED_POSTGRES:
        services.append(Service("database keeper", [sys.executable, "-m", "config.database_keeper"]))
    return services
