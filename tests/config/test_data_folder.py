"""Settings only read; the secret key and the embedded PostgreSQL come to be where they are needed."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from config import data_folder

READ = """
import sys
import django
from django.conf import settings
django.setup()
from django.db import connection
print(settings.SETTINGS_MODULE, connection.vendor, settings.HAS_EMBEDDED_POSTGRES)
"""
SIGN = "from django.core import signing; print(signing.dumps('a'))"
ASK = "from django.db import connection as c; k = c.cursor(); k.execute('SELECT 1'); print(k.fetchone())"


def run(*arguments: str, data_dir: Path, settings: str = "config.settings") -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if name not in {"DATABASE_URL", "SECRET_KEY"}}
    environment |= {"OFFERLIFT_DATA_DIR": str(data_dir), "DJANGO_SETTINGS_MODULE": settings}
    return subprocess.run(
        [sys.executable, "-W", "ignore", *arguments],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=90,
    )


@pytest.mark.slow
@pytest.mark.parametrize("settings", ["config.settings", "config.settings_edge", "config.settings_test"])
def test_settings_are_read_without_writing_a_file_or_starting_a_database(tmp_path, settings):
    (tmp_path / "file").touch()
    unwritable = tmp_path / "file" / "var"  # no folder can be made below a file, whoever tries
    read = run("-c", READ, data_dir=unwritable, settings=settings)
    assert (read.returncode, read.stderr) == (0, "")
    assert read.stdout.split() == [settings, "postgresql", "True"]
    assert sorted(tmp_path.iterdir()) == [tmp_path / "file"]


@pytest.mark.slow
def test_commands_that_need_no_database_run_with_an_unwritable_data_folder(tmp_path):
    (tmp_path / "file").touch()
    told = run("manage.py", "help", "migrate", data_dir=tmp_path / "file" / "var")
    assert told.returncode == 0
    assert "usage: manage.py migrate" in told.stdout


@pytest.mark.slow
@pytest.mark.parametrize(("code", "sentence"), [(SIGN, "or set SECRET_KEY."), (ASK, "or set DATABASE_URL")])
def test_what_needs_an_unwritable_data_folder_says_what_to_do(tmp_path, code, sentence):
    (tmp_path / "file").touch()
    told = run("manage.py", "shell", "--no-imports", "-c", code, data_dir=tmp_path / "file" / "var")
    assert told.returncode == 1
    assert sentence in told.stderr
    assert "Traceback" not in told.stderr


@pytest.mark.slow
def test_first_query_starts_the_database_and_its_last_user_stops_it(tmp_path):
    asked = run("manage.py", "shell", "--no-imports", "-c", ASK, data_dir=tmp_path)
    assert (asked.returncode, asked.stdout.strip()) == (0, "(1,)")
    assert (tmp_path / "postgres" / "PG_VERSION").exists()
    assert not (tmp_path / "postgres" / "postmaster.pid").exists()


def test_secret_key_is_made_once_for_this_user_alone(tmp_path):
    file = tmp_path / "new" / "secret_key"
    key = data_folder.local_key(file.parent, file.name)
    data_folder.local_key.cache_clear()
    assert len(key) > 50
    assert data_folder.local_key(file.parent, file.name) == key
    assert file.stat().st_mode & 0o777 == 0o600
    assert list(file.parent.iterdir()) == [file]


def test_secret_key_made_by_another_process_meanwhile_is_kept(tmp_path):
    file = tmp_path / "secret_key"
    file.write_text("theirs")
    data_folder.make_key(file)
    assert file.read_text() == "theirs"
    assert list(tmp_path.iterdir()) == [file]
