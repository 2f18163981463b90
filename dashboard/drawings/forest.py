"""Forest plots, drawn by the template as SVG: one row per test, all on one axis of lifts."""

from collections.abc import Sequence
from dataclasses import dataclass

from dashboard.templatetags import figures
from experiments.models import Experiment
from experiments.programme.moment_effects import MomentEffects
from experiments.report import Range

WIDTH = 100.0
WIDEST, NARROWEST = 2.5, 0.05  # lifts beyond which the axis doesn't reach, and which it always shows
STEPS = (0.01, 0.02, 0.05, 0.1, 0.2, 0.25, 0.5)
MOST_TICKS = 6


@dataclass(frozen=True)
class Mark:
    """A lift on the axis: from ``left`` over ``width``, with its estimate at ``x``, in percent of the chart."""

    x: float
    left: float
    width: float
    tone: str


@dataclass(frozen=True)
class Tick:
    """A line of the axis."""

    x: float
    lift: float


@dataclass(frozen=True)
class Axis:
    """An axis from one lift to another."""

    low: float
    high: float

    @classmethod
    def over(cls, lifts: Sequence[Range], band: tuple[float, float] | None = None) -> "Axis":
        """The axis on which all of these, and the band, find room as far as ``WIDEST`` reaches."""
        ends = [end for one in lifts for end in (one.low, one.estimate, one.high) if end is not None]
        ends += band or ()
        low = max(min([-NARROWEST, *ends]), -WIDEST)
        high = min(max([NARROWEST, *ends]), WIDEST)
        margin = 0.04 * (high - low)
        return cls(low - margin, high + margin)

    def x(self, lift: float) -> float:
        """Where a lift stands, kept within the chart."""
        share = (lift - self.low) / (self.high - self.low)
        return round(WIDTH * min(1.0, max(0.0, share)), 2)

    def mark(self, lift: Range) -> Mark:
        """A lift with its interval."""
        left = 0.0 if lift.low is None else self.x(lift.low)
        right = WIDTH if lift.high is None else self.x(lift.high)
        return Mark(self.x(lift.estimate), left, round(right - left, 2), figures.tone(lift))

    @property
    def zero(self) -> float:
        """Where no effect stands."""
        return self.x(0)

    @property
    def ticks(self) -> list[Tick]:
        """Round lifts along the axis, a few of them."""
        span = self.high - self.low
        step = next((step for step in STEPS if span / step <= MOST_TICKS), STEPS[-1])
        first, last = int(self.low / step), int(self.high / step)
        return [Tick(self.x(number * step), number * step) for number in range(first, last + 1)]


@dataclass(frozen=True)
class Band:
    """A part of the axis, such as what the playbook expects."""

    left: float
    width: float


@dataclass(frozen=True)
class ForestRow:
    """A past test: its lift as measured, which ``mark`` draws, and drawn to what tests of its kind bring."""

    experiment: Experiment
    measured: Range | None
    shrunk: Range | None
    mark: Mark | None


@dataclass(frozen=True)
class Forest:
    """The effects of past tests at a moment on one axis, with the playbook's range as a band."""

    effects: MomentEffects
    axis: Axis
    band: Band
    rows: list[ForestRow]
    mean_mark: Mark | None

    @classmethod
    def of(cls, effects: MomentEffects) -> "Forest":
        """The plot of these effects."""
        measured = [row.measured for row in effects.rows if row.measured]
        axis = Axis.over(measured, (effects.expected_low, effects.expected_high))
        left = axis.x(effects.expected_low)
        rows = [
            ForestRow(row.experiment, row.measured, row.shrunk, axis.mark(row.measured) if row.measured else None)
            for row in effects.rows
        ]
        band = Band(left, round(axis.x(effects.expected_high) - left, 2))
        return cls(effects, axis, band, rows, axis.mark(effects.mean) if effects.mean else None)
