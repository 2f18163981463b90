"""Where a treatment's lift comes from, as bars that build on each other.

Heights are logarithms of the ratio to control, because those add up: the bars of orders per visitor and of order value
end exactly where that of revenue per visitor does.
"""

import math
from dataclasses import dataclass

from dashboard.drawings.intervals import round_lifts
from dashboard.templatetags import figures
from experiments import formatting
from experiments.report import Decomposition, Range

TOP, BOTTOM = 28.0, 250.0  # pixels between which the bars stand
MOST_TICKS = 5
LOWEST, HIGHEST = math.log(0.05), math.log(8)
NARROWEST = 0.02
BAR_SHARE, FIRST_BAR, BAR_STEP = 18.0, 16.0, 29.0  # percent of the width


@dataclass(frozen=True)
class WaterfallBar:
    """A bar with its interval; ``x`` and ``middle`` are in percent of the width, all else in pixels from the top."""

    name: str
    text: str
    range_text: str
    tone: str
    x: float
    middle: float
    top: float
    height: float
    whisker_top: float
    whisker_bottom: float
    label_y: float
    next_x: float
    end: float


@dataclass(frozen=True)
class Waterfall:
    """The three bars, the line of no change, and the ticks as pairs of height and text."""

    bars: list[WaterfallBar]
    zero: float
    ticks: list[tuple[float, str]]
    words: str


@dataclass(frozen=True)
class Scale:
    """Heights of log ratios from ``low`` to ``high``."""

    low: float
    high: float

    def at(self, value: float) -> float:
        """Pixels from the top; outside the scale, its end's."""
        share = (min(max(value, self.low), self.high) - self.low) / (self.high - self.low)
        return round(BOTTOM - share * (BOTTOM - TOP), 1)

    @property
    def ticks(self) -> list[tuple[float, str]]:
        """Round lifts, each at its height."""
        lifts = round_lifts(math.expm1(self.low), math.expm1(self.high), MOST_TICKS)
        return [(self.at(math.log1p(lift)), text) for lift, text in lifts if lift > -1]


def waterfall(split: Decomposition | None) -> Waterfall | None:
    """The drawing of a decomposition; None where the lift could not be split."""
    if split is None or split.rpv is None or split.orders_per_visitor is None or split.aov is None:
        return None
    orders, value, total = split.orders_per_visitor, split.aov, split.rpv
    base = log_of(orders.estimate)
    steps = [
        ("Orders per visitor", orders, 0.0, figures.tone(orders)),
        ("Order value", value, base, figures.tone(value)),
        ("Revenue per visitor", total, 0.0, "total"),
    ]
    scale = scale_of([start + end for _, part, start, _ in steps for end in ends(part)])
    bars = [bar(scale, index, *step) for index, step in enumerate(steps)]
    words = "; ".join(f"{one.name} {one.text} ({one.range_text})" for one in bars)
    return Waterfall(bars, scale.at(0.0), scale.ticks, words)


def bar(scale: Scale, index: int, name: str, part: Range, start: float, tone: str) -> WaterfallBar:
    """One bar that begins at ``start``."""
    estimate = start + log_of(part.estimate)
    low, high = ends(part)[1:]
    y_start, y_end = scale.at(start), scale.at(estimate)
    x = FIRST_BAR + BAR_STEP * index
    whisker_top, whisker_bottom = scale.at(start + high), scale.at(start + low)
    return WaterfallBar(
        name=name,
        text=formatting.lift(part.estimate),
        range_text=formatting.lift_range(part),
        tone=tone,
        x=x,
        middle=x + BAR_SHARE / 2,
        top=min(y_start, y_end),
        height=max(abs(y_start - y_end), 2.0),
        whisker_top=whisker_top,
        whisker_bottom=whisker_bottom,
        label_y=min(whisker_top, y_start, y_end) - 8,
        next_x=x + BAR_STEP,
        end=y_end,
    )


def ends(part: Range) -> tuple[float, float, float]:
    """The estimate, the lower and the upper end as log ratios; an end without bound is the scale's."""
    low = LOWEST if part.low is None else log_of(part.low)
    return log_of(part.estimate), low, HIGHEST if part.high is None else log_of(part.high)


def log_of(lift: float) -> float:
    """The log ratio of a lift, kept within what can be drawn."""
    return min(max(math.log1p(lift), LOWEST), HIGHEST) if lift > -1 else LOWEST


def scale_of(values: list[float]) -> Scale:
    """The scale on which all the values fit."""
    return Scale(min(-NARROWEST, *values), max(NARROWEST, *values))
