"""Do the jobs that wait in PostgreSQL."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from procrastinate.contrib.django import app
from procrastinate.contrib.django.django_connector import DjangoConnector

PATIENCE_S = 10  # how long a job may take to end once the worker is asked to


class Command(BaseCommand):
    help = "Do the jobs as they come: process what shops sent, and the regular housekeeping. SIGTERM ends it."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--concurrency", type=int, default=2, help="jobs done at a time (default: 2)")
        parser.add_argument("--until-empty", action="store_true", help="end when no job is left to do")

    def handle(self, *args: Any, concurrency: int, until_empty: bool, **options: Any) -> None:
        assert isinstance(app.connector, DjangoConnector)
        with app.replace_connector(app.connector.get_worker_connector()) as worker_app:
            worker_app.run_worker(
                concurrency=concurrency,
                wait=not until_empty,
                delete_jobs="successful",
                shutdown_graceful_timeout=PATIENCE_S,
            )
