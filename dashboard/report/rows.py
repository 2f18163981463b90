"""The rows of the report's tables, each with its drawing."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple, Protocol

from django.utils.translation import gettext as _

from dashboard.drawings.axis import Axis, lift_axis
from dashboard.drawings.intervals import IntervalPlot
from dashboard.report.effects import EffectReading, effect_of, segment_effect
from dashboard.report.scales import EffectScale, ScaledReading
from dashboard.templatetags import wording
from experiments.models import Metric
from experiments.report import (
    FunnelRow,
    Heterogeneity,
    MetricResult,
    MetricView,
    Range,
    Report,
    SegmentResult,
    VariantCounts,
)
from experiments.report.selection import of_variant

# Metrics that aren't divided by visitors, so that segments can't say how many visitors they lack.
NOT_OF_VISITORS = frozenset({Metric.AOV, Metric.ITEMS_PER_ORDER, Metric.REFUNDED_SHARE})
FEW_TICKS = 3  # the segments' column is narrow


@dataclass(frozen=True)
class MetricRow:
    """A metric with its effect and its drawing."""

    result: MetricResult
    effect: EffectReading | ScaledReading
    plot: IntervalPlot | None


@dataclass(frozen=True)
class MetricTable:
    """Metrics on one axis; without money where the result depends on the adjustment. ``head`` names the effects."""

    axis: Axis
    rows: list[MetricRow]
    is_money_shown: bool = True
    head: str = ""


def metric_table(
    results: Sequence[MetricResult], *, is_money_shown: bool = True, scale: EffectScale | None = None
) -> MetricTable:
    """Return the table of these metrics; drawings are of lifts, whatever the ``scale`` that the effects are told on."""
    effects = [effect_of(result) for result in results]
    axis = lift_axis(ranges_of(effects))
    rows = []
    for result, effect in zip(results, effects, strict=True):
        reading: EffectReading | ScaledReading = effect
        if scale is not None:
            reading = scale.reading_of(result)
        rows.append(MetricRow(result, reading, effect.plot_on(axis)))
    head = _("Lift")
    if scale is not None:
        head = scale.head
    return MetricTable(axis, rows, is_money_shown, head)


def ranges_of(effects: Iterable[EffectReading]) -> list[Range]:
    """Return all intervals of several effects."""
    ranges: list[Range] = []
    for effect in effects:
        ranges += effect.ranges
    return ranges


@dataclass(frozen=True)
class SegmentRow:
    """A metric in a segment; ``is_sure`` where it is significant after correction for the number of segments."""

    name: str
    segment: SegmentResult
    visitors: int
    effect: EffectReading
    plot: IntervalPlot | None
    is_sure: bool


@dataclass(frozen=True)
class SegmentGroup:
    """The segments of a dimension on one axis, and whether the effect differs between them.

    ``not_recorded``: visitors of whom the dimension isn't known, such as those from before it was recorded.
    """

    name: str
    axis: Axis
    rows: list[SegmentRow]
    heterogeneity: Heterogeneity | None
    not_recorded: int = 0


@dataclass(frozen=True)
class SegmentTable:
    """Segments by dimension."""

    groups: list[SegmentGroup]


def segment_table(report: Report, view: MetricView, variant: str) -> SegmentTable:
    """Return a treatment's segments by dimension, on the metric that is looked at."""
    by_dimension: dict[str, list[SegmentResult]] = defaultdict(list)
    for segment in of_variant(view.segments, variant):
        by_dimension[segment.dimension].append(segment)
    heterogeneity = {test.dimension: test for test in of_variant(view.heterogeneity, variant)}
    groups = []
    for dimension, segments in by_dimension.items():
        group = segment_group(report, view, dimension, segments)
        groups.append(replace(group, heterogeneity=heterogeneity.get(dimension)))
    return SegmentTable(groups)


def segment_group(report: Report, view: MetricView, dimension: str, segments: list[SegmentResult]) -> SegmentGroup:
    """Return the segments of a dimension: on an axis of their own, as one wide row would flatten all other groups."""
    axis = lift_axis(ranges_of(segment_effect(view, segment) for segment in segments), most_ticks=FEW_TICKS)
    names = segment_names(segments, report.currency)
    rows = []
    for segment in in_order(segments, dimension):
        effect = segment_effect(view, segment)
        rows.append(segment_row(axis, segment, effect, report.alpha, name=names[dimension, segment.value]))
    missing = visitors_without_value(view, dimension, rows)
    return SegmentGroup(wording.dimension(dimension), axis, rows, None, missing)


def in_order(segments: Iterable[SegmentResult], dimension: str) -> list[SegmentResult]:
    """Return the segments of a dimension in the order that people expect of its values."""
    return sorted(segments, key=lambda segment: wording.place_of(segment.value, dimension))


def visitors_without_value(view: MetricView, dimension: str, rows: Sequence[SegmentRow]) -> int:
    """Return how many visitors came before the dimension was recorded, and so are in none of its segments' rows."""
    if dimension not in wording.RECORDED_LATER or view.metric in NOT_OF_VISITORS:
        return 0
    with_value = sum(row.visitors for row in rows)
    return max(0, visitors_compared(view, rows[0].segment.variant) - with_value)


def visitors_compared(view: MetricView, variant: str) -> int:
    """Return how many visitors a treatment's metric is read from, control's too; 0 where that isn't known."""
    for result in of_variant(view.results, variant):
        return int(result.control.denominator + result.treatment.denominator)
    return 0


def segment_names(segments: Iterable[SegmentResult], currency: str) -> dict[tuple[str, str], str]:
    """Return each segment's value in words, by dimension and value; an imported 1 and 0 are yes and no."""
    values = defaultdict(list)
    for segment in segments:
        values[segment.dimension].append(segment.value)
    names = {}
    for dimension, found in values.items():
        has_flags = wording.is_yes_or_no(found)
        for value in found:
            if has_flags:
                names[dimension, value] = wording.yes_or_no(value)
            elif dimension == "cart_band":
                names[dimension, value] = wording.cart_band(value, currency)
            else:
                names[dimension, value] = wording.segment(value, dimension) or _("Unknown")
    return names


def segment_row(axis: Axis, segment: SegmentResult, effect: EffectReading, alpha: float, *, name: str) -> SegmentRow:
    """Return one segment by its ``name`` in words; ``alpha`` is the report's error rate."""
    # By the corrected p-value, not by the interval: of twenty segments, one looks clear by chance.
    is_sure = segment.corrected_p_value is not None and segment.corrected_p_value < alpha
    visitors = segment.control.denominator + segment.treatment.denominator
    return SegmentRow(name, segment, visitors, effect, effect.plot_on(axis), is_sure)


@dataclass(frozen=True)
class VariantRow:
    """A variant beside the others: what it gathered, and its goal against control's (None for control itself)."""

    variant: VariantCounts
    goal: MetricRow | None


def variant_rows(variants: Iterable[VariantCounts], goals: Sequence[MetricResult]) -> list[VariantRow]:
    """Return all variants side by side."""
    # One table for all, so that their drawings share an axis.
    by_variant = {row.result.variant: row for row in metric_table(goals).rows}
    rows = []
    for variant in variants:
        rows.append(VariantRow(variant, by_variant.get(variant.key)))
    return rows


class FunnelCell(NamedTuple):
    """How many visitors of a variant reached a step, and their share of those exposed; None where not counted."""

    visitors: int | None
    share: float | None


@dataclass(frozen=True)
class FunnelStep:
    """A step from exposure to order, with a cell per variant."""

    label: str
    cells: list[FunnelCell] = field(default_factory=list)


class WithFunnel(Protocol):
    """What has a funnel: a report, or that of a part."""

    @property
    def funnel(self) -> list[FunnelRow]: ...

    @property
    def variants(self) -> list[VariantCounts]: ...


def funnel_steps(report: WithFunnel, *, has_widget: bool) -> list[FunnelStep]:
    """Return the steps from exposure to order; what only a widget can do is left out where there is none."""
    exposed, ordered = FunnelStep(_("Exposed")), FunnelStep(_("Ordered"))
    for row in report.funnel:
        exposed.cells.append(share_of(row.exposed, row))
        ordered.cells.append(share_of(row.ordered, row))
    if not has_widget:
        return [exposed, ordered]
    return [exposed, *widget_steps(report), ordered]


def widget_steps(report: WithFunnel) -> list[FunnelStep]:
    """Return what visitors did with the offer; control has none."""
    controls = {variant.key for variant in report.variants if variant.is_control}
    labels = {"impression": _("Saw the offer"), "click": _("Clicked"), "accept": _("Put it in the cart")}
    steps = []
    for event, label in labels.items():
        step = FunnelStep(label)
        for row in report.funnel:
            step.cells.append(event_cell(row, event, is_control=row.variant in controls))
        steps.append(step)
    bought = FunnelStep(_("Bought the offer"))
    for row in report.funnel:
        bought.cells.append(bought_cell(row, is_control=row.variant in controls))
    return [*steps, bought]


def bought_cell(row: FunnelRow, *, is_control: bool) -> FunnelCell:
    """Return how many visitors of a variant have an order with the accepted offer: the take rate's numerator."""
    if is_control or row.bought is None:
        return FunnelCell(None, None)
    return share_of(row.bought, row)


def event_cell(row: FunnelRow, event: str, *, is_control: bool) -> FunnelCell:
    """Return how many visitors of a variant did what the event says."""
    if is_control:
        return FunnelCell(None, None)
    return share_of(row.visitors.get(event, 0), row)


def share_of(visitors: int, row: FunnelRow) -> FunnelCell:
    """Return a count with its share of those exposed."""
    if not row.exposed:
        return FunnelCell(visitors, None)
    return FunnelCell(visitors, visitors / row.exposed)
