"""Intervals as wide as a bound asks, and of two one-sided bounds one interval."""

from dataclasses import replace
from math import inf
from typing import Literal

from experiments.report import Range
from experiments.statistics import Comparison, Interval


def joined(lower: Comparison | None, upper: Comparison | None) -> Comparison | None:
    """Return a comparison whose intervals begin where those of the one begin and end where those of the other end.

    Without the one or the other the intervals have no end there; ``None`` without both.
    """
    known = lower or upper
    if known is None:
        return None
    return replace(
        known, difference=joined_interval(lower, upper, "difference"), lift=joined_interval(lower, upper, "lift")
    )


def joined_interval(
    lower: Comparison | None, upper: Comparison | None, part: Literal["difference", "lift"]
) -> Interval | None:
    """Return one of the intervals of `joined`; ``None`` where it isn't available."""
    below: Interval | None = getattr(lower, part, None)
    above: Interval | None = getattr(upper, part, None)
    known = below or above
    if known is None:
        return None
    low = -inf
    if below is not None and below.low is not None:
        low = below.low
    high = inf
    if above is not None and above.high is not None:
        high = above.high
    return Interval(known.estimate, low, high)


def distance_to(lift: Range | None, end: Literal["low", "high"]) -> float | None:
    """Return how far the estimate is from an end of its interval: a lift as large as that just reaches the bound."""
    if lift is None:
        return None
    value = getattr(lift, end)
    if value is None:
        return None
    return float(lift.estimate - value)
