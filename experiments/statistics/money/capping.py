"""Capping order values, so that one huge order cannot decide a test."""

from __future__ import annotations

from collections.abc import Sequence
from math import inf

import numpy as np
from numpy.typing import NDArray


def cap_values(values: Sequence[float] | NDArray[np.float64], percentile: float) -> tuple[float, NDArray[np.float64]]:
    """Cap values at a percentile of the non-zero ones; return the cap and the capped values.

    - ``values``: one per visitor or order, in the metric's unit; ``percentile``: a fraction, 0.99 for the 99th.
    - The percentile is interpolated linearly (Hyndman and Fan 1996, type 7) and leaves zeros out: among all visitors
      of a shop where 3 in 100 buy, the 99th percentile is an ordinary order.
    - Negative values (refunds) are capped at minus the cap, so that both signs are treated alike.
    - Where no value is non-zero, or the percentile is not positive, nothing is capped and the cap is infinite.

    A capped mean answers another question than the plain one (Tukey 1962 on winsorising): show both. Fix the cap on
    past orders before the test starts. Raises ``ValueError`` for a percentile outside 0 to 1.
    """
    if not 0 <= percentile <= 1:
        raise ValueError("the percentile is a fraction between 0 and 1")
    array = np.asarray(values, dtype=np.float64)
    cap = _cap(array[array != 0], percentile)
    return cap, np.clip(array, -cap, cap)


def _cap(non_zero: NDArray[np.float64], percentile: float) -> float:
    if not len(non_zero):
        return inf
    cap = float(np.quantile(non_zero, percentile))
    if cap > 0:
        return cap
    # More refunds than orders: a cap of 0 or less would wipe everything out.
    return inf
