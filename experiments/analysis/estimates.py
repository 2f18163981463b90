"""The engine's results as a report has them: plain numbers, no infinities, reasons as codes."""

import math

from experiments.report import Estimate, Range
from experiments.statistics import Comparison, Interval

UNKNOWN_COSTS = "unknown_costs"  # the reason where some margins are known and some are not
LARGEST_LOG = 700.0  # what a float can still exponentiate


def estimate_of(comparison: Comparison) -> Estimate:
    """Return a comparison as the report has it."""
    return Estimate(
        control=comparison.control,
        treatment=comparison.treatment,
        difference=range_of(comparison.difference),
        lift=range_of(comparison.lift),
        p_value=comparison.p_value,
        method=str(comparison.method),
        unavailable=code_of(comparison.unavailable),
        monte_carlo_error=comparison.monte_carlo_error,
        standard_error=comparison.standard_error,
    )


def range_of(interval: Interval | None) -> Range | None:
    """Return an interval as the report has it: no infinities, and none without an estimate."""
    if interval is None or interval.estimate is None:
        return None
    return Range(interval.estimate, finite_or_none(interval.low), finite_or_none(interval.high))


def of_size(lift: Interval | None, control: float | None) -> Interval | None:
    """Return a lift as a fraction of the size of control's value, so that more is better below zero, too.

    Of a loss, treatment / control - 1 is -50% where it was halved.
    """
    if lift is None or control is None or control >= 0:
        return lift
    return Interval(negated(lift.estimate), negated(lift.high), negated(lift.low))


def negated(value: float | None) -> float | None:
    """Return the value with the other sign; ``None`` where there is none."""
    if value is None:
        return None
    return -value


def finite_or_none(value: float | None) -> float | None:
    """Return the number, or ``None`` for an infinity, which JSON can't hold."""
    if value is None or math.isinf(value):
        return None
    return value


def lift_of(log_ratio: Interval | None) -> Range | None:
    """Return an interval of log(1 + lift) as one of the lift, without ends where it has none; ``None`` without one."""
    if log_ratio is None or log_ratio.estimate is None:
        return None
    if log_ratio.low is None or log_ratio.high is None:
        return Range(math.expm1(log_ratio.estimate), None, None)
    # So wide an interval comes of a few orders: its upper end is as good as none.
    high = None
    if log_ratio.high < LARGEST_LOG:
        high = math.expm1(log_ratio.high)
    return Range(math.expm1(log_ratio.estimate), math.expm1(log_ratio.low), high)


def code_of(reason: str | None) -> str | None:
    """Return a reason's code as plain text."""
    if reason is None:
        return None
    return str(reason)


def scaled(value: float | None, unit: float) -> float | None:
    """Return the value times the unit; ``None`` where there is none."""
    if value is None:
        return None
    return value * unit


def scale_interval(interval: Range | None, factor: float) -> Range | None:
    """Return an interval in another unit; a negative factor swaps its ends."""
    if interval is None:
        return None
    low, high = scaled(interval.low, factor), scaled(interval.high, factor)
    if factor < 0:
        low, high = high, low
    return Range(interval.estimate * factor, low, high)
