"""Run the product as in production: the console on gunicorn, the edge on granian, and the worker."""

import os
import sys
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

    def handle(self, *args: Any, host: str, port: int, edge_port: int, workers: int, **options: Any) -> None:
        if settings.DEMO:
            raise CommandError("The demo store isn't served in production. Unset DEMO, or run: make demo")
        console = Console()
        try:
            processes.require_free_port(host, port)
            processes.require_free_port(host, edge_port)
        except processes.CannotListen as error:
            raise CommandError(f"{error} For example: make serve PORT=8010 EDGE_PORT=8011") from error
        console.print("Bringing the database up to date ...")
        call_command("migrate", verbosity=0)
        console.print("Collecting and compressing the static files ...")
        call_command("collectstatic", interactive=False, verbosity=0)
        connections.close_all()
        console.print("Starting the servers ...")
        address = processes.bracketed(host)
        status = supervisor.keep_running(
            [
                *processes.edge_services(host, edge_port, workers=workers),
                processes.console_service(host, port, workers=workers, threads=4),
                *processes.background_services(),
            ],
            environment={"ALLOWED_HOSTS": ",".join({*settings.ALLOWED_HOSTS, address})},
            is_ready=lambda: (
                processes.is_answering(host, port, f"{settings.SCRIPT_NAME}/login/")
                and processes.is_answering(host, edge_port, "/s/upsell.js")
            ),
            when_ready=lambda: console.print(
                f"Console  http://{address}:{port}/\nEdge     http://{address}:{edge_port}/v1/\n"
                "Worker   does the jobs\nCtrl-C stops them all."
            ),
        )
        sys.exit(status)
