"""A short sample of ``bench.moved_events``: servers, workers and PostgreSQL are killed, and nothing is lost."""

import json
import subprocess
import sys

import pytest

from tests.clickhouse_servers import SERVER


@pytest.mark.slow(seconds=60)
@pytest.mark.skipif(SERVER is None, reason="clickhouse-server isn't installed: apt-get install clickhouse-server")
def test_kills_while_events_move_lose_and_double_nothing():
    sample = ["--events", "6000", "--kills", "2", "--database-kills", "2"]
    run = subprocess.run(
        [sys.executable, "-m", "bench.moved_events", *sample], capture_output=True, text=True, check=False, timeout=900
    )
    assert run.returncode == 0, run.stdout + run.stderr
    found = json.loads(run.stdout.splitlines()[-1])
    assert (found["acknowledged"], found["lost"], found["doubled"], found["unknown"]) == (6000, 0, 0, 0)
    assert found["killed"] == {"shard": 2, "worker": 2, "PostgreSQL": 1}
