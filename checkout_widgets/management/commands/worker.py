"""Do the jobs that wait in PostgreSQL."""

import logging
import time
from typing import Any

import psycopg
from django.core.management.base import BaseCommand, CommandParser
from procrastinate.contrib.django import app
from procrastinate.contrib.django.django_connector import DjangoConnector
from procrastinate.exceptions import ConnectorException

logger = logging.getLogger(__name__)

PATIENCE_S = 10  # how long a job may take to end once the worker is asked to
PAUSE_S = 5  # between two tries to find the database again


class Command(BaseCommand):
    help = "Do the jobs as they come: process what shops sent, and the regular housekeeping. SIGTERM ends it."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--concurrency", type=int, default=2, help="jobs done at a time (default: 2)")
        parser.add_argument("--until-empty", action="store_true", help="end when no job is left to do")

    def handle(self, *args: Any, concurrency: int, until_empty: bool, **options: Any) -> None:
        while not self.has_ended(concurrency, until_empty):
            time.sleep(PAUSE_S)

    def has_ended(self, concurrency: int, until_empty: bool) -> bool:
        """Work until asked to end; False where the database went away instead, however long it stays away."""
        assert isinstance(app.connector, DjangoConnector)
        try:
            with app.replace_connector(app.connector.get_worker_connector()) as worker_app:
                worker_app.run_worker(
                    concurrency=concurrency,
                    wait=not until_empty,
                    delete_jobs="successful",
                    shutdown_graceful_timeout=PATIENCE_S,
                )
        except (ConnectorException, psycopg.Error) as error:
            logger.warning("The worker waits for the database: %s", error.__cause__ or error)
            return False
        return True
