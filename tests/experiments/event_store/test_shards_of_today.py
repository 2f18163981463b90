"""The statements for ClickHouse run on today's version as well, in ``chdb``, which is too large to install for all.

.venv/bin/uv pip install chdb && .venv/bin/python -m pytest tests/experiments/event_store/test_shards_of_today.py
"""

import hashlib
from typing import Any
from uuid import UUID

import pytest

from experiments.event_store.clickhouse import SELECT_EVENTS
from experiments.event_store.moving import CLICKHOUSE_SUMS
from experiments.event_store.shards import create_table

chdb = pytest.importorskip("chdb.session", reason="chdb isn't installed")
ROWS = 20_000
MOST_BYTES = 40


def event(number: int) -> tuple[Any, ...]:
    """Return a row as a block has it: IDs as random as the snippet's, four events a visitor."""
    random = hashlib.sha256(str(number).encode()).digest()
    at = 1_790_000_000_000_000 + number * 400_000
    event_id = UUID(int=(at // 1000 << 80) | (7 << 76) | (2 << 62) | int.from_bytes(random[:7], "big"))
    visitor = UUID(bytes=hashlib.sha256(f"visitor {number % (ROWS // 4)}".encode()).digest()[:16])
    kind = ("impression", "click", "view", "decline")[random[8] % 4]
    return (
        1,
        "2026-11-20",
        7,
        str(event_id),
        kind,
        at,
        at + random[9],
        str(visitor),
        1 + random[10] % 3,
        2,
        "cart",
        "{}",
    )


@pytest.fixture
def database(tmp_path) -> Any:
    database = chdb.Session(str(tmp_path))
    database.query("CREATE DATABASE offerlift")
    database.query("USE offerlift")
    major = int(str(database.query("SELECT version()")).strip('"\n').partition(".")[0])
    database.query(create_table(major))
    yield database
    database.close()


def test_block_counts_once_has_its_checksum_and_is_small(database):
    rows = [event(number) for number in range(ROWS)]
    block = ",".join(map(str, rows))
    database.query(f"INSERT INTO events VALUES {block}")
    database.query(f"INSERT INTO events VALUES {block}")  # sent again
    checksum = 0
    for row in rows:
        checksum += int.from_bytes(hashlib.md5("|".join(map(str, row[2:])).encode()).digest()[:4], "big")
    assert str(database.query(f"{CLICKHOUSE_SUMS} 1")).strip() == f"{ROWS},{checksum}"
    assert str(database.query("SELECT count() FROM events")).strip() == str(ROWS)  # without FINAL: not even stored
    newest = str(database.query(f"{SELECT_EVENTS} store_id = 7 ORDER BY received_at DESC, id DESC LIMIT 1"))
    assert rows[-1][3] in newest
    database.query("OPTIMIZE TABLE events FINAL")
    size = database.query("SELECT sum(bytes_on_disk) / sum(rows) FROM system.parts WHERE table = 'events' AND active")
    assert float(str(size)) <= MOST_BYTES
