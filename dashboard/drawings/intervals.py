"""An effect with its interval in a table's row: a line, and a mark at the estimate."""

from dataclasses import dataclass

from dashboard.drawings.axis import Axis
from experiments.report import Range


@dataclass(frozen=True)
class IntervalLine:
    """An interval on an axis, in percent of the width; ``cut_low`` and ``cut_high`` say that it goes on beyond it."""

    start: float
    end: float
    cut_low: bool
    cut_high: bool

    @property
    def width(self) -> float:
        """Its length."""
        return round(self.end - self.start, 2)


def interval_line(axis: Axis, interval: Range) -> IntervalLine:
    """Return the part of an interval that the axis shows; an end without bound goes on beyond it."""
    low, high = interval.low, interval.high
    start, end = axis.at(axis.low), axis.at(axis.high)
    if low is not None:
        start = axis.at(low)
    if high is not None:
        end = axis.at(high)
    return IntervalLine(start, end, cut_low=low is None or low < axis.low, cut_high=high is None or high > axis.high)


@dataclass(frozen=True)
class IntervalPlot:
    """An effect with its 95% interval.

    ``tone`` is ``good`` or ``bad`` where the 95% interval excludes zero; ``words`` say for a screen reader what is
    drawn.
    """

    zero: float
    mark: float
    line: IntervalLine
    tone: str
    words: str

    @property
    def is_clear(self) -> bool:
        """Whether the 95% interval excludes zero; drawn as a filled mark, for those who can't tell the colors apart."""
        return bool(self.tone)
