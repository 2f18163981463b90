"""Forest plots, drawn by the template as SVG: one row per effect, all on one axis of lifts."""

from collections.abc import Sequence
from dataclasses import dataclass

from experiments.models import Experiment
from experiments.programme.moment_effects import MomentEffects
from experiments.report import Range

WIDTH = 100.0
WIDEST, NARROWEST = 2.5, 0.05  # lifts beyond which the axis doesn't reach, and which it always shows
STEPS = (0.01, 0.02, 0.05, 0.1, 0.2, 0.25, 0.5)
MOST_TICKS = 6


@dataclass(frozen=True)
class Effect:
    """A lift (0.07 is 7%) with its interval, whose ends are None where it has none."""

    estimate: float
    low: float | None
    high: float | None


@dataclass(frozen=True)
class Mark:
    """An effect on the axis: from ``left`` over ``width``, with its estimate at ``x``, in percent of the chart."""

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
    def over(cls, effects: Sequence[Effect], band: tuple[float, float] | None = None) -> "Axis":
        """The axis on which all of these, and the band, find room as far as ``WIDEST`` reaches."""
        ends = [end for one in effects for end in (one.low, one.estimate, one.high) if end is not None]
        ends += band or ()
        low = max(min([-NARROWEST, *ends]), -WIDEST)
        high = min(max([NARROWEST, *ends]), WIDEST)
        margin = 0.04 * (high - low)
        return cls(low - margin, high + margin)

    def x(self, lift: float) -> float:
        """Where a lift stands, kept within the chart."""
        share = (lift - self.low) / (self.high - self.low)
        return round(WIDTH * min(1.0, max(0.0, share)), 2)

    def mark(self, effect: Effect) -> Mark:
        """An effect; good or bad where its interval leaves zero out."""
        left = 0.0 if effect.low is None else self.x(effect.low)
        right = WIDTH if effect.high is None else self.x(effect.high)
        is_good, is_bad = (effect.low or 0) > 0, (effect.high or 0) < 0
        return Mark(self.x(effect.estimate), left, round(right - left, 2), "good" if is_good else "bad" * is_bad)

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
class Row:
    """A past test: its lift as measured, and drawn to what tests of its kind bring."""

    experiment: Experiment
    measured: Range | None
    shrunk: Range | None
    measured_mark: Mark | None
    shrunk_mark: Mark | None


@dataclass(frozen=True)
class Forest:
    """The effects of past tests at a moment on one axis, with the playbook's range as a band."""

    effects: MomentEffects
    axis: Axis
    band: Band
    rows: list[Row]
    mean_mark: Mark | None

    @classmethod
    def of(cls, effects: MomentEffects) -> "Forest":
        """The plot of these effects."""
        measured = [effect for row in effects.rows if (effect := as_effect(row.measured))]
        axis = Axis.over(measured, (effects.expected_low, effects.expected_high))
        left = axis.x(effects.expected_low)
        rows = [
            Row(row.experiment, row.measured, row.shrunk, mark_of(axis, row.measured), mark_of(axis, row.shrunk))
            for row in effects.rows
        ]
        band = Band(left, round(axis.x(effects.expected_high) - left, 2))
        return cls(effects, axis, band, rows, mark_of(axis, effects.mean))


def as_effect(lift: Range | None) -> Effect | None:
    """A lift as an effect."""
    return Effect(lift.estimate, lift.low, lift.high) if lift else None


def mark_of(axis: Axis, lift: Range | None) -> Mark | None:
    """A lift on the axis."""
    effect = as_effect(lift)
    return axis.mark(effect) if effect else None
