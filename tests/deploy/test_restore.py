"""Backups as docs/operations.md describes them: restored by PostgreSQL's own tools, every figure is there again."""

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.db import connection

from experiments.models import Experiment
from tests import factories

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]

TABLES = ("experiments_order", "experiments_exposure", "experiments_experiment", "experiments_variant")
WAIT_S = 60


class Server:
    """A PostgreSQL of its own, beside the one of the tests, made by the same programs."""

    def __init__(self, folder: Path, programs: Path, owner: os.stat_result) -> None:
        self.folder, self.programs, self.owner = folder, programs, owner
        self.data = folder / "data"
        folder.mkdir()
        os.chown(folder, owner.st_uid, owner.st_gid)

    def run(self, program: str, *arguments: str) -> None:
        with (self.folder / "output").open("a") as output:
            command = [str(self.programs / program), *arguments]
            subprocess.run(
                command, cwd=self.folder, stdout=output, stderr=output, timeout=120, check=True, **self.as_owner
            )

    @property
    def as_owner(self) -> dict[str, Any]:
        """PostgreSQL refuses to be root."""
        if os.geteuid() == 0:
            return {"user": self.owner.st_uid, "group": self.owner.st_gid}
        return {}

    def initialize(self) -> None:
        self.run("initdb", "--pgdata", str(self.data), "--username", "postgres", "--auth", "trust", "--no-sync")

    def start(self) -> None:
        options = f"-k {self.folder} -c listen_addresses='' -c shared_buffers=16MB -c fsync=off"
        self.run(
            "pg_ctl", "--pgdata", str(self.data), "start", "--wait", "--log", str(self.folder / "log"), "-o", options
        )

    def stop(self) -> None:
        if (self.data / "postmaster.pid").exists():
            self.run("pg_ctl", "--pgdata", str(self.data), "stop", "--mode", "immediate")

    def ask(self, statement: str) -> Any:
        with psycopg.connect(host=str(self.folder), user="postgres", dbname="shop", autocommit=True) as session:
            return session.execute(statement).fetchone()


@pytest.fixture
def folder() -> Iterator[Path]:
    made = Path(tempfile.mkdtemp(prefix="restore-"))  # a short path: a socket's is at most 107 bytes long
    made.chmod(0o755)
    yield made
    shutil.rmtree(made)


@pytest.fixture
def servers(folder: Path) -> Iterator[tuple[Server, Server]]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT setting FROM pg_config() WHERE name = 'BINDIR'")
        programs = Path(cursor.fetchone()[0])
        cursor.execute("SHOW data_directory")
        owner = os.stat(cursor.fetchone()[0])
    both = Server(folder / "a", programs, owner), Server(folder / "b", programs, owner)
    yield both
    for server in both:
        server.stop()


@pytest.fixture
def shop() -> Experiment:
    experiment = factories.make_experiment()
    control, treatment = experiment.variants.all()
    for number in range(40):
        bought = {
            "orders": number % 2,
            "revenue_minor": (number % 2) * (1000 + number),
            "has_converted": number % 2 == 1,
        }
        factories.make_exposure([control, treatment][number // 20], visitor_id=f"visitor-{number}", **bought)
    return experiment


def contents(ask: Any) -> list[Any]:
    """What the tables hold, as one digest each."""
    return [ask(f"SELECT count(*), md5(string_agg(t::text, '' ORDER BY t::text)) FROM {table} t") for table in TABLES]


def ask_tests(statement: str) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return cursor.fetchone()


def restore_dump(server: Server, folder: Path) -> None:
    """``pg_dump`` and ``pg_restore``, as the page has them."""
    host, name = str(connection.settings_dict["OPTIONS"]["host"]), str(connection.settings_dict["NAME"])
    dump = folder / "a" / "offerlift.dump"
    server.run("pg_dump", "--host", host, "--username", "postgres", "--format", "custom", "--file", str(dump), name)
    server.run("createdb", "--host", str(server.folder), "--username", "postgres", "shop")
    server.run("pg_restore", "--host", str(server.folder), "--username", "postgres", "--dbname", "shop", str(dump))


def test_dump_restores_every_row_and_every_figure(shop, servers, folder):
    server, _ = servers
    server.initialize()
    server.start()
    restore_dump(server, folder)
    assert contents(server.ask) == contents(ask_tests)
    bought = server.ask("SELECT sum(orders), sum(revenue_minor) FROM experiments_exposure")
    assert bought == (20, sum(range(1001, 1041, 2)))


def test_archive_brings_back_the_moment_before_a_mistake(shop, servers, folder):
    server, restored = servers
    server.initialize()
    server.start()
    restore_dump(server, folder)
    archive = folder / "archive"
    archive.mkdir()
    os.chown(archive, server.owner.st_uid, server.owner.st_gid)
    receive = ["--host", str(server.folder), "--username", "postgres", "--slot", "offerlift"]
    server.run("pg_receivewal", *receive, "--create-slot", "--if-not-exists")
    program = str(server.programs / "pg_receivewal")
    receiver = subprocess.Popen([program, *receive, "--directory", str(archive)], cwd=server.folder, **server.as_owner)
    try:
        copy = ["--pgdata", str(restored.data), "--wal-method", "none", "--checkpoint", "fast", "--no-sync"]
        server.run("pg_basebackup", "--host", str(server.folder), "--username", "postgres", *copy)
        server.ask("UPDATE experiments_exposure SET revenue_minor = revenue_minor + 1 WHERE orders > 0 RETURNING 1")
        wanted = contents(server.ask)
        server.ask("SELECT pg_create_restore_point('before_the_mistake')")
        server.ask("DELETE FROM experiments_exposure RETURNING 1")
        (last,) = server.ask("SELECT pg_walfile_name(pg_switch_wal())")
        wait_for(archive / last)
    finally:
        receiver.terminate()
        receiver.wait(timeout=30)
    with (restored.data / "postgresql.auto.conf").open("a") as settings:
        settings.write(f"restore_command = 'cp {archive}/%f %p'\n")
        settings.write("recovery_target_name = 'before_the_mistake'\nrecovery_target_action = 'promote'\n")
    (restored.data / "recovery.signal").touch()
    os.chown(restored.data / "recovery.signal", server.owner.st_uid, server.owner.st_gid)
    restored.start()
    assert contents(restored.ask) == wanted


def wait_for(file: Path) -> None:
    deadline = time.monotonic() + WAIT_S
    while not file.exists():
        assert time.monotonic() < deadline, file
        time.sleep(0.1)
