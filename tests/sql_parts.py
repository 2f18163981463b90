"""A part of a long statement by itself."""

from collections.abc import Mapping
from typing import Any

from django.db import connection


def part(query: str, name: str, parameters: Mapping[str, Any], columns: str = "*") -> list[tuple[Any, ...]]:
    """The rows of one part of a statement; parts that write are done as well."""
    parts, marker, _ = query.partition("-- result:")
    assert marker
    with connection.cursor() as cursor:
        cursor.execute(f"{parts} SELECT {columns} FROM {name}", parameters)
        return list(cursor.fetchall())
