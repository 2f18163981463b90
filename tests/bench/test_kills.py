"""A short sample of ``bench.kills``: processes and PostgreSQL are killed under load, and nothing is lost."""

import json
import subprocess
import sys

import pytest

from bench.kills import accounts, killing


@pytest.mark.slow(seconds=60)
def test_kills_of_edge_console_and_database_lose_and_double_nothing():
    sample = ["--part", "kills", "--kills", "2", "--database-kills", "1", "--events", "2000", "--clients", "2"]
    run = subprocess.run(
        [sys.executable, "-m", "bench.kills", *sample], capture_output=True, text=True, check=False, timeout=600
    )
    assert run.returncode == 0, run.stdout + run.stderr
    found = json.loads(run.stdout.splitlines()[-1])
    assert found["stays_dead"] == 0
    assert found["rebuild_outcomes"] == "No differences."
    assert {kind: found[kind]["lost"] + found[kind]["doubled"] for kind in ("events", "orders", "accepts")} == {
        "events": 0,
        "orders": 0,
        "accepts": 0,
    }
    assert found["events"]["acknowledged"] >= 2000
    assert found["back_after_s"].keys() == {"edge", "console", "PostgreSQL"}


def test_plan_takes_each_kind_in_turn_and_the_database_evenly():
    planned = killing.plan(50, 5)
    assert len(planned) == 55
    assert [index for index, kind in enumerate(planned) if kind == killing.POSTGRES] == [8, 17, 27, 36, 45]
    assert planned.count("edge") == 13


def test_differences_count_what_is_lost_and_what_is_there_twice():
    assert accounts.differences("events", ["a", "b", "c"], ["a", "b", "b", "d"]) == {
        "acknowledged": 3,
        "lost": 1,
        "doubled": 1,
    }
