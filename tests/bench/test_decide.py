"""A short run of the benchmark: what decisions cost beside a bare server, and that they wait for nothing else."""

from collections.abc import Iterator

import pytest
from django.core.management import call_command
from django.db import connection
from pytest_django import DjangoDbBlocker

from bench import decide, mix

pytestmark = [
    pytest.mark.slow,
    pytest.mark.django_db,  # without a test that says so, pytest-django makes no database of the tests' own
]

# Measured on an idle machine: 5 to 6 times the processor time of the bare server, and 8 before. The floor of a round is
# eight ticks of the clock, and beside other tests the processor's caches are others' as well.
MOST_CPU = 10.0
# What waited for the lock would wait until its statement ends, for ten seconds.
MOST_WAITING_MS = 2_000


@pytest.fixture(scope="module")
def rows(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[dict[str, list[decide.Figures]]]:
    with django_db_blocker.unblock():
        decide.make_store()
        database = connection.settings_dict
        assert database["NAME"].startswith("test_")
        url = f"postgres://{database['USER']}@/{database['NAME']}?host={database['OPTIONS']['host']}"
        environment = {"DATABASE_URL": url, "EDGE_CALLS_PER_MINUTE": "0"}
        beside = {"batches beside": mix.batches_beside, "events locked": mix.events_locked}
        yield decide.measure_all(environment, beside, requests=4_000, rounds=3)
        call_command("flush", interactive=False, verbosity=0)
        connection.close()


def test_decide_costs_a_few_times_what_the_bare_server_does(rows):
    assert 1.0 < decide.ratios(rows)["cpu_us"] < MOST_CPU


@pytest.mark.parametrize("beside", ["batches beside", "events locked"])
def test_decide_waits_for_nothing_that_asks_the_database(rows, beside):
    [figures] = rows[beside]
    assert figures["p99_ms"] < MOST_WAITING_MS
