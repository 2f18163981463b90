"""Whether visitors are split as planned, over all and within devices, countries and kinds of customers.

A running test is read every hour, and a chi-square that is read so often calls one sound test in forty broken. So the
always-valid test decides while the test runs, and the chi-square, which finds more, is read once, at the planned end.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime

from experiments.analysis.sample import Sample
from experiments.analysis.segments import Segments, largest_values, visitors_of
from experiments.models import Experiment, Source, Variant
from experiments.plan.thresholds import SAMPLE_RATIO_ALARM, SAMPLE_RATIO_ALARM_PART
from experiments.reading.aggregation import Aggregate
from experiments.report import SampleRatioCheck, SegmentRatioCheck
from experiments.statistics import SampleRatio, holm, sample_ratio_mismatch
from experiments.statistics.sample_ratio import MIXED_CONCENTRATIONS

# What a broken widget or a filter would hit alone, such as phones. An imported dimension may be the variant's own work.
CHECKED = ("device", "country", "customer_type")
# Of a segment: with fewer, chi-square can't be trusted.
VISITORS_TO_CHECK = 100

Daily = Mapping[date, Mapping[str, Aggregate]]


def check_sample_ratio(sample: Sample, daily: Daily, now: datetime) -> SampleRatioCheck:
    """Test visitors per variant against the variants' weights; no alarm where those are only a guess.

    ``daily``: by day of the test, everybody who had been exposed by its end.
    """
    experiment = sample.experiment
    result = split_test(sample.variants, sample.exposed)
    p_value = p_value_of_alarm(experiment, result, p_value_at_end(sample, daily, now))
    return SampleRatioCheck(
        p_value=result.p_value,
        always_valid_p_value=result.always_valid_p_value,
        corrected_p_value=p_value,
        is_alarming=experiment.is_split_known and is_alarming(p_value),
        unavailable=result.unavailable,
        is_plan_known=experiment.is_split_known,
    )


def split_test(variants: Sequence[Variant], arms: Mapping[str, Aggregate]) -> SampleRatio:
    """Test how visitors are split against the variants' weights; a variant without an arm has nobody there."""
    visitors, weights = [], []
    for variant in variants:
        visitors.append(visitors_in(arms, variant))
        weights.append(variant.weight)
    return sample_ratio_mismatch(visitors, weights, concentration=MIXED_CONCENTRATIONS)


def visitors_in(arms: Mapping[str, Aggregate], variant: Variant) -> int:
    """Return the visitors of a variant."""
    arm = arms.get(variant.key)
    if arm is None:
        return 0
    return arm.visitors


def p_value_at_end(sample: Sample, daily: Daily, now: datetime) -> float | None:
    """Return the chi-square's p-value at the test's planned end, or at its end where that came first.

    ``None`` before. What comes after the planned end changes nothing: it would be another reading.
    """
    planned = sample.experiment.planned_sample
    today = sample.experiment.exposure_day(now)
    for day, arms in daily.items():
        visitors = [visitors_in(arms, variant) for variant in sample.variants]
        # today still gets visitors, so that it would be read again and again
        if planned and day < today and min(visitors) >= planned:
            return split_test(sample.variants, arms).p_value
    if sample.experiment.is_over:
        return split_test(sample.variants, sample.exposed).p_value
    return None


def p_value_of_alarm(experiment: Experiment, result: SampleRatio, at_end: float | None) -> float | None:
    """Return what is compared with the alarm's threshold: the smaller p-value, for as many as share the error.

    A file is read once, so that the chi-square has all of it.
    """
    if experiment.source == Source.IMPORTED:
        return result.p_value
    known = [p_value for p_value in (result.always_valid_p_value, at_end) if p_value is not None]
    if not known:
        return None
    return min(1.0, min(known) * SAMPLE_RATIO_ALARM / SAMPLE_RATIO_ALARM_PART)


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
            checks.append(ratio_check(sample, dimension, value, arms))
    is_plan_known = sample.experiment.is_split_known
    # Of so many checks one is off by chance: Holm keeps the alarm as rare as a single check's.
    corrected = holm([check.corrected_p_value for check in checks])
    # A file's plan may be unknown, and a difference from a guess proves nothing.
    corrected_checks = []
    for check, p_value in zip(checks, corrected, strict=True):
        is_off = is_plan_known and is_alarming(p_value)
        corrected_checks.append(replace(check, corrected_p_value=p_value, is_alarming=is_off))
    return corrected_checks


def ratio_check(sample: Sample, dimension: str, value: str, arms: Mapping[str, Aggregate]) -> SegmentRatioCheck:
    """Test one value's split against the variants' weights, as if it were the only check."""
    result = split_test(sample.variants, arms)
    at_end = None
    # sums by segment have no planned end: a test that is over gets no more visitors, and is read once
    if sample.experiment.is_over:
        at_end = result.p_value
    counts = {}
    for variant in sample.variants:
        counts[variant.key] = visitors_in(arms, variant)
    return SegmentRatioCheck(
        dimension=dimension,
        value=value,
        visitors=counts,
        p_value=result.p_value,
        corrected_p_value=p_value_of_alarm(sample.experiment, result, at_end),
        always_valid_p_value=result.always_valid_p_value,
        is_alarming=False,
    )
