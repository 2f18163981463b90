"""How a metric's effect is read: as a lift, or in percentage points where the metric says so."""

from dataclasses import dataclass
from typing import Self

from dashboard.templatetags import figures
from experiments import formatting
from experiments.report import MetricResult, Range, SegmentResult, SequentialResult

OPPOSITE = {"good": "bad", "bad": "good", "": ""}


@dataclass(frozen=True)
class EffectReading:
    """An effect with its 95% interval, None where there is none, and the one that holds although one looks early.

    ``tone`` is ``good`` or ``bad`` where the 95% interval excludes zero.
    """

    interval: Range | None
    early: Range | None
    is_in_points: bool
    tone: str

    @classmethod
    def of(
        cls,
        interval: Range | None,
        early: Range | None = None,
        *,
        is_in_points: bool = False,
        is_lower_better: bool = False,
    ) -> Self:
        """The effect of an interval; a rise is bad where ``is_lower_better``."""
        tone = figures.tone(interval)
        return cls(interval, early, is_in_points, OPPOSITE[tone] if is_lower_better else tone)

    @staticmethod
    def written(value: float, is_in_points: bool) -> str:
        """A number of this kind: ``+7.4%``, ``+0.10 pt``."""
        return formatting.points(value) if is_in_points else formatting.lift(value)

    @property
    def text(self) -> str:
        """The estimate."""
        return self.written(self.interval.estimate, self.is_in_points) if self.interval else formatting.MISSING

    @property
    def range_text(self) -> str:
        """The interval: ``+2.6% to +12.4%``."""
        return formatting.points_range(self.interval) if self.is_in_points else formatting.lift_range(self.interval)

    @property
    def early_text(self) -> str:
        """The interval that holds although one looks early."""
        return formatting.points_range(self.early) if self.is_in_points else formatting.lift_range(self.early)

    @property
    def words(self) -> str:
        """All of it, for who can't see the drawing."""
        early = f"; holds although one looks early: {self.early_text}" if self.early else ""
        return f"{self.text}; 95% interval {self.range_text}{early}"


def effect_of(result: MetricResult) -> EffectReading:
    """A metric's effect as it is to be read."""
    interval = result.main.difference if result.is_in_points else result.main.lift
    return EffectReading.of(
        interval,
        early_range(result.sequential, is_in_points=result.is_in_points),
        is_in_points=result.is_in_points,
        is_lower_better=result.is_lower_better,
    )


def early_range(sequential: SequentialResult | None, *, is_in_points: bool) -> Range | None:
    """The interval that holds although one looks early, on the scale of the effect; None where there is none."""
    if sequential is None or sequential.unavailable:
        return None
    ends = (sequential.low, sequential.high) if is_in_points else (sequential.relative_low, sequential.relative_high)
    return None if None in ends else Range(0.0, *ends)


def segment_effect(segment: SegmentResult) -> EffectReading:
    """The goal's effect in a segment."""
    return EffectReading.of(segment.estimate.lift)
