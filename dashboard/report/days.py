"""The effect by day of exposure, and without annotated days, as the report's page shows them."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from dashboard.drawings.axis import Axis, lift_axis
from dashboard.drawings.intervals import IntervalPlot
from dashboard.report.effects import EffectReading
from dashboard.report.rows import FEW_TICKS, ranges_of
from experiments import formatting
from experiments.report import AnnotatedDays, DayEffect, DaySpan, Range, Report, WithoutDays
from experiments.report.selection import first_of_variant


@dataclass(frozen=True)
class DayRow:
    """The goal among visitors of some days."""

    name: str
    days: str
    visitors: int | None
    effect: EffectReading
    plot: IntervalPlot | None


@dataclass(frozen=True)
class DaySection:
    """Whether a treatment's effect changes with the days, and what it is without those that are annotated so.

    ``thirds`` are shown below the others, where somebody asks for them.
    """

    effect: DayEffect
    axis: Axis
    rows: list[DayRow]
    thirds: list[DayRow]
    without: WithoutDays | None
    annotations: list[AnnotatedDays]


@dataclass(frozen=True)
class NamedSpan:
    """Days with the effect of their visitors, to become a row."""

    name: str
    days: str
    visitors: int | None
    lift: Range | None


def day_section(report: Report, variant: str) -> DaySection | None:
    """Return a treatment's; ``None`` where the report is of before it was looked at."""
    effect = first_of_variant(report.by_day, variant)
    if effect is None:
        return None
    without = first_of_variant(report.without_days, variant)
    spans = list(main_spans(effect, without))
    thirds = list(map(third_span, effect.thirds))
    axis = axis_of([*spans, *thirds])
    return DaySection(
        effect=effect,
        axis=axis,
        rows=[row_of(span, axis) for span in spans],
        thirds=[row_of(span, axis) for span in thirds],
        without=without,
        annotations=list(report.series.annotations),
    )


def axis_of(spans: list[NamedSpan]) -> Axis:
    """Return the one axis that all spans are drawn on."""
    readings = [EffectReading(span.lift) for span in spans]
    return lift_axis(ranges_of(readings), most_ticks=FEW_TICKS)


def main_spans(effect: DayEffect, without: WithoutDays | None) -> Iterator[NamedSpan]:
    """Yield the first days and those since, then all days beside those that aren't annotated."""
    if effect.first is not None and effect.later is not None:
        yield named(_("First days"), effect.first)
        yield named(_("Since then"), effect.later)
    if without is not None:
        yield NamedSpan(_("All days"), "", None, without.all_days)
        left_out = ngettext("Without %(count)s day", "Without %(count)s days", len(without.days))
        name = left_out % {"count": len(without.days)}
        yield NamedSpan(name, listed_days(without.days), without.visitors, without.lift)


def named(name: str, span: DaySpan) -> NamedSpan:
    """Return a span of days under a name."""
    return NamedSpan(name, days_text(span.first_day, span.last_day), span.visitors, span.lift)


def third_span(span: DaySpan) -> NamedSpan:
    """Return a third, which is named by its days."""
    return NamedSpan(days_text(span.first_day, span.last_day), "", span.visitors, span.lift)


def row_of(span: NamedSpan, axis: Axis) -> DayRow:
    """Return a span as a row, drawn on the axis."""
    effect = EffectReading(span.lift)
    return DayRow(span.name, span.days, span.visitors, effect, effect.plot_on(axis))


def days_text(first_day: date, last_day: date) -> str:
    """Write days: ``2 Mar``, ``2 Mar to 4 Mar``."""
    first, last = formatting.short_day(first_day), formatting.short_day(last_day)
    if first_day == last_day:
        return first
    return _("%(first)s to %(last)s") % {"first": first, "last": last}


def listed_days(days: list[date]) -> str:
    """Write days that may have gaps between them: ``2 Mar to 4 Mar, 9 Mar``."""
    texts, begin = [], 0
    for position, day in enumerate(days):
        is_last = position == len(days) - 1
        if is_last or (days[position + 1] - day).days > 1:
            texts.append(days_text(days[begin], day))
            begin = position + 1
    return ", ".join(texts)
