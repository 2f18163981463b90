"""A database of its own for a benchmark, with the product's tables, dropped at the end."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import quote

import django

NAME = "offerlift_bench"


@contextmanager
def scratch(settings: str = "config.settings_edge", name: str = NAME) -> Iterator[dict[str, str]]:
    """Create the database, point this process at it, and give the environment that points a server at it.

    ``settings``: the settings of this process; statements under those of the edge end after a few seconds. ``name``:
    the database's, for what runs for hours beside other benchmarks.
    """
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", settings)
    django.setup()
    from django.db import connection

    connection.settings_dict["TEST"]["NAME"] = name
    original = connection.settings_dict["NAME"]
    connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
    try:
        yield {"DATABASE_URL": url(connection.settings_dict, name), "EDGE_CALLS_PER_MINUTE": "100000000"}
    finally:
        connection.creation.destroy_test_db(original, verbosity=0)


def url(settings: dict[str, object], name: str) -> str:
    """The database as ``DATABASE_URL`` names it."""
    options = settings["OPTIONS"]
    assert isinstance(options, dict)
    host = quote(str(options.get("host") or settings["HOST"]), safe="")
    user, password = quote(str(settings["USER"])), quote(str(settings["PASSWORD"]))
    return f"postgres://{user}:{password}@{settings['HOST']}:{settings['PORT'] or 5432}/{name}?host={host}"
