"""The rows of the report's tables, each with its drawing."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby

from dashboard.drawings.intervals import Axis, IntervalPlot, axis_of, interval_plot
from dashboard.report.effects import EffectReading, effect_of, segment_effect
from dashboard.templatetags import wording
from experiments.report import FunnelRow, Heterogeneity, MetricResult, Report, SegmentResult, VariantCounts

NARROW_TICKS = 3
FUNNEL_STEPS = (("impression", "Saw it"), ("click", "Clicked"), ("accept", "Accepted"))


@dataclass(frozen=True)
class MetricRow:
    """A metric with its effect and its drawing."""

    result: MetricResult
    effect: EffectReading
    plot: IntervalPlot | None


@dataclass(frozen=True)
class MetricTable:
    """Metrics on one axis."""

    axis: Axis
    rows: list[MetricRow]


def metric_table(results: Sequence[MetricResult]) -> MetricTable:
    """The table of these metrics."""
    effects = [effect_of(result) for result in results]
    axis = axis_of(effects)
    pairs = zip(results, effects, strict=True)
    return MetricTable(axis, [MetricRow(result, effect, interval_plot(axis, effect)) for result, effect in pairs])


@dataclass(frozen=True)
class SegmentRow:
    """The goal in a segment; ``is_sure`` where it stands although so many segments were looked at."""

    segment: SegmentResult
    visitors: int
    effect: EffectReading
    plot: IntervalPlot | None
    is_sure: bool


@dataclass(frozen=True)
class SegmentGroup:
    """The segments of a dimension, and whether the effect differs between them."""

    name: str
    rows: list[SegmentRow]
    heterogeneity: Heterogeneity | None


@dataclass(frozen=True)
class SegmentTable:
    """Segments on one axis."""

    axis: Axis
    groups: list[SegmentGroup]


def segment_table(report: Report, variant: str) -> SegmentTable:
    """A treatment's segments by dimension."""
    segments = [segment for segment in report.segments if segment.variant == variant]
    axis = axis_of((segment_effect(segment) for segment in segments), most_ticks=NARROW_TICKS)
    found = {one.dimension: one for one in report.heterogeneity if one.variant == variant}
    groups = [
        SegmentGroup(wording.dimension(name), [segment_row(axis, one, report.alpha) for one in part], found.get(name))
        for name, part in groupby(segments, key=lambda segment: segment.dimension)
    ]
    return SegmentTable(axis, groups)


def segment_row(axis: Axis, segment: SegmentResult, alpha: float) -> SegmentRow:
    """One segment."""
    effect = segment_effect(segment)
    is_sure = segment.corrected_p_value is not None and segment.corrected_p_value < alpha
    count = segment.control.denominator + segment.treatment.denominator
    return SegmentRow(segment, count, effect, interval_plot(axis, effect), is_sure)


@dataclass(frozen=True)
class VariantRow:
    """A variant beside the others: what it gathered, and its goal against control's (None for control itself)."""

    variant: VariantCounts
    goal: MetricRow | None


def variant_rows(variants: Iterable[VariantCounts], goals: Sequence[MetricResult]) -> list[VariantRow]:
    """All variants side by side."""
    table = {row.result.variant: row for row in metric_table(goals).rows}
    return [VariantRow(variant, table.get(variant.key)) for variant in variants]


@dataclass(frozen=True)
class FunnelStep:
    """How many visitors of each variant reached a step; ``share`` is of those exposed, None where not counted."""

    label: str
    cells: list[tuple[int | None, float | None]]


def funnel_steps(report: Report, *, has_widget: bool) -> list[FunnelStep]:
    """From exposure to order, a column per variant; what only a widget can do is left out where there is none."""
    controls = {variant.key for variant in report.variants if variant.is_control}
    rows = report.funnel
    return [
        FunnelStep("Exposed", [with_share(row.exposed, row.exposed) for row in rows]),
        *(
            FunnelStep(label, [(None, None) if row.variant in controls else reached(row, code) for row in rows])
            for code, label in (FUNNEL_STEPS if has_widget else ())
        ),
        FunnelStep("Ordered", [with_share(row.ordered, row.exposed) for row in rows]),
    ]


def reached(row: FunnelRow, step: str) -> tuple[int | None, float | None]:
    """How many visitors of a treatment reached a widget's step."""
    return with_share(row.visitors.get(step, 0), row.exposed)


def with_share(visitors: int, exposed: int) -> tuple[int | None, float | None]:
    """A count with its share of those exposed."""
    return visitors, visitors / exposed if exposed else None
