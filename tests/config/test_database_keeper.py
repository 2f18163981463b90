"""The embedded PostgreSQL is started again when it is killed."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psycopg
import pytest

pytestmark = pytest.mark.slow

PATIENCE_S = 60


def postmaster(data_dir: Path) -> int:
    return int((data_dir / "postgres" / "postmaster.pid").read_text().split("\n")[0])


def started_at(data_dir: Path) -> object:
    """When the server that answers now has started; None where none does."""
    url = f"postgresql://postgres:@/postgres?host={data_dir / 'postgres'}"
    try:
        with psycopg.connect(url, connect_timeout=5) as connection:
            row = connection.execute("SELECT pg_postmaster_start_time()").fetchone()
    except psycopg.OperationalError:
        return None
    assert row
    return row[0]


def wait_for_another_than(server: object, data_dir: Path) -> object:
    deadline = time.monotonic() + PATIENCE_S
    while (found := started_at(data_dir)) in (None, server):
        assert time.monotonic() < deadline, "no server came"
        time.sleep(0.1)
    return found


def test_keeper_server_killed_is_started_again_and_stopped_at_the_end(tmp_path):
    environment = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    environment |= {"OFFERLIFT_DATA_DIR": str(tmp_path), "DJANGO_SETTINGS_MODULE": "config.settings"}
    keeper = subprocess.Popen(
        [sys.executable, "-m", "config.database_keeper"], env=environment, stderr=subprocess.PIPE, text=True
    )
    try:
        server = wait_for_another_than(None, tmp_path)
        for _ in range(2):
            time.sleep(2)  # a server that is killed while the keeper still joins it comes again without a word
            os.kill(postmaster(tmp_path), signal.SIGKILL)
            server = wait_for_another_than(server, tmp_path)
        keeper.terminate()
        _, log = keeper.communicate(timeout=30)
    finally:
        keeper.kill()
    assert keeper.returncode == 0
    assert "The embedded PostgreSQL has ended and is started again." in log
    assert started_at(tmp_path) is None
