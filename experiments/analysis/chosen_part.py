"""Every metric of a part of the visitors that a reader chose: exploratory, corrected for all that could be chosen."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from experiments.analysis.counts import variant_counts
from experiments.analysis.custom_metrics import MeasuredMetric, definition_of, sample_of_metric
from experiments.analysis.estimates import range_of
from experiments.analysis.final.correction import part_corrected
from experiments.analysis.metric_results import corrected
from experiments.analysis.metrics import DEFINITIONS, Definition
from experiments.analysis.parts import SamplePart, compare_part, factors_of_arms
from experiments.analysis.sample import Sample
from experiments.analysis.segments import Segments, compared_within, largest_values
from experiments.analysis.series import thin_out
from experiments.models import Metric
from experiments.reading.aggregation import Aggregate
from experiments.reading.custom_metrics import Arms
from experiments.reading.part_funnel import PartFunnel
from experiments.reading.parts import ExposurePart, PartSums
from experiments.report import Estimate, FinalEstimate, FunnelRow, MetricResult, SeriesPoint, VariantCounts
from experiments.report.part import PartReport
from experiments.statistics import Reason, sample_ratio_mismatch


@dataclass(frozen=True, slots=True, kw_only=True)
class ChosenPart:
    """A part that was chosen out of a test, with the test itself: its sample, its metrics, and its segments.

    ``first`` and ``last`` are the test's days. ``custom``: the part's sums of the store's own metrics, by the id of the
    chosen one.
    """

    part: ExposurePart
    sums: PartSums
    custom: Mapping[int, Arms]
    funnel: PartFunnel
    sample: Sample
    results: Sequence[MetricResult]
    segments: Segments
    first: date
    last: date


def part_report(chosen: ChosenPart) -> PartReport:
    """Return the report of a part."""
    part = chosen.part
    choices = choices_of(chosen)
    metrics = []
    for result in results_in_part(chosen):
        metrics.append(measured_part(chosen, result))
    variants = counts_of_part(chosen)
    return PartReport(
        segments=list(part.segments),
        first=part.first,
        last=part.last,
        choices=choices,
        variants=variants,
        metrics=[corrected_for_choice(result, choices) for result in corrected(metrics)],
        points=list(points_of(chosen)),
        split_p_value=split_p_value(variants),
        read=chosen.sums.read,
        funnel=funnel_of(chosen),
        funnel_too_many=chosen.funnel.too_many,
    )


def funnel_of(chosen: ChosenPart) -> list[FunnelRow]:
    """Return how far the visitors of each variant got; empty where that wasn't counted."""
    if chosen.funnel.counts is None:
        return []
    return chosen.funnel.counts.rows(chosen.sample.variants, chosen.sums.observed)


def choices_of(chosen: ChosenPart) -> int:
    """Return how many parts of this kind could have been chosen: values, pairs of them, spans of days."""
    dimensions: dict[str, int] = {}
    for (dimension, _value), _arms in largest_values(chosen.segments):
        dimensions[dimension] = dimensions.get(dimension, 0) + 1
    values = sum(dimensions.values())
    choices = 1
    if len(chosen.part.segments) == 1:
        choices = values
    elif chosen.part.segments:
        # pairs of values of two dimensions: all pairs less those within one
        same = 0
        for count in dimensions.values():
            same += count * count
        choices = (values * values - same) // 2
    if (chosen.part.first, chosen.part.last) != (chosen.first, chosen.last):
        days = (chosen.last - chosen.first).days + 1
        choices *= days * (days + 1) // 2
    return max(1, choices)


@dataclass(frozen=True, slots=True)
class PartMetric:
    """A metric with its sums of the part by variant key: as they were paid, and under the test's cap."""

    measured: MeasuredMetric
    observed: Mapping[str, Aggregate]
    compared: Mapping[str, Aggregate]


def results_in_part(chosen: ChosenPart) -> Iterator[MetricResult]:
    """Yield the whole's results of treatments that somebody in the part has seen, as control must have been."""
    sample = chosen.sample
    if sample.control is None or not chosen.sums.compared[sample.control.key].visitors:
        return
    for result in chosen.results:
        if chosen.sums.compared[result.variant].visitors:
            yield result


def metric_in_part(chosen: ChosenPart, code: str) -> PartMetric:
    """Return a metric by its code: Offerlift's own, or one of the store's."""
    for reading in chosen.sample.custom:
        if reading.chosen.code == code:
            arms = chosen.custom[reading.chosen.pk]
            compared = arms.observed
            if chosen.sample.experiment.cap_minor is not None:
                compared = arms.capped
            measured = MeasuredMetric(definition_of(reading.chosen), sample_of_metric(chosen.sample, reading))
            return PartMetric(measured, arms.observed, compared)
    measured = MeasuredMetric(DEFINITIONS[Metric(code)], chosen.sample)
    return PartMetric(measured, chosen.sums.observed, chosen.sums.compared)


def measured_part(chosen: ChosenPart, whole: MetricResult) -> MetricResult:
    """Return a metric of a treatment as it is in the part; what is only true of the whole is left out."""
    assert chosen.sample.control is not None
    metric, control = metric_in_part(chosen, whole.metric), chosen.sample.control.key
    estimate = whole.main
    if whole.main.unavailable != Reason.MISSING_SUMS:
        estimate = estimate_in_part(metric, control, whole.variant)
    return replace(
        whole,
        control=metric.measured.definition.ratio(metric.observed[control]),
        treatment=metric.measured.definition.ratio(metric.observed[whole.variant]),
        main=estimate,
        variance_reduction=None,
        without_cuped=None,
        without_cap=None,
        corrected_p_value=None,
        sequential=None,
        belief=None,
        method_reason="",
        corrected=None,
        final=part_corrected(whole, FinalEstimate.of(estimate)),
        steps=[],
        disagreement=None,
    )


def estimate_in_part(metric: PartMetric, control: str, treatment: str) -> Estimate:
    """Return a metric's estimate in the part, as the segments of a report have it."""
    arms = {control: metric.compared[control], treatment: metric.compared[treatment]}
    [compared] = compared_within(metric.measured, "", "", arms)
    return compared.result.estimate


def corrected_for_choice(result: MetricResult, choices: int) -> MetricResult:
    """Return a result with its p-value times the number of choices (Bonferroni): whichever was made, it holds."""
    if result.corrected_p_value is None:
        return result
    return replace(result, corrected_p_value=min(1.0, result.corrected_p_value * choices))


def counts_of_part(chosen: ChosenPart) -> list[VariantCounts]:
    """Return what each variant gathered in the part."""
    sample = replace(chosen.sample, observed=chosen.sums.observed, everybody=None)
    return variant_counts(sample, sample.visitors)


def split_p_value(variants: Sequence[VariantCounts]) -> float | None:
    """Return how likely so uneven a split is by chance (chi-square); None without visitors."""
    observed, weights = [], []
    for variant in variants:
        observed.append(variant.visitors)
        weights.append(variant.weight)
    return sample_ratio_mismatch(observed, weights).p_value


def points_of(chosen: ChosenPart) -> Iterator[SeriesPoint]:
    """Yield the goal's lift of all exposed up to each day, for every treatment."""
    days = sorted(chosen.sums.daily)
    for position in thin_out(range(len(days))):
        arms = chosen.sums.daily[days[position]]
        for variant in chosen.sample.treatment_keys:
            point = point_of(chosen.sample, days[position], arms, variant)
            if point is not None:
                yield point


def point_of(sample: Sample, day: date, arms: Mapping[str, Aggregate], variant: str) -> SeriesPoint | None:
    """Return a treatment's point of a day; None before both arms have visitors."""
    definition: Definition = sample.goal
    if sample.control is None or not {sample.control.key, variant} <= arms.keys() or definition.is_of_offer:
        return None
    part = SamplePart(
        control=sample.control.key,
        treatment=variant,
        arms=arms,
        factors=factors_of_arms(sample.compared, sample.reserves),
        reserves=sample.reserves,
    )
    comparison = compare_part(sample, definition, part)
    return SeriesPoint(
        day=day,
        variant=variant,
        visitors=arms[sample.control.key].visitors + arms[variant].visitors,
        control=comparison.control,
        treatment=comparison.treatment,
        lift=range_of(comparison.lift),
        sequential=None,
        is_open=False,
        difference=range_of(comparison.difference),
    )
