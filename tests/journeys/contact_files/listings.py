"""Files of contacts and opt-outs, for tests."""

from datetime import timedelta
from io import BytesIO
from zoneinfo import ZoneInfo

from experiments.tables import BadRow
from journeys.contact_files.checking import Listed, read_file
from journeys.contact_files.rows import RowReader
from tests.factories import NOON

READER = RowReader(ZoneInfo("Europe/Berlin"), NOON)
DAY = timedelta(days=1)


def file_of(*lines: str) -> BytesIO:
    return BytesIO("\n".join(lines).encode())


def rows_of(kind: str, *lines: str) -> list[Listed | BadRow]:
    return [row for _where, row in read_file(file_of(*lines), kind, READER)]
