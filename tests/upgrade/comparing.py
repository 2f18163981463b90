"""What one JSON value says otherwise than another: fields that are only there now are no difference."""

from collections.abc import Iterator
from math import isclose
from typing import Any


def differences(before: Any, now: Any, words: frozenset[str] = frozenset(), path: str = "") -> Iterator[str]:
    """The paths at which ``now`` doesn't say what ``before`` said, each with both values.

    ``words`` are fields with sentences of ours, which may say the same in better words.
    """
    if isinstance(before, dict) and isinstance(now, dict):
        for name, value in before.items():
            if name in words:
                continue
            yield from differences(value, now.get(name, "nothing at all"), words, f"{path}.{name}" if path else name)
    elif isinstance(before, list) and isinstance(now, list) and len(before) == len(now):
        for index, pair in enumerate(zip(in_order(before), in_order(now), strict=True)):
            yield from differences(*pair, words, f"{path}[{index}]")
    elif not is_same(before, now):
        yield f"{path}: {before!r} became {now!r}"


def in_order(rows: list[Any]) -> list[Any]:
    """The rows, those of segments by name: segments of the same size come in any order."""
    are_segments = rows and all(isinstance(row, dict) and "dimension" in row for row in rows)
    if not are_segments:
        return rows
    return sorted(rows, key=lambda row: [str(row.get(name)) for name in ("dimension", "value", "variant", "metric")])


def is_same(before: Any, now: Any) -> bool:
    """Whether two values are equal, numbers but for what another machine's arithmetic changes."""
    numbers = isinstance(before, float) and isinstance(now, int | float)
    return isclose(before, now, rel_tol=1e-7, abs_tol=1e-9) if numbers else bool(before == now)
