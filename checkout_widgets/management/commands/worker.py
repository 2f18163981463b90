"""Do the jobs that wait in PostgreSQL."""

import asyncio
import logging
import signal
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

import psycopg
from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser
from procrastinate.contrib.django import app
from procrastinate.exceptions import ConnectorException
from procrastinate.middleware import TaskMiddleware

from checkout_widgets.edge.publication.folder import ConfigurationFolder
from checkout_widgets.edge.publication.publisher import PublisherThread
from checkout_widgets.worker_connections import PatientConnector
from config import request_ids, tracing
from config.database_trouble import in_one_line

logger = logging.getLogger(__name__)

GRACE_S = 10  # for a job to end once the worker is asked to


class Command(BaseCommand):
    requires_system_checks = ()  # it is started again when it dies, and is to be back soon
    help = (
        "Run the background jobs: process webhooks from shops, do regular housekeeping, and publish the "
        "configuration that edges follow. SIGTERM stops it."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--concurrency", type=int, default=2, help="jobs to run at the same time (default: 2)")
        parser.add_argument("--until-empty", action="store_true", help="stop when no jobs are left")

    def handle(self, *args: Any, concurrency: int, until_empty: bool, **options: Any) -> None:
        tracing.set_up("worker")
        with publishing(is_wanted=settings.PUBLISHES_CONFIGURATION and not until_empty):
            asyncio.run(work_until_asked(concurrency, until_empty=until_empty))


@contextmanager
def publishing(*, is_wanted: bool) -> Iterator[None]:
    """Publish the configuration meanwhile, in a thread of its own: a change mustn't wait for a long job."""
    if not is_wanted:
        yield
        return
    publisher = PublisherThread(ConfigurationFolder(settings.CONFIGURATION_FOLDER))
    publisher.start()
    try:
        yield
    finally:
        publisher.stop()


async def work_until_asked(concurrency: int, *, until_empty: bool) -> None:
    """Do jobs until SIGINT or SIGTERM, or until none is left; begin again where the database went away."""
    asked = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        with suppress(ValueError, RuntimeError):  # not in the main thread, where nobody sends us signals
            loop.add_signal_handler(number, asked.set)
    while not asked.is_set():
        working = asyncio.create_task(work(concurrency, asked, until_empty=until_empty))
        asking = asyncio.create_task(asked.wait())
        await asyncio.wait({working, asking}, return_when=asyncio.FIRST_COMPLETED)
        if asked.is_set():
            working.cancel()  # procrastinate's way to be asked: it ends the jobs that run
        asking.cancel()
        with suppress(asyncio.CancelledError):
            if await working:
                return


async def work(concurrency: int, asked: asyncio.Event, *, until_empty: bool) -> bool:
    """Work as long as the database is there; True where no job is left and none is waited for."""
    # The app's own come first, which a list given here replaces: without them, a thread whose connection the database
    # has ended would fail at every job that it does from then on.
    task_middleware: list[TaskMiddleware] = [*app.worker_defaults["task_middleware"], request_ids.name_job]
    if tracing.is_on():
        task_middleware.append(tracing.trace_job)
    connector = PatientConnector(asked)
    await connector.until_database_answers()
    try:
        with app.replace_connector(connector) as worker_app:
            async with worker_app.open_async():
                await worker_app.run_worker_async(
                    concurrency=concurrency,
                    wait=not until_empty,
                    delete_jobs="successful",
                    shutdown_graceful_timeout=GRACE_S,
                    install_signal_handlers=False,
                    task_middleware=task_middleware,
                )
    except (ConnectorException, psycopg.Error) as error:
        logger.warning("The worker lost the database: %s", in_one_line(error))
        return False
    # It also returns when one of its side tasks failed, which it has logged: then it is to begin again.
    return until_empty
