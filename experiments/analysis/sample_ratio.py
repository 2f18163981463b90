"""Whether visitors are split as planned, over all and within devices, countries and kinds of customers."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from experiments.analysis.sample import Sample
from experiments.analysis.segments import Segments, largest_values, visitors_of
from experiments.models import Variant
from experiments.plan.thresholds import SAMPLE_RATIO_ALARM
from experiments.reading.aggregation import Aggregate
from experiments.report import SampleRatioCheck, SegmentRatioCheck
from experiments.statistics import holm, sample_ratio_mismatch

# What a broken widget or a filter would hit alone, such as phones. An imported dimension may be the variant's own work.
CHECKED = ("device", "country", "customer_type")
# Of a segment: with fewer, chi-square can't be trusted.
VISITORS_TO_CHECK = 100


def check_sample_ratio(
    variants: Sequence[Variant], aggregates: Mapping[str, Aggregate], *, is_plan_known: bool
) -> SampleRatioCheck:
    """Test visitors per variant against the variants' weights; no alarm where those are only a guess."""
    visitors, weights = [], []
    for variant in variants:
        visitors.append(aggregates[variant.key].visitors)
        weights.append(variant.weight)
    result = sample_ratio_mismatch(visitors, weights)
    return SampleRatioCheck(
        p_value=result.p_value,
        always_valid_p_value=result.always_valid_p_value,
        is_alarming=is_plan_known and is_alarming(result.p_value),
        unavailable=result.unavailable,
        is_plan_known=is_plan_known,
    )


def is_alarming(p_value: float | None) -> bool:
    """Whether chance alone hardly splits visitors so."""
    return p_value is not None and p_value < SAMPLE_RATIO_ALARM


def ratio_checks(sample: Sample, found: Segments) -> list[SegmentRatioCheck]:
    """Check whether visitors are split as planned within each device, country and kind of customer.

    No alarm for an imported test whose plan wasn't told.
    """
    checks = []
    for (dimension, value), arms in largest_values(found):
        if dimension in CHECKED and visitors_of(arms) >= VISITORS_TO_CHECK:
            checks.append(ratio_check(sample.variants, dimension, value, arms))
    is_plan_known = sample.experiment.is_split_known
    # Of so many checks one is off by chance: Holm keeps the alarm as rare as a single check's.
    corrected = holm([check.p_value for check in checks])
    # A file's plan may be unknown, and a difference from a guess proves nothing.
    corrected_checks = []
    for check, p_value in zip(checks, corrected, strict=True):
        is_off = is_plan_known and is_alarming(p_value)
        corrected_checks.append(replace(check, corrected_p_value=p_value, is_alarming=is_off))
    return corrected_checks


def ratio_check(
    variants: Sequence[Variant], dimension: str, value: str, arms: Mapping[str, Aggregate]
) -> SegmentRatioCheck:
    """Test one value's split against the variants' weights; a variant without an arm has nobody there."""
    counts, weights = {}, []
    for variant in variants:
        counts[variant.key] = 0
        if variant.key in arms:
            counts[variant.key] = arms[variant.key].visitors
        weights.append(variant.weight)
    result = sample_ratio_mismatch(list(counts.values()), weights)
    return SegmentRatioCheck(
        dimension=dimension,
        value=value,
        visitors=counts,
        p_value=result.p_value,
        corrected_p_value=None,
        always_valid_p_value=result.always_valid_p_value,
        is_alarming=False,
    )
