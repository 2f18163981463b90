"""The database that stores are simulated in: one for many of them, emptied now and then."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from django.db import connection

if TYPE_CHECKING:
    from collections.abc import Iterator

MOST_STORES = 100  # about a gigabyte; then the disk is given back


class Tables:
    """Where stores are simulated one after the other, each as any shop comes to an installation that has others.

    They stay, as real ones do. Rolled back, their rows would be read by every statement about the next ones.
    """

    def __init__(self) -> None:
        self.stores = 0

    @contextmanager
    def store(self) -> Iterator[None]:
        """Make room for one more store, and let the planner know the tables after the first."""
        if self.stores >= MOST_STORES:
            self.empty()
        yield
        self.stores += 1
        if self.stores == 1:
            count_rows()

    def empty(self) -> None:
        """Forget all stores."""
        with connection.cursor() as cursor:
            cursor.execute("TRUNCATE experiments_store CASCADE")
        self.stores = 0


def count_rows() -> None:
    """Have the planner's statistics made: in minutes the server would do it itself."""
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def wait_for_no_disk() -> None:
    """Let commits return before they are on disk: what is lost is simulated again."""
    with connection.cursor() as cursor:
        cursor.execute("SET synchronous_commit = off")
