"""The days of the metric that is looked at, as the table below the charts shows them."""

from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from django.utils.formats import date_format
from django.utils.translation import get_language

from dashboard.report.effects import EffectReading, range_text
from experiments import formatting
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


@dataclass(frozen=True)
class DayTexts:
    """A day's figures as the table shows them; ``is_open`` where some of its visitors may still order."""

    day: str
    is_open: bool
    numbers: list[str]


def day_texts(row: MetricDayRow, unit: str, currency: str) -> DayTexts:
    """Write a day's figures: here, as a template that looks each of them up takes ten times as long for 90 days."""
    point = row.point
    numbers = [
        formatting.count(point.visitors),
        row.effect.text,
        row.effect.range_text,
        row.always_valid_text,
        formatting.measured(point.day_control, unit, currency),
        formatting.measured(point.day_treatment, unit, currency),
    ]
    return DayTexts(short_day(point.day, get_language()), point.is_open, numbers)


@lru_cache(maxsize=2_000)  # a table has 90 days, those of other tests are the same ones, and each takes 18 µs
def short_day(day: date, language: str | None) -> str:
    """Write a day in the active language, whose code is ``language``: ``5 Dec 2026``."""
    return date_format(day, "SHORT_DATE_FORMAT")


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
