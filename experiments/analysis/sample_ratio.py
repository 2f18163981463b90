"""Whether visitors are split as planned, over all and within devices, countries and kinds of customers."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from experiments.accounting.aggregation import Aggregate
from experiments.analysis.sample import Sample
from experiments.analysis.segments import Segments, largest
from experiments.models import Source, Variant
from experiments.plan.thresholds import SAMPLE_RATIO_ALARM
from experiments.report import SampleRatioCheck, SegmentRatioCheck
from experiments.statistics import holm, sample_ratio_mismatch

CHECKED = ("device", "country", "customer_type")
VISITORS_TO_CHECK = 100  # of a segment, below which chi-square can't be trusted


def check_sample_ratio(
    variants: Sequence[Variant], aggregates: Mapping[str, Aggregate], *, is_plan_known: bool
) -> SampleRatioCheck:
    """Visitors per variant against the variants' weights; no alarm where those are only a guess."""
    result = sample_ratio_mismatch(
        [aggregates[variant.key].visitors for variant in variants], [variant.weight for variant in variants]
    )
    return SampleRatioCheck(
        p_value=result.p_value,
        always_valid_p_value=result.always_valid_p_value,
        is_alarming=is_plan_known and result.p_value is not None and result.p_value < SAMPLE_RATIO_ALARM,
        unavailable=result.unavailable,
    )


def ratio_checks(sample: Sample, found: Segments) -> list[SegmentRatioCheck]:
    """Whether visitors are split as planned within each device, country and kind of customer.

    No alarm for an imported test, whose plan is a guess.
    """
    groups = [
        (key, {variant.key: arms[variant.key].visitors if variant.key in arms else 0 for variant in sample.variants})
        for key, arms in largest(found)
        if key[0] in CHECKED and sum(arm.visitors for arm in arms.values()) >= VISITORS_TO_CHECK
    ]
    checks = [ratio_check(sample.variants, dimension, value, counts) for (dimension, value), counts in groups]
    is_planned = sample.experiment.source != Source.IMPORTED
    return [
        replace(check, corrected_p_value=p, is_alarming=is_planned and p is not None and p < SAMPLE_RATIO_ALARM)
        for check, p in zip(checks, holm([check.p_value for check in checks]), strict=True)
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
