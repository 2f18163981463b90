"""Has PostgreSQL look messages up by their indexes while they go out, whatever it believes of its tables.

Its statistics may be from before a campaign, when the tables were empty. It would then read all messages of a table for
each that it is asked for: a group of three once took 160 ms instead of 3, and the consents of a batch 76 ms.
"""

from collections.abc import Iterator
from contextlib import contextmanager, suppress

from django.db import Error, connection


@contextmanager
def by_index() -> Iterator[None]:
    """Have each statement of this connection take an index where there is one, for as long as the block.

    The worker's connection is its own (``docs/operations.md``). One that is opened anew, as after a crash of the
    database, goes without: its statements are only slower.
    """
    with connection.cursor() as cursor:
        # Compiling a statement of some hundred messages takes longer than the statement itself.
        cursor.execute("SET enable_seqscan = off; SET jit = off")
    try:
        yield
    finally:
        with suppress(Error), connection.cursor() as cursor:
            cursor.execute("RESET enable_seqscan; RESET jit")
