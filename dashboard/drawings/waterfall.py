"""Where a treatment's lift comes from, as bars that build on each other.

Heights are logarithms of the ratio to control, because those add up: the bars of orders per visitor and of order value
end exactly where that of revenue per visitor does.
"""

import math
from dataclasses import dataclass
from typing import NamedTuple

from django.utils.translation import gettext as _

from dashboard.drawings.axis import Axis, Tick, round_lifts
from dashboard.templatetags import figures
from experiments import formatting
from experiments.report import Decomposition, Range

TOP, BOTTOM = 28.0, 250.0  # pixels between which the bars stand
MOST_TICKS = 5  # more would touch each other on a phone
LOWEST, HIGHEST = math.log(0.05), math.log(8)  # -95% to +700%: beyond, the other bars would be flat
NARROWEST = 0.02  # a lift of nothing still has a scale: 2% up and down, in logarithms
BAR_WIDTH, FIRST_BAR, BAR_STEP = 18.0, 16.0, 29.0  # percent of the drawing's width
LEAST_HEIGHT = 2.0  # pixels: a bar of no effect stays visible
LABEL_GAP = 8  # pixels between a bar and its number


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

    @property
    def words(self) -> str:
        """The bar for a screen reader."""
        return f"{self.name} {self.text} ({self.range_text})"


@dataclass(frozen=True)
class Waterfall:
    """The three bars, the line of no change, and the ticks; ``words`` say it all for a screen reader."""

    bars: list[WaterfallBar]
    zero: float
    ticks: list[Tick]
    words: str


class LogRange(NamedTuple):
    """An interval as log ratios; an end without bound is as far as the drawing reaches."""

    estimate: float
    low: float
    high: float


@dataclass(frozen=True)
class LiftPart:
    """What a bar shows: a part of the lift, which begins at ``start``, a log ratio."""

    name: str
    lift: Range
    start: float
    tone: str

    @property
    def logs(self) -> LogRange:
        """The lift as log ratios, counted from ``start``."""
        low, high = LOWEST, HIGHEST
        if self.lift.low is not None:
            low = log_ratio(self.lift.low)
        if self.lift.high is not None:
            high = log_ratio(self.lift.high)
        return LogRange(self.start + log_ratio(self.lift.estimate), self.start + low, self.start + high)


def waterfall(split: Decomposition | None) -> Waterfall | None:
    """Return the drawing of a decomposition; None where the lift could not be split."""
    lifts = lifts_of(split)
    if lifts is None:
        return None
    orders, value, total = lifts
    parts = [
        LiftPart(_("Orders per visitor"), orders, 0.0, figures.tone(orders)),
        LiftPart(_("Order value"), value, log_ratio(orders.estimate), figures.tone(value)),
        LiftPart(_("Revenue per visitor"), total, 0.0, "total"),
    ]
    axis = axis_of(parts)
    bars = []
    for index, part in enumerate(parts):
        bars.append(bar_of(axis, index, part))
    words = "; ".join(bar.words for bar in bars)
    return Waterfall(bars, axis.zero, ticks_of(axis), words)


def lifts_of(split: Decomposition | None) -> tuple[Range, Range, Range] | None:
    """Return the lifts of orders per visitor, order value and both: the final ones, in older reports as measured."""
    if split is None:
        return None
    if split.final_rpv and split.final_orders_per_visitor and split.final_aov:
        return split.final_orders_per_visitor, split.final_aov, split.final_rpv
    if split.rpv and split.orders_per_visitor and split.aov:
        return split.orders_per_visitor, split.aov, split.rpv
    return None


def bar_of(axis: Axis, index: int, part: LiftPart) -> WaterfallBar:
    """Return the bar of a part, the one at ``index`` from the left."""
    logs = part.logs
    begin, end = axis.at(part.start), axis.at(logs.estimate)
    top = min(begin, end)
    whisker_top = axis.at(logs.high)
    x = FIRST_BAR + BAR_STEP * index
    return WaterfallBar(
        name=part.name,
        text=formatting.lift(part.lift.estimate),
        range_text=formatting.lift_range(part.lift),
        tone=part.tone,
        x=x,
        middle=x + BAR_WIDTH / 2,
        top=top,
        height=max(abs(begin - end), LEAST_HEIGHT),
        whisker_top=whisker_top,
        whisker_bottom=axis.at(logs.low),
        label_y=min(whisker_top, top) - LABEL_GAP,
        next_x=x + BAR_STEP,
        end=end,
    )


def axis_of(parts: list[LiftPart]) -> Axis:
    """Return the upright axis of log ratios on which all the bars find room."""
    shown = [-NARROWEST, NARROWEST]
    for part in parts:
        shown += part.logs
    return Axis(min(shown), max(shown), start=BOTTOM, end=TOP)


def ticks_of(axis: Axis) -> list[Tick]:
    """Return round lifts, each at the height of its log ratio."""
    ticks = []
    for lift, text in round_lifts(math.expm1(axis.low), math.expm1(axis.high), MOST_TICKS):
        if lift > -1:  # a loss of everything has no logarithm
            ticks.append(Tick(axis.at(math.log1p(lift)), text))
    return ticks


def log_ratio(lift: float) -> float:
    """Return the log ratio of a lift, kept within what can be drawn."""
    if lift <= -1:
        return LOWEST
    return min(max(math.log1p(lift), LOWEST), HIGHEST)
