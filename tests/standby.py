"""A real standby of the tests' PostgreSQL, made and run by PostgreSQL's own tools."""

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psycopg
from django.db import connection

SETTINGS = {
    "listen_addresses": "",
    "shared_buffers": "16MB",
    # What the primary has changed is replayed at once, whoever is reading it: a conflict needs no half a minute.
    "max_standby_streaming_delay": "0",
    "wal_retrieve_retry_interval": "100ms",
}


class Standby:
    """A standby that streams from the server which the tests' database is on."""

    def __init__(self, folder: Path) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT setting FROM pg_config() WHERE name = 'BINDIR'")
            self.programs = Path(cursor.fetchone()[0])
            cursor.execute("SHOW data_directory")
            self.owner = os.stat(cursor.fetchone()[0])
        self.folder = folder
        self.data = folder / "data"
        os.chown(folder, self.owner.st_uid, self.owner.st_gid)

    @property
    def url(self) -> str:
        return f"postgres://postgres@/{connection.settings_dict['NAME']}?host={quote(str(self.folder))}"

    def copy_primary(self) -> None:
        host = connection.settings_dict["OPTIONS"]["host"]
        options = ["--host", host, "--username", "postgres", "--pgdata", str(self.data)]
        self.run("pg_basebackup", *options, "--write-recovery-conf", "--checkpoint", "fast", "--no-sync")

    def start(self) -> None:
        options = f"-k {self.folder}"
        for name, value in SETTINGS.items():
            options += f" -c {name}='{value}'"
        self.control("start", "--wait", "--log", str(self.folder / "log"), "--options", options)

    def stop(self) -> None:
        self.control("stop", "--mode", "immediate")

    def control(self, *arguments: str) -> None:
        self.run("pg_ctl", "--pgdata", str(self.data), *arguments)

    def run(self, program: str, *arguments: str) -> None:
        """Run one of PostgreSQL's programs; as the owner of the primary's files, since it refuses to be root."""
        owner: dict[str, Any] = {}
        if os.geteuid() == 0:
            owner = {"user": self.owner.st_uid, "group": self.owner.st_gid}
        # Output goes to a file: the server keeps what it inherits open, and a pipe would never end.
        with (self.folder / "output").open("a") as output:
            command = [str(self.programs / program), *arguments]
            subprocess.run(command, cwd=self.folder, stdout=output, stderr=output, timeout=120, check=True, **owner)

    def ask(self, statement: str) -> tuple[object, ...]:
        with psycopg.connect(
            host=str(self.folder), user="postgres", dbname=str(connection.settings_dict["NAME"]), autocommit=True
        ) as session:
            return session.execute(statement).fetchone() or ()

    def pause(self) -> None:
        """Replay nothing more for now: what the primary commits stays unseen."""
        self.ask("SELECT pg_wal_replay_pause()")
        self.wait_for("SELECT pg_get_wal_replay_pause_state() = 'paused'")

    def resume(self) -> None:
        self.ask("SELECT pg_wal_replay_resume()")
        self.catch_up()

    def catch_up(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_switch_wal()")  # also what was committed without waiting for the disk
            cursor.execute("SELECT pg_current_wal_lsn()")
            written = cursor.fetchone()[0]
        self.wait_for(f"SELECT pg_last_wal_replay_lsn() >= '{written}'")

    def wait_for(self, question: str) -> None:
        deadline = time.monotonic() + 30
        while not self.is_so(question):
            assert time.monotonic() < deadline, question
            time.sleep(0.02)

    def is_so(self, question: str) -> bool:
        """Whether the standby says yes. A change that is replayed meanwhile may end the question: then not yet."""
        try:
            return self.ask(question) == (True,)
        except psycopg.OperationalError:
            return False


@contextmanager
def running_standby() -> Iterator[Standby]:
    folder = Path(tempfile.mkdtemp(prefix="standby-"))  # a short path: a socket's is at most 107 bytes long
    standby = Standby(folder)
    try:
        standby.copy_primary()
        standby.start()
        yield standby
    finally:
        if (standby.data / "postmaster.pid").exists():
            standby.stop()
        shutil.rmtree(folder)
