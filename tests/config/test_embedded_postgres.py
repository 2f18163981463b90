"""The embedded PostgreSQL starts by itself and stops with its last user, however the others end."""

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest
from django.core.exceptions import ImproperlyConfigured

from config import embedded_postgres

pytestmark = pytest.mark.slow

USER = """
import sys
from pathlib import Path
from config import embedded_postgres
print(embedded_postgres.start(Path(sys.argv[1])), flush=True)
sys.stdin.read()
"""


def begin(data_dir: Path) -> tuple[subprocess.Popen[str], str]:
    process = subprocess.Popen(
        [sys.executable, "-c", USER, str(data_dir)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout
    return process, process.stdout.readline().strip()


def end(process: subprocess.Popen[str], number: int | None = None) -> None:
    if number:
        os.kill(process.pid, number)
    process.communicate(timeout=30)


def answers(url: str) -> bool:
    try:
        with psycopg.connect(url, connect_timeout=5) as connection:
            return connection.execute("SELECT 1").fetchone() == (1,)
    except psycopg.OperationalError:
        return False


@pytest.mark.parametrize("first_ends_by", [None, signal.SIGKILL])
def test_server_two_users_stops_with_the_last(tmp_path, first_ends_by):
    first, url = begin(tmp_path)
    second, same_url = begin(tmp_path)
    assert url == same_url
    end(first, first_ends_by)
    assert answers(url)
    end(second)
    assert not answers(url)


def test_server_on_a_full_disk_says_so_in_one_sentence(tmp_path, monkeypatch):
    usage = shutil.disk_usage(tmp_path)._replace(free=5 * 2**20)
    monkeypatch.setattr(shutil, "disk_usage", lambda folder: usage)
    with pytest.raises(ImproperlyConfigured, match="Only 5 MB are free"):
        embedded_postgres.start(tmp_path)


def test_server_that_runs_is_joined_on_a_full_disk(tmp_path, monkeypatch):
    first, url = begin(tmp_path)
    usage = shutil.disk_usage(tmp_path)._replace(free=5 * 2**20)
    monkeypatch.setattr(shutil, "disk_usage", lambda folder: usage)
    try:
        assert embedded_postgres.start(tmp_path) == url
    finally:
        end(first)


def test_server_restarted_meanwhile_is_stopped_by_the_last_user_all_the_same(tmp_path):
    user, url = begin(tmp_path)
    os.kill(int((tmp_path / "postgres/postmaster.pid").read_text().split()[0]), signal.SIGKILL)
    another, same_url = begin(tmp_path)
    assert same_url == url
    end(another)
    assert answers(url)
    end(user)
    assert not answers(url)
