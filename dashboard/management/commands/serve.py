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
from config.supervisor import Service

PROCESSES = ("console", "edge", "worker")


class Command(BaseCommand):
    help = "Bring the database and the static files up to date, then serve the console and the edge and do the jobs."

    def add_arguments(self, parser: CommandParser) -> None:
        workers = max(2, (os.cpu_count() or 2) // 2)
        parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default: 127.0.0.1)")
        parser.add_argument("--port", type=int, default=8000, help="the console's port (default: 8000)")
        parser.add_argument("--edge-port", type=int, default=8001, help="the edge's port (default: 8001)")
        parser.add_argument("--workers", type=int, default=workers, help=f"processes of each (default: {workers})")
        parser.add_argument(
            "--only",
            choices=PROCESSES,
            help="serve this alone, in a container or on a machine of its own: nothing is migrated, and static files "
            "are as they were collected; an edge needs no database to start",
        )
        parser.add_argument("--edge-only", action="store_const", const="edge", dest="only", help="same as --only edge")

    def handle(self, *args: Any, **options: Any) -> None:
        if settings.DEMO:
            raise CommandError("The demo store isn't served in production. Unset DEMO, or run: make demo")
        only, host, workers = options["only"], options["host"], options["workers"]
        require_calls_for_each(workers)
        ports = {"console": options["port"], "edge": options["edge_port"]}
        if only:
            ports = {name: port for name, port in ports.items() if name == only}
        for number in ports.values():
            require_free_port(host, number)
        console = Console()
        if not only:
            prepare(console)
        console.print("Starting the servers ...")
        address = processes.bracketed(host)
        status = supervisor.keep_running(
            services_of(only, host, options),
            environment=environment_of(address, workers),
            is_ready=readiness_check(host, ports),
            when_ready=lambda: console.print(f"{addresses(address, ports, only)}Ctrl-C stops them all."),
        )
        sys.exit(status)


def services_of(only: str | None, host: str, options: dict[str, Any]) -> list[Service]:
    """Return what is to run: all of it, or one part."""
    workers = options["workers"]
    services: list[Service] = []
    if only in {None, "edge"}:
        services += processes.edge_services(host, options["edge_port"], workers=workers)
    if only in {None, "console"}:
        services.append(processes.console_service(host, options["port"], workers=workers, threads=4))
    if only in {None, "worker"}:
        services += processes.background_services()
    return services


def addresses(address: str, ports: dict[str, int], only: str | None) -> str:
    """Return where everything is."""
    words = ""
    if "console" in ports:
        words += f"Console  http://{address}:{ports['console']}/\n"
    if "edge" in ports:
        words += f"Edge     http://{address}:{ports['edge']}/v1/\n"
    if only in {None, "worker"}:
        words += "Worker   does the jobs\n"
    return words


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


def readiness_check(host: str, ports: dict[str, int]) -> Callable[[], bool]:
    """Return what tells whether a server answers at each of the ports, by the server's name."""
    paths = {"console": f"{settings.SCRIPT_NAME}/login/", "edge": "/s/upsell.js"}

    def is_answering() -> bool:
        return all(processes.is_answering(host, port, paths[name]) for name, port in ports.items())

    return is_answering
