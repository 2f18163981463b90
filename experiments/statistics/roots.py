"""Find where a falling function of one number crosses zero.

Source: N. Anderson, A. Bjorck, "A new high order method of regula falsi type" (1973).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import NamedTuple

TOLERANCE = 1e-9  # of the last step; what is left after it is far smaller, as the steps shrink ever faster
MOST_STEPS = 200  # a dozen is usual; the bound is against a function that is not a number somewhere


class Point(NamedTuple):
    """A point of a function: where it was asked, and its value there."""

    at: float
    value: float


def lift_at(log_lift: float | None, *, otherwise: float) -> float:
    """Return the lift whose ``log(1 + lift)`` was found, or ``otherwise`` where none was."""
    if log_lift is None:
        return otherwise
    return math.expm1(log_lift)


def falling_root(function: Callable[[float], float], start: Point, *, step: float, reach: float) -> float | None:
    """Return the root of a falling function near ``start``, or ``None`` where none lies within ``reach`` of it.

    Steps outwards from ``start`` in the direction of the root, ``step`` wide and doubling, and closes in by regula
    falsi with Anderson and Bjorck's weights.
    """
    direction = -1.0
    if start.value > 0:
        direction = 1.0
    near = start
    travelled = 0.0
    while travelled < reach:
        travelled = min(travelled + step, reach)
        at = start.at + direction * travelled
        far = Point(at, function(at))
        if far.value * direction <= 0:
            return _close_in(function, near, far)
        near, step = far, 2 * step
    return None


def _close_in(function: Callable[[float], float], near: Point, far: Point) -> float:
    """Return the root between two points, where the function has opposite signs or ``far`` is the root."""
    (a, value_a), (b, value_b) = near, far
    for _ in range(MOST_STEPS):
        if value_b == 0:
            return b
        middle = b - value_b * (b - a) / (value_b - value_a)
        if abs(middle - b) <= TOLERANCE * (1 + abs(middle)):
            return middle
        value = function(middle)
        if (value > 0) != (value_b > 0):
            a, value_a = b, value_b
        else:
            value_a *= _weight(value, value_b)
        b, value_b = middle, value
    return b


def _weight(value: float, last_value: float) -> float:
    """Return how much less the end that stays shall count, so that the next step goes beyond the root."""
    weight = 1 - value / last_value
    if weight > 0:
        return weight
    return 0.5
