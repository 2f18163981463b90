"""The days of the metric that is looked at, as the table below the charts shows them."""

from dataclasses import dataclass

from dashboard.report.effects import EffectReading, range_text
from experiments.report import MetricView, Range, SeriesPoint
from experiments.report.selection import of_variant


@dataclass(frozen=True)
class MetricDayRow:
    """A day with the effect of all visitors up to it."""

    point: SeriesPoint
    effect: EffectReading
    always_valid: Range | None

    @property
    def always_valid_text(self) -> str:
        """The interval that may be read at any time: ``-2.6% to +12.4%``."""
        return range_text(self.always_valid, is_in_points=self.effect.is_in_points)


def metric_day_rows(view: MetricView, variant: str) -> list[MetricDayRow]:
    """Return a treatment's days."""
    rows = []
    for point in of_variant(view.series.points, variant):
        interval, always_valid = point.lift, point.sequential
        if view.is_in_points:
            interval, always_valid = point.difference, point.sequential_difference
        effect = EffectReading(interval, is_in_points=view.is_in_points, is_lower_better=view.is_lower_better)
        rows.append(MetricDayRow(point, effect, always_valid))
    return rows
