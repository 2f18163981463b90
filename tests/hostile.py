"""Values that Python takes and PostgreSQL doesn't, or that no shop means, to be put anywhere in a body or a form."""

from collections.abc import Iterator
from copy import deepcopy
from typing import Any

TEXTS = ["", "x", "\x00", "a\x00b", "\ud800", "é" * 70, "x" * 10_000, "💎", "1_000", "NaN", "-1", "1e9999"]
NUMBERS = [-1, 0, 0.1, 2**15, 2**31, 2**63 - 1, 2**63, 2**64, -(2**31) - 1, -(2**63) - 1, 10**30, 1e308]
# PostgreSQL takes offsets of less than 16 hours, and times from 4714 BC; neither end of Python's can be read back in
# every time zone.
TIMES = [
    "0001-01-01T00:00:00Z",
    "0001-01-01T00:00:00+15:59",
    "1969-12-31T23:59:59Z",
    "2026-11-22T10:02:00",
    "2026-11-22T10:02:00+15:59",
    "2026-11-22T10:02:00+16:00",
    "2026-11-22T10:02:00-16:00",
    "2026-11-22T10:02:00+23:59",
    "2026-11-22T23:59:60Z",
    "2026-11-22T24:00:00Z",
    "2999-12-31T23:59:59-15:59",
    "9999-12-31T23:59:59.999999Z",
    "9999-12-31T23:59:59-23:59",
]
OTHERS: list[Any] = [None, True, [], {}, [None], ["\x00"], {"\x00": "\x00"}]
ALL: list[Any] = [*TEXTS, *NUMBERS, *TIMES, *OTHERS]

Place = tuple[str | int, ...]


def places(value: Any, path: Place = ()) -> Iterator[Place]:
    """Every field and element of a JSON value."""
    children: Any = ()
    if isinstance(value, dict):
        children = value.items()
    elif isinstance(value, list):
        children = enumerate(value)
    for key, child in children:
        yield (*path, key)
        yield from places(child, (*path, key))


def put(value: Any, place: Place, hostile: Any) -> Any:
    """A copy of the JSON value with another one at the place."""
    changed = inner = deepcopy(value)
    for key in place[:-1]:
        inner = inner[key]
    inner[place[-1]] = hostile
    return changed
