"""How a metric's effect is read: as a lift, or in percentage points where the metric says so."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from dashboard.drawings.axis import Axis
from dashboard.drawings.intervals import IntervalPlot, interval_line
from dashboard.templatetags import figures
from experiments import formatting, wording
from experiments.report import MetricResult, MetricView, Range, SegmentResult

# Of metrics that are better when lower, such as refunds.
OPPOSITE_TONES = {"good": "bad", "bad": "good", "": ""}


@dataclass(frozen=True)
class EffectReading:
    """An effect as a reader sees it.

    - ``interval``: the estimate with its 95% interval; None where there is none.
    - ``is_in_points``: read as a difference in percentage points instead of a lift.
    - ``tone``: ``good`` or ``bad`` where the 95% interval excludes zero, else empty.
    """

    interval: Range | None
    is_in_points: bool = False
    is_lower_better: bool = False

    @property
    def tone(self) -> str:
        """How it is colored."""
        tone = figures.tone(self.interval)
        if self.is_lower_better:
            return OPPOSITE_TONES[tone]
        return tone

    @property
    def text(self) -> str:
        """The estimate: ``+7.4%``, ``+0.10 pt``."""
        if self.interval is None:
            return formatting.MISSING
        return wording.change(self.interval.estimate, is_in_points=self.is_in_points)

    @property
    def range_text(self) -> str:
        """The 95% interval: ``+2.6% to +12.4%``."""
        return range_text(self.interval, is_in_points=self.is_in_points)

    @property
    def words(self) -> str:
        """All of it, for a screen reader."""
        return _("%(estimate)s; 95%% interval %(interval)s") % {"estimate": self.text, "interval": self.range_text}

    @property
    def ranges(self) -> list[Range]:
        """The intervals that a drawing of it shows."""
        if self.interval is None:
            return []
        return [self.interval]

    def plot_on(self, axis: Axis) -> IntervalPlot | None:
        """Return its drawing on the axis; None where there is no effect."""
        if self.interval is None:
            return None
        return IntervalPlot(
            zero=axis.zero,
            mark=axis.at(self.interval.estimate),
            line=interval_line(axis, self.interval),
            tone=self.tone,
            words=self.words,
        )


def range_text(interval: Range | None, *, is_in_points: bool) -> str:
    """Write an effect's interval: ``+2.6% to +12.4%``, ``+0.02 pt to +0.18 pt``."""
    if is_in_points:
        return formatting.points_range(interval)
    return formatting.lift_range(interval)


def effect_of(result: MetricResult) -> EffectReading:
    """Return a metric's effect as it is to be read."""
    interval = result.shown.lift
    if result.is_in_points:
        interval = result.shown.difference
    return EffectReading(interval, is_in_points=result.is_in_points, is_lower_better=result.is_lower_better)


def segment_effect(view: MetricView, segment: SegmentResult) -> EffectReading:
    """Return a metric's effect in a segment as it is to be read."""
    interval = segment.shown.lift
    if view.is_in_points:
        interval = segment.shown.difference
    return EffectReading(interval, is_in_points=view.is_in_points, is_lower_better=view.is_lower_better)
