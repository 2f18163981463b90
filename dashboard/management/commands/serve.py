"""Run the product as in production: the console on gunicorn, the edge on granian, and the worker."""

import os
import sys
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connections
from rich.console import Console

from config import processes, supervisor


class Command(BaseCommand):
    help = "Bring the database and the static files up to date, then serve the console and the edge and do the jobs."

    def add_arguments(self, parser: CommandParser) -> None:
        workers = max(2, (os.cpu_count() or 2) // 2)
        parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default: 127.0.0.1)")
        parser.add_argument("--port", type=int, default=8000, help="the console's port (default: 8000)")
        parser.add_argument("--edge-port", type=int, default=8001, help="the edge's port (default: 8001)")
        parser.add_argument("--workers", type=int, default=workers, help=f"processes of each (default: {workers})")
        parser.add_argument(
            "--edge-only",
            action="store_true",
            help="serve the edge alone, on a machine of its own: nothing is migrated, and the database may be away",
        )

    def handle(self, *args: Any, host: str, port: int, edge_port: int, workers: int, **options: Any) -> None:
        if settings.DEMO:
            raise CommandError("The demo store isn't served in production. Unset DEMO, or run: make demo")
        require_calls_for_each(workers)
        address = processes.bracketed(host)
        services = processes.edge_services(host, edge_port, workers=workers)
        ports, words = [edge_port], f"Edge     http://{address}:{edge_port}/v1/\n"
        if not options["edge_only"]:
            services += [
                processes.console_service(host, port, workers=workers, threads=4),
                *processes.background_services(),
            ]
            ports = [port, edge_port]
            words = f"Console  http://{address}:{port}/\n{words}Worker   does the jobs\n"
        for number in ports:
            require_free_port(host, number)
        console = Console()
        if not options["edge_only"]:
            prepare(console)
        console.print("Starting the servers ...")
        status = supervisor.keep_running(
            services,
            environment=environment_of(address, workers),
            is_ready=readiness_check(host, ports, edge_port),
            when_ready=lambda: console.print(f"{words}Ctrl-C stops them all."),
        )
        sys.exit(status)


def require_calls_for_each(workers: int) -> None:
    """Raise ``CommandError`` where the limit on calls leaves less than one for each edge process."""
    if 0 < settings.EDGE_CALLS_PER_MINUTE < workers:
        raise CommandError(
            f"EDGE_CALLS_PER_MINUTE must be 0 or at least {workers}, the number of edge processes (--workers): "
            "each allows its share."
        )


def require_free_port(host: str, port: int) -> None:
    """Raise ``CommandError`` where a server could not listen."""
    try:
        processes.require_free_port(host, port)
    except processes.CannotListen as error:
        raise CommandError(f"{error} For example: make serve PORT=8010 EDGE_PORT=8011") from error


def prepare(console: Console) -> None:
    """Bring the database and the static files up to date."""
    console.print("Bringing the database up to date ...")
    call_command("migrate", verbosity=0)
    console.print("Collecting and compressing the static files ...")
    call_command("collectstatic", interactive=False, verbosity=0)
    connections.close_all()


def environment_of(address: str, workers: int) -> dict[str, str]:
    """Return what the servers are told beside the settings: their own host, and how many they are."""
    return {
        "ALLOWED_HOSTS": ",".join({*settings.ALLOWED_HOSTS, address}),
        # more where the operator says so: those of other machines count as well
        "EDGE_PROCESSES": str(max(settings.EDGE_PROCESSES, workers)),
    }


def readiness_check(host: str, ports: list[int], edge_port: int) -> Callable[[], bool]:
    """Return what tells whether a server answers at each of the ports."""

    def is_answering() -> bool:
        for port in ports:
            path = f"{settings.SCRIPT_NAME}/login/"
            if port == edge_port:
                path = "/s/upsell.js"
            if not processes.is_answering(host, port, path):
                return False
        return True

    return is_answering
