"""What every test can use."""

import gc
import os
import re
import time
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.management.color import Style
from django.core.management.commands import flush
from django.core.signals import request_finished, request_started, setting_changed
from django.db import close_old_connections, connection
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.utils import CursorWrapper
from django.dispatch import receiver
from hypothesis import settings
from pytest_django import DjangoDbBlocker

from checkout_widgets.edge import exposure_signing, live_configuration
from tests import cases, examples, quick_login, template_database

settings.load_profile(examples.PROFILE)

# What a test takes with such a mark, and without, in seconds and roughly: enough to put files in order. One that takes
# much longer says so: ``slow(seconds=40)``.
SECONDS = {"slow": 0.5, "browser": 3.0}
OTHERS_S = 0.03


# The mark of all tests of a file, as it is written: in a line of its own near the top.
MARK_OF_FILE = re.compile(r"^pytestmark = .*?mark\.(slow|browser|long)\b", re.MULTILINE)


# They share one shop outside, which several workers would change under each other, and which no quick run waits for.
RIG_TESTS = "shop_rig"


def is_rig_asked_for(arguments: list[str]) -> bool:
    """Return whether a run names the tests of a rig's shop, as ``make rig`` does; RIG alone doesn't start them."""
    return any(RIG_TESTS in argument for argument in arguments)


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Leave files unread whose every test the run leaves out: each worker would import Playwright and simulations."""
    left_out = set(re.findall(r"not (\w+)", config.option.markexpr or ""))
    if collection_path.is_dir() and collection_path.name == "browser" and "browser" in left_out:
        return True
    if collection_path.is_dir() and collection_path.name == RIG_TESTS and not is_rig_asked_for(config.args):
        return True
    if collection_path.suffix != ".py" or not left_out:
        return None
    mark = MARK_OF_FILE.search(collection_path.read_text())
    if mark is not None and mark[1] in left_out:
        return True
    return None


def pytest_configure(config: pytest.Config) -> None:
    """Look for no garbage while modules and tests are read: there is next to none, and each look goes through all."""
    gc.disable()


# How many more objects there are before Python looks for garbage again: its 700 are made and freed by any one request.
GARBAGE_AFTER = 20_000


def pytest_collection_finish(session: pytest.Session) -> None:
    """Look for garbage among what tests make, and no longer among what has been read before."""
    gc.freeze()
    gc.set_threshold(GARBAGE_AFTER)
    gc.enable()


def seconds_of(test: pytest.Item) -> float:
    longest = OTHERS_S
    for name, usual in SECONDS.items():
        mark = test.get_closest_marker(name)
        if mark is not None:
            longest = max(longest, mark.kwargs.get("seconds", usual))
    return longest


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what a quick run leaves out, and begin with the files that take longest, lest one run alone at the end.

    Whoever picks tests, by words or those that failed last, gets all of their cases.
    """
    are_picked = config.option.keyword or config.getoption("lf", False)
    if examples.PROFILE == "quick" and not are_picked:
        left_out = cases.left_out_of_quick_runs(items)
        config.hook.pytest_deselected(items=left_out)
        taken_out = set(left_out)
        items[:] = [test for test in items if test not in taken_out]
    if "PYTEST_XDIST_WORKER" not in os.environ:
        return
    seconds: dict[Path, float] = defaultdict(float)
    for test in items:
        seconds[test.path] += seconds_of(test)
    items.sort(key=lambda test: (-seconds[test.path], test.path))


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings: None, django_db_blocker: DjangoDbBlocker) -> None:
    """Copy the tests' database from one that is migrated already, or keep the copy of a run before."""
    with django_db_blocker.unblock():
        template = template_database.prepare()
        template_database.drop_outdated(template_database.name_of_copy(), template)
    # Not migrated once more: Django would read 140 migrations to find nothing to do.
    connection.settings_dict["TEST"] |= {"TEMPLATE": template, "MIGRATE": False}


# Their models aren't managed, so that Django doesn't empty them.
QUEUE = ("procrastinate_events", "procrastinate_jobs", "procrastinate_periodic_defers", "procrastinate_workers")
# What Django would fill again with the same at once, which takes longer than all the rest.
KEPT = {"auth_permission", "django_content_type"}


@pytest.fixture(scope="session", autouse=True)
def quick_flush() -> Iterator[None]:
    """Empty all tables after a test that commits, the queue's too, by deleting: most of them are empty.

    TRUNCATE, as Django has it, makes new files for every table and index, more than three hundred.
    """

    def sql_flush(style: Style, connection: BaseDatabaseWrapper, **options: bool) -> list[str]:
        names = set(connection.introspection.django_table_names(only_existing=True, include_views=False))
        emptied = sorted({*names, *QUEUE} - KEPT)
        connection.ensure_connection()
        # Only a superuser may keep triggers from firing; the embedded server's user is one.
        if connection.connection.info.parameter_status("is_superuser") != "on":
            return connection.ops.sql_flush(style, emptied, **options)
        tables = [connection.ops.quote_name(name) for name in emptied]
        # Whoever still writes is waited for, as TRUNCATE does: their rows would come into the next test.
        statements = [f"LOCK TABLE {', '.join(tables)} IN SHARE ROW EXCLUSIVE MODE"]
        # Neither triggers nor foreign keys: what they would note or check is deleted as well.
        statements.append("SET LOCAL session_replication_role = replica")
        statements += [f"DELETE FROM {table}" for table in tables]
        return ["; ".join(statements)]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(flush, "sql_flush", sql_flush)
        patch.setattr(flush, "emit_post_migrate_signal", lambda *arguments, **options: None)
        yield


@pytest.fixture(scope="session", autouse=True)
def quick_logins() -> Iterator[None]:
    """Let every client log in by one statement."""
    with quick_login.quick_login():
        yield


@pytest.fixture(scope="session")
def django_db_setup(
    django_db_setup: None, django_db_keepdb: bool, django_db_blocker: DjangoDbBlocker
) -> Iterator[None]:
    """Close the door behind the tests: a database that somebody uses, or comes back to, can't be dropped."""
    with django_db_blocker.unblock():
        template_database.mark_as_copy(connection.settings_dict["NAME"], connection.settings_dict["TEST"]["TEMPLATE"])
    yield
    if django_db_keepdb:
        return
    name = connection.settings_dict["NAME"]
    connection.close()
    with django_db_blocker.unblock(), connection._nodb_cursor() as cursor:
        cursor.execute(f"ALTER DATABASE {connection.ops.quote_name(name)} ALLOW_CONNECTIONS false")
        cursor.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [name])
        wait_until_alone(cursor, name)


def wait_until_alone(cursor: CursorWrapper, database: str) -> None:
    """Wait for sessions that have been told to end: PostgreSQL itself waits 5 s, which a busy machine can exceed."""
    deadline = time.monotonic() + 60
    query = "SELECT application_name, backend_start, state, query FROM pg_stat_activity WHERE datname = %s"
    cursor.execute(query, [database])
    while sessions := cursor.fetchall():
        assert time.monotonic() < deadline, sessions
        time.sleep(0.1)
        cursor.execute(query, [database])


@pytest.fixture
def kept_connection(db: None) -> Iterator[None]:
    """The test's own connection stays open between the calls."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@receiver(setting_changed)
def forget_signing_key(setting: str, **details: object) -> None:
    """Sign by the settings that a test has: a process has one key for as long as it runs."""
    if setting == "SECRET_KEY":
        exposure_signing.own_hash.cache_clear()


@pytest.fixture(autouse=True)
def fresh_snapshot() -> Iterator[None]:
    """No test answers from the configuration of another."""
    yield
    live_configuration.forget()
