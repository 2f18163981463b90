"""Where a lift lies on a drawing that all rows of a table share: positions in percent of the drawing's width."""

import math
from collections.abc import Iterable
from dataclasses import dataclass

from dashboard.report.effects import EffectReading
from experiments import formatting
from experiments.report import Range

WIDEST = 2.0
BEYOND = 5.0  # an estimate that would flatten all others
NARROWEST = 0.02
MOST_TICKS = 4
STEPS = (0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.25, 0.5, 1.0, 2.0)
MARGIN = 4.0  # percent of the width left free on both sides, for marks and arrows


@dataclass(frozen=True)
class Axis:
    """An axis of lifts from ``low`` to ``high``, zero included, with at most ``most_ticks`` lifts written along it."""

    low: float
    high: float
    most_ticks: int = MOST_TICKS

    def at(self, lift: float) -> float:
        """The lift's place, the nearest end's where it lies outside."""
        share = (min(max(lift, self.low), self.high) - self.low) / (self.high - self.low)
        return round(MARGIN + (100 - 2 * MARGIN) * share, 2)

    @property
    def zero(self) -> float:
        """Where nothing changes."""
        return self.at(0.0)

    @property
    def ticks(self) -> list[tuple[float, str]]:
        """Round lifts along the axis, each with its place."""
        return [(self.at(lift), text) for lift, text in round_lifts(self.low, self.high, self.most_ticks)]


def round_lifts(low: float, high: float, most: int) -> list[tuple[float, str]]:
    """At most ``most`` round lifts from ``low`` to ``high``, each with its text."""
    multiples = {step: range(math.ceil(low / step), math.floor(high / step) + 1) for step in STEPS}
    step = next((step for step in STEPS if len(multiples[step]) <= most), STEPS[-1])
    digits = 0 if step >= 0.01 else 1
    return [(step * i, formatting.tick(step * i, digits)) for i in multiples[step]]


def axis_of(effects: Iterable[EffectReading], most_ticks: int = MOST_TICKS) -> Axis:
    """The axis on which all the estimates fit, and the intervals as far as ``WIDEST`` reaches."""
    ranges = [part for effect in effects for part in (effect.interval, effect.early) if part]
    known = [end for part in ranges for end in (part.low, part.high) if end is not None]
    estimates = [part.estimate for part in ranges if abs(part.estimate) < BEYOND]
    return Axis(
        min([-NARROWEST, *estimates, *(max(end, -WIDEST) for end in known)]),
        max([NARROWEST, *estimates, *(min(end, WIDEST) for end in known)]),
        most_ticks,
    )


@dataclass(frozen=True)
class Drawn:
    """An interval on an axis; ``cut_low`` and ``cut_high`` say that it goes on beyond the drawing."""

    start: float
    end: float
    cut_low: bool
    cut_high: bool

    @property
    def width(self) -> float:
        """Its length."""
        return round(self.end - self.start, 2)


def drawn(axis: Axis, interval: Range) -> Drawn:
    """The part of an interval that the axis shows; a missing end has no bound."""
    low, high = interval.low, interval.high
    cut_low, cut_high = low is None or low < axis.low, high is None or high > axis.high
    start = axis.at(axis.low) if low is None else axis.at(low)
    end = axis.at(axis.high) if high is None else axis.at(high)
    return Drawn(start, end, cut_low, cut_high)


@dataclass(frozen=True)
class IntervalPlot:
    """An effect with its 95% interval (thick) and the one that holds although one looks early (thin), to be drawn.

    ``is_clear`` where the thick interval excludes zero; ``words`` say the same to who can't see it.
    """

    zero: float
    mark: float
    thick: Drawn
    thin: Drawn | None
    tone: str
    words: str

    @property
    def is_clear(self) -> bool:
        """Whether the 95% interval excludes zero."""
        return bool(self.tone)


def interval_plot(axis: Axis, effect: EffectReading) -> IntervalPlot | None:
    """The drawing of an effect; None where there is none."""
    if effect.interval is None:
        return None
    return IntervalPlot(
        zero=axis.zero,
        mark=axis.at(effect.interval.estimate),
        thick=drawn(axis, effect.interval),
        thin=drawn(axis, effect.early) if effect.early else None,
        tone=effect.tone,
        words=effect.words,
    )
