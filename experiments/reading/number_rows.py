"""Rows of whole numbers, by the million: from the database's text straight into arrays."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.int64]

BLOCK = 8_000_000  # bytes of text that are turned into numbers at once: bounds what a million rows take


def read_numbers(rows: Iterable[bytes | bytearray | memoryview], columns: int) -> tuple[Numbers, ...]:
    """Turn rows of a ``COPY ... TO STDOUT`` of whole numbers into one array for each column."""
    parts, block, size = [], [], 0
    for row in rows:
        block.append(bytes(row))
        size += len(block[-1])
        if size >= BLOCK:
            parts.append(numbers_of(block))
            block, size = [], 0
    parts.append(numbers_of(block))
    return tuple(np.concatenate(parts).reshape(-1, columns).T)


def numbers_of(rows: Sequence[bytes]) -> Numbers:
    """Return all numbers of the rows, one row after the other."""
    return np.fromstring(b"".join(rows).decode(), dtype=np.int64, sep=" ")
