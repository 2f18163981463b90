"""The ClickHouse servers that ``ANALYTICS_URL`` names: each has the events of some visitors, in a table of its own.

Each is asked by itself and must answer: nothing goes through a ``Distributed`` table, which is slower at grouping and
may leave out a server that is down (``skip_unavailable_shards``). Statements run on ClickHouse 18.16 and on today's.
"""

import logging
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any
from zlib import crc32

from clickhouse_driver import Client
from clickhouse_driver.errors import Error, ServerException
from django.conf import settings

from experiments.event_store.store import NotAvailable

# What can't be reached is told by NotAvailable; the client would add a trace for each address.
logging.getLogger("clickhouse_driver.connection").setLevel(logging.ERROR)

CONNECT_SECONDS, ANSWER_SECONDS = 3, 300
UNKNOWN_DATABASE = 81
# An event is one row whatever is repeated: it is read with FINAL, which leaves the row of the highest batch. By day, so
# that what is too old is dropped whole, and a visitor is found in each day by the key. Times are microseconds since
# 1970, since DateTime has seconds; 0 is no test and no variant.
CREATE_TABLE = """
CREATE TABLE IF NOT EXISTS events (
    batch UInt64{codec}, day Date{codec}, store_id UInt64{codec}, event_id UUID{codec}, type String{codec},
    occurred_at Int64{codec}, received_at Int64{codec}, visitor_id String{codec}, experiment_id UInt64{codec},
    variant_id UInt64{codec}, moment String{codec}, props String{codec}
) ENGINE = ReplacingMergeTree(batch) PARTITION BY day ORDER BY (store_id, visitor_id, event_id){settings}
"""
# IDs are most of an event, and random: the usual compression leaves 51 bytes of it, this one 36.
SMALL = " CODEC(ZSTD(1))"
# A block that is sent again after a connection broke isn't stored again. Replicated tables do that by themselves.
FORGET_REPEATED_BLOCKS = " SETTINGS non_replicated_deduplication_window = 100"
KNOWS_BOTH_SINCE = 22  # the major version, and so the year


def create_table(major_version: int) -> str:
    """Return the statement that makes the table on a server of this version."""
    if major_version < KNOWS_BOTH_SINCE:
        return CREATE_TABLE.format(codec="", settings="")
    return CREATE_TABLE.format(codec=SMALL, settings=FORGET_REPEATED_BLOCKS)


class Shard:
    """One server."""

    def __init__(self, address: Mapping[str, Any]) -> None:
        self.address = dict(address)
        self.name = f"{address['host']}:{address['port']}"

    @contextmanager
    def connected(self, **changes: Any) -> Iterator[Client]:
        """Connect for a statement or two; a connection that is kept could be found broken by whoever needs it next."""
        client = Client(
            **self.address | changes,
            connect_timeout=CONNECT_SECONDS,
            send_receive_timeout=ANSWER_SECONDS,
            settings={"max_query_size": 10_000_000},  # as many erasures as may wait while a server is down
        )
        try:
            yield client
        except (Error, OSError, EOFError) as error:
            raise NotAvailable(f"ClickHouse at {self.name}: {in_one_line(error)}") from error
        finally:
            client.disconnect()

    def rows(self, statement: str, parameters: Mapping[str, Any] | None = None) -> list[tuple[Any, ...]]:
        """Return what a statement answers."""
        with self.connected() as client:
            return list(client.execute(statement, parameters or {}))

    def stream(self, statement: str, parameters: Mapping[str, Any]) -> Iterator[tuple[Any, ...]]:
        """Yield what a statement answers, block by block."""
        with self.connected() as client:
            yield from client.execute_iter(statement, parameters)

    def insert(self, columns: Sequence[Sequence[Any]], names: Sequence[str]) -> None:
        """Store rows, given by column: all of one block, in one statement."""
        with self.connected() as client:
            client.execute(f"INSERT INTO events ({', '.join(names)}) VALUES", list(columns), columnar=True)

    def prepare(self) -> None:
        """Make the table where it is missing, and the database."""
        try:
            with self.connected() as client:
                (version,) = client.execute("SELECT version()")[0]
                client.execute(create_table(int(version.partition(".")[0])))
        except NotAvailable as error:
            if not is_of_code(error, UNKNOWN_DATABASE):
                raise
            with self.connected(database="default") as client:
                client.execute(f"CREATE DATABASE IF NOT EXISTS {self.address['database']}")
            self.prepare()


def is_of_code(error: NotAvailable, code: int) -> bool:
    """Whether a server answered with this error."""
    return isinstance(error.__cause__, ServerException) and error.__cause__.code == code


def in_one_line(error: BaseException) -> str:
    """Return what went wrong, without the server's own trace."""
    text = str(getattr(error, "message", error)) or type(error).__name__
    return text.partition("Stack trace")[0].strip().partition("\n")[0]


def shards() -> list[Shard]:
    """Return all servers, in the order of the setting."""
    return list(map(Shard, settings.ANALYTICS_SHARDS))


def shard_number(visitor_id: str) -> int:
    """Return which of the servers takes a visitor's events; whoever looks for them asks all."""
    return crc32(visitor_id.encode()) % len(settings.ANALYTICS_SHARDS)
