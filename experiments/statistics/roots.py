"""Find where a falling function of one number crosses zero."""

from __future__ import annotations

from collections.abc import Callable

TOLERANCE = 1e-9  # of the last step; what is left after it is far smaller, as the steps shrink ever faster


def falling_root(
    function: Callable[[float], float], start: float, start_value: float, step: float, reach: float
) -> float | None:
    """The root of a falling function near ``start``, or ``None`` where none lies within ``reach`` of it.

    Steps outwards from ``start``, where the function is ``start_value``, in the direction of the root, doubling
    ``step``, and closes in by regula falsi with the weights of N. Anderson and A. Bjorck, "A new high order method of
    regula falsi type" (1973).
    """
    near, near_value = start, start_value
    direction = 1.0 if near_value > 0 else -1.0
    travelled = 0.0
    while travelled < reach:
        travelled = min(travelled + step, reach)
        far = start + direction * travelled
        far_value = function(far)
        if far_value * direction <= 0:
            return _close_in(function, near, near_value, far, far_value)
        near, near_value, step = far, far_value, 2 * step
    return None


def _close_in(function: Callable[[float], float], a: float, value_a: float, b: float, value_b: float) -> float:
    """The root between a and b, where the function has opposite signs or b is the root."""
    for _ in range(200):
        if value_b == 0:
            return b
        middle = b - value_b * (b - a) / (value_b - value_a)
        if abs(middle - b) <= TOLERANCE * (1 + abs(middle)):
            return middle
        value = function(middle)
        if (value > 0) != (value_b > 0):
            a, value_a = b, value_b
        else:
            scale = 1 - value / value_b
            value_a *= scale if scale > 0 else 0.5
        b, value_b = middle, value
    return b
