"""Every statement reads one row of each event, and runs on today's ClickHouse as well."""

import re
from pathlib import Path

FOLDER = Path(__file__).parents[3] / "experiments/event_store"


def test_every_read_of_events_is_final():
    code = "".join(file.read_text() for file in FOLDER.glob("*.py"))
    reads = re.findall(r"FROM events\b(?: \w+)?", code)
    assert len(reads) >= 3
    assert set(reads) == {"FROM events FINAL"}


def test_no_statement_goes_through_a_distributed_table():
    code = "".join(file.read_text() for file in FOLDER.glob("*.py"))
    assert not re.search(r"ENGINE = Distributed|\bremote\(|\bcluster\(", code)
