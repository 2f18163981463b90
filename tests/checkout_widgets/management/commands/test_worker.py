"""The worker command: it ends when it is asked to, and outlives its database."""

import asyncio
import os
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
from django.db import connection
from procrastinate import sql
from procrastinate.contrib.django.models import ProcrastinateJob, ProcrastinateWorker
from procrastinate.exceptions import ConnectorException

from checkout_widgets import recent_orders
from checkout_widgets.management.commands.worker import work_until_asked
from checkout_widgets.tasks import count_owners, count_recent_orders
from checkout_widgets.worker_connections import PatientConnector
from config import processes
from tests.waiting import wait_until

pytestmark = pytest.mark.slow

PATIENCE_S = 60
WAITS = "The worker waits for the database"


@pytest.fixture
def log(tmp_path: Path) -> Path:
    """What the worker complains of."""
    return tmp_path / "worker.log"


@contextmanager
def working(log: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A worker on the test's database, which has begun."""
    database = connection.settings_dict
    url = f"postgres://{database['USER']}@/{database['NAME']}?host={database['OPTIONS']['host']}"
    with log.open("w") as stderr:
        worker = subprocess.Popen(processes.worker_command(), env=os.environ | {"DATABASE_URL": url}, stderr=stderr)
    try:
        wait_until(ProcrastinateWorker.objects.exists, PATIENCE_S)
        yield worker
    finally:
        worker.kill()
        worker.wait()  # it would still be connected to a database that is to be dropped


class Door:
    """Lets nobody but the test into its database, and lets them in again."""

    def __init__(self, server: psycopg.Connection) -> None:
        self.server = server
        self.name = connection.settings_dict["NAME"]
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_backend_pid()")
            (self.own,) = cursor.fetchone()

    def close(self) -> None:
        self.server.execute(f'ALTER DATABASE "{self.name}" ALLOW_CONNECTIONS false')
        self.server.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s AND pid <> %s",
            [self.name, self.own],
        )

    def open(self) -> None:
        self.server.execute(f'ALTER DATABASE "{self.name}" ALLOW_CONNECTIONS true')


@pytest.fixture
def door(transactional_db: None) -> Iterator[Door]:
    database = connection.settings_dict
    with psycopg.connect(
        host=database["OPTIONS"]["host"], user=database["USER"], dbname="postgres", autocommit=True
    ) as server:
        door = Door(server)
        yield door
        door.open()


def do_job(timestamp: int) -> None:
    """Have the worker do a job; one that fails stays."""
    count_recent_orders.configure().defer(timestamp=timestamp)
    wait_until(lambda: not ProcrastinateJob.objects.filter(task_name=count_recent_orders.name).exists(), PATIENCE_S)


@pytest.mark.django_db(transaction=True)
def test_worker_asked_to_end_ends_in_peace(log):
    with working(log) as worker:
        worker.terminate()
        worker.wait(timeout=PATIENCE_S)
    assert (worker.returncode, log.read_text()) == (0, "")


@pytest.mark.django_db(transaction=True)
def test_worker_whose_database_went_away_does_jobs_again_when_it_is_back_and_ends_without_it(door, log):
    with working(log) as worker:
        do_job(1)  # in a thread that has a connection from then on
        door.close()
        wait_until(lambda: WAITS in log.read_text(), PATIENCE_S)
        assert worker.poll() is None
        door.open()
        do_job(2)
        # Away again, and asked to end: the same process, as each takes seconds to begin.
        waited = log.read_text().count(WAITS)
        door.close()
        wait_until(lambda: log.read_text().count(WAITS) > waited, PATIENCE_S)
        worker.terminate()
        worker.wait(timeout=PATIENCE_S)
    assert worker.returncode == 0
    assert "Traceback" not in log.read_text()


@pytest.mark.django_db(transaction=True)
def test_job_after_one_whose_connection_was_ended_has_a_new_one(monkeypatch):
    """In the same thread, as one job is done at a time."""

    def end_connection(**arguments: object) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_terminate_backend(pg_backend_pid())")

    monkeypatch.setattr(recent_orders, "count", end_connection)
    count_recent_orders.configure().defer(timestamp=1)
    count_owners.configure().defer(timestamp=1)
    asyncio.run(work_until_asked(1, until_empty=True))
    failed = ProcrastinateJob.objects.filter(status="failed").values_list("task_name", flat=True)
    assert list(failed) == [count_recent_orders.name]
    assert not ProcrastinateJob.objects.filter(task_name=count_owners.name).exists()


def doing_job() -> int:
    count_recent_orders.configure().defer(timestamp=1)
    job = ProcrastinateJob.objects.get()
    with connection.cursor() as cursor:
        cursor.execute("UPDATE procrastinate_jobs SET status = 'doing' WHERE id = %s", [job.id])
    return int(job.id)


@pytest.mark.django_db(transaction=True)
def test_patient_connector_keeps_what_came_of_a_job_until_the_database_takes_it(door):
    job_id = doing_job()
    door.close()
    opening = threading.Timer(2, door.open)
    opening.start()

    async def finish() -> None:
        connector = PatientConnector(asyncio.Event())
        await connector.open_async(connector._pool_factory(kwargs=connector.parameters, timeout=1, open=False))
        await connector.pool.open(wait=False)
        await connector.execute_query_async(
            sql.queries["finish_job"], job_id=job_id, status="succeeded", delete_job=True
        )
        await connector.pool.close()

    asyncio.run(finish())
    opening.join()
    assert not ProcrastinateJob.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_patient_connector_query_that_is_no_result_fails_at_once(door):
    door.close()

    async def ask() -> None:
        connector = PatientConnector(asyncio.Event())
        await connector.open_async(connector._pool_factory(kwargs=connector.parameters, timeout=1, open=False))
        await connector.pool.open(wait=False)
        try:
            await connector.execute_query_async("SELECT 1")
        finally:
            await connector.pool.close()

    with pytest.raises(ConnectorException):
        asyncio.run(ask())
