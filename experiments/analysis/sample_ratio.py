"""Whether visitors are split as planned, over all and within devices, countries and kinds of customers."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from experiments.analysis.sample import Sample
from experiments.analysis.segments import Segments, largest_values
from experiments.models import Variant
from experiments.plan.thresholds import SAMPLE_RATIO_ALARM
from experiments.reading.aggregation import Aggregate
from experiments.report import SampleRatioCheck, SegmentRatioCheck
from experiments.statistics import holm, sample_ratio_mismatch

CHECKED = ("device", "country", "customer_type")
VISITORS_TO_CHECK = 100  # of a segment, below which chi-square can't be trusted


def check_sample_ratio(
    variants: Sequence[Variant], aggregates: Mapping[str, Aggregate], *, is_plan_known: bool
) -> SampleRatioCheck:
    """Visitors per variant against the variants' weights; no alarm where those are only a guess."""
    visitors = [aggregates[variant.key].visitors for variant in variants]
    result = sample_ratio_mismatch(visitors, [variant.weight for variant in variants])
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
    """Whether visitors are split as planned within each device, country and kind of customer.

    No alarm for an imported test whose plan wasn't told.
    """
    checks = []
    for (dimension, value), arms in largest_values(found):
        visitors = {key: arm.visitors for key, arm in arms.items()}
        if dimension in CHECKED and sum(visitors.values()) >= VISITORS_TO_CHECK:
            counts = {variant.key: visitors.get(variant.key, 0) for variant in sample.variants}
            checks.append(ratio_check(sample.variants, dimension, value, counts))
    is_plan_known = sample.experiment.is_split_known
    corrected = holm([check.p_value for check in checks])
    return [
        replace(check, corrected_p_value=p_value, is_alarming=is_plan_known and is_alarming(p_value))
        for check, p_value in zip(checks, corrected, strict=True)
    ]


def ratio_check(
    variants: Sequence[Variant], dimension: str, value: str, counts: Mapping[str, int]
) -> SegmentRatioCheck:
    """One value's split against the variants' weights."""
    result = sample_ratio_mismatch([counts[one.key] for one in variants], [one.weight for one in variants])
    return SegmentRatioCheck(
        dimension=dimension,
        value=value,
        visitors=dict(counts),
        p_value=result.p_value,
        corrected_p_value=None,
        always_valid_p_value=result.always_valid_p_value,
        is_alarming=False,
    )
