"""The axis of every drawing of lifts: how far it reaches, where a lift is on it, and which are written along it."""

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from experiments import formatting
from experiments.report import Range

NARROWEST = 0.02  # an axis shows at least -2% to +2%, or noise around zero would fill the whole width
WIDEST = 2.0  # ends of intervals count up to here: a single wild one would flatten all the others
BEYOND = 5.0  # estimates count up to here, for the same reason
TICK_STEPS = (0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.25, 0.5, 1.0, 2.0)
# More would touch each other on a phone.
MOST_TICKS = 4
WHOLE_PERCENT = 0.01  # steps below need a decimal
MARGIN = 4.0  # percent of the drawing left free on both sides, for marks and arrows


@dataclass(frozen=True)
class Tick:
    """A round lift beside an axis, at its place on the drawing."""

    place: float
    text: str


@dataclass(frozen=True)
class Axis:
    """An axis from ``low`` at ``start`` to ``high`` at ``end``; places are in percent of the width unless told."""

    low: float
    high: float
    start: float = MARGIN
    end: float = 100 - MARGIN
    most_ticks: int = MOST_TICKS

    def at(self, value: float) -> float:
        """Return the value's place; the nearest end's where it lies outside."""
        inside = min(max(value, self.low), self.high)
        share = (inside - self.low) / (self.high - self.low)
        return round(self.start + (self.end - self.start) * share, 2)

    @property
    def zero(self) -> float:
        """The place of no effect."""
        return self.at(0.0)

    @property
    def ticks(self) -> list[Tick]:
        """Round lifts along the axis."""
        ticks = []
        for lift, text in round_lifts(self.low, self.high, self.most_ticks):
            ticks.append(Tick(self.at(lift), text))
        return ticks


def lift_axis(ranges: Iterable[Range], *, band: Sequence[float] = (), most_ticks: int = MOST_TICKS) -> Axis:
    """Return the axis on which all estimates, their intervals and the band find room."""
    estimates: list[float] = []
    ends = list(band)
    for lift in ranges:
        estimates.append(lift.estimate)
        ends += known_ends(lift)
    low, high = span(estimates, ends)
    return Axis(low, high, most_ticks=most_ticks)


def known_ends(lift: Range) -> list[float]:
    """Return the ends of an interval that have a bound."""
    return [end for end in (lift.low, lift.high) if end is not None]


def span(estimates: Iterable[float], ends: Iterable[float]) -> tuple[float, float]:
    """Return how far an axis with these lifts on it has to reach, zero included."""
    shown = [-NARROWEST, NARROWEST]
    for estimate in estimates:
        if abs(estimate) < BEYOND:
            shown.append(estimate)
    for end in ends:
        shown.append(min(max(end, -WIDEST), WIDEST))
    return min(shown), max(shown)


def round_lifts(low: float, high: float, most: int) -> Iterator[tuple[float, str]]:
    """Yield at most ``most`` round lifts from ``low`` to ``high``, each with its text."""
    step = tick_step(low, high, most)
    digits = 0
    if step < WHOLE_PERCENT:
        digits = 1
    first, last = math.ceil(low / step), math.floor(high / step)
    for number in range(first, last + 1):
        lift = step * number
        yield lift, formatting.tick(lift, digits)


def tick_step(low: float, high: float, most: int) -> float:
    """Return the smallest round step with which at most ``most`` ticks are needed."""
    for step in TICK_STEPS:
        if math.floor(high / step) - math.ceil(low / step) < most:
            return step
    return TICK_STEPS[-1]
