"""Columns of SQL as lists: those that a bulk write takes, and the one that a query of a single column gives."""

from collections.abc import Iterable
from typing import Any

from django.db.backends.utils import CursorWrapper


def columns_of(names: Iterable[str], rows: Iterable[object]) -> dict[str, list[Any]]:
    """Turn rows into one list per column, by the column's name, as the parameters of an ``unnest``.

    A column has the name of the rows' attribute. Without rows the lists are empty.
    """
    columns: dict[str, list[Any]] = {}
    for name in names:
        columns[name] = []
    for row in rows:
        for name, values in columns.items():
            values.append(getattr(row, name))
    return columns


def only_column(cursor: CursorWrapper) -> list[Any]:
    """Read the rest of a query that gives one column, as a list of its values."""
    return [value for (value,) in cursor.fetchall()]
