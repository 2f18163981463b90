"""Several p-values at once: corrections that keep false alarms at the promised rate.

Sources: S. Holm, "A simple sequentially rejective multiple test procedure" (1979); Y. Benjamini, Y. Hochberg,
"Controlling the false discovery rate" (1995).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

PValues = Sequence[float | None]


def holm(p_values: PValues) -> list[float | None]:
    """Adjust p-values so that the chance of *any* false alarm stays below the level (Holm 1979).

    The k-th smallest of m p-values becomes the largest ``(m - j + 1) p_(j)`` with ``j <= k``, at most 1. ``None``
    (not available) stays ``None`` and does not count into m. For the goal metric across treatment arms. Raises
    ``ValueError`` for p-values outside 0 to 1.
    """
    return _adjust(p_values, _holm_steps)


def benjamini_hochberg(p_values: PValues) -> list[float | None]:
    """Adjust p-values so that the expected *share* of false alarms among alarms stays below the level.

    The k-th smallest of m p-values becomes the smallest ``m p_(j) / j`` with ``j >= k`` (Benjamini and Hochberg
    1995). ``None`` stays ``None`` and does not count into m. For the secondary metrics. Raises ``ValueError`` for
    p-values outside 0 to 1.
    """
    return _adjust(p_values, _benjamini_hochberg_steps)


def _holm_steps(ascending: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.maximum.accumulate(np.arange(len(ascending), 0, -1) * ascending)


def _benjamini_hochberg_steps(ascending: NDArray[np.float64]) -> NDArray[np.float64]:
    ranks = np.arange(1, len(ascending) + 1)
    return np.minimum.accumulate((len(ascending) * ascending / ranks)[::-1])[::-1]


def _adjust(p_values: PValues, steps: Callable[[NDArray[np.float64]], NDArray[np.float64]]) -> list[float | None]:
    """Return the p-values in their order, those that are there adjusted by ``steps``, which takes them ascending."""
    places, known = [], []
    for place, p_value in enumerate(p_values):
        if p_value is not None:
            places.append(place)
            known.append(p_value)
    values = np.array(known, dtype=np.float64)
    if not np.all((values >= 0) & (values <= 1)):
        raise ValueError("p-values lie between 0 and 1")
    ascending = np.argsort(values, kind="stable")
    adjusted: list[float | None] = [None] * len(p_values)
    for position, value in zip(ascending, np.minimum(steps(values[ascending]), 1.0), strict=True):
        adjusted[places[position]] = float(value)
    return adjusted
