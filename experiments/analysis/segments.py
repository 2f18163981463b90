"""The goal within devices, countries, kinds of customers and imported dimensions."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from math import log1p

from scipy.special import chdtrc

from experiments import formatting
from experiments.analysis.estimates import estimate_of
from experiments.analysis.sample import Sample
from experiments.models import Metric
from experiments.reading.aggregation import Aggregate
from experiments.report import Heterogeneity, SegmentResult
from experiments.statistics import Comparison, holm

VALUES_PER_DIMENSION = 12
METRICS = frozenset({Metric.RPV, Metric.CONVERSION, Metric.AOV, Metric.ORDERS_PER_VISITOR})

Segments = Mapping[tuple[str, str], Mapping[str, Aggregate]]


@dataclass(frozen=True, slots=True)
class SegmentComparison:
    """The goal of a treatment within one value of a dimension; ``comparison`` has each arm's own error."""

    result: SegmentResult
    comparison: Comparison


@dataclass(frozen=True, slots=True)
class SegmentResults:
    """The goal within segments, and for each dimension whether the effect differs between its values."""

    results: list[SegmentResult]
    differences: list[Heterogeneity]


def segment_results(sample: Sample, found: Segments) -> SegmentResults:
    """The goal within the values that most visitors have, p-values by Holm over all of them."""
    if sample.experiment.goal_metric not in METRICS:
        return SegmentResults([], [])
    compared: list[SegmentComparison] = []
    for (dimension, value), arms in largest_values(found):
        compared += compared_within(sample, dimension, value, arms)
    corrected = holm([one.result.estimate.p_value for one in compared])
    results = [replace(one.result, corrected_p_value=p) for one, p in zip(compared, corrected, strict=True)]
    return SegmentResults(results, heterogeneity(sample, compared))


def largest_values(found: Segments) -> list[tuple[tuple[str, str], Mapping[str, Aggregate]]]:
    """The values with most visitors of each dimension, dimensions together."""
    by_size = sorted(found.items(), key=lambda item: -sum(one.visitors for one in item[1].values()))
    taken: Counter[str] = Counter()
    kept = []
    for (dimension, value), aggregates in by_size:
        taken[dimension] += 1
        if taken[dimension] <= VALUES_PER_DIMENSION:
            kept.append(((dimension, value), aggregates))
    return sorted(kept, key=lambda item: item[0][0])


def compared_within(
    sample: Sample, dimension: str, value: str, aggregates: Mapping[str, Aggregate]
) -> Iterator[SegmentComparison]:
    """The goal of every treatment that has visitors there, as control must have."""
    if sample.control is None or sample.control.key not in aggregates:
        return
    control = aggregates[sample.control.key]
    for treatment in sample.treatments:
        arm = aggregates.get(treatment.key)
        if arm is None:
            continue
        comparison = sample.goal.compare(control, arm, alpha=sample.experiment.alpha)
        result = SegmentResult(
            dimension=dimension,
            value=value,
            variant=treatment.key,
            control=sample.goal.ratio(control),
            treatment=sample.goal.ratio(arm),
            estimate=estimate_of(comparison),
        )
        yield SegmentComparison(
            result, sample.goal.compare(control, arm, alpha=sample.experiment.alpha, is_by_welch=True)
        )


def heterogeneity(sample: Sample, compared: Sequence[SegmentComparison]) -> list[Heterogeneity]:
    """A test of each dimension's interaction with each treatment, p-values by Holm over all of them."""
    groups: dict[tuple[str, str], list[Comparison]] = {}
    for one in compared:
        groups.setdefault((one.result.dimension, one.result.variant), []).append(one.comparison)
    tests = {group: cochran_q(comparisons) for group, comparisons in groups.items()}
    corrected = holm([test[2] if test else None for test in tests.values()])
    return [
        heterogeneity_of(dimension, variant, test, p_value, sample.experiment.alpha)
        for ((dimension, variant), test), p_value in zip(tests.items(), corrected, strict=True)
    ]


def cochran_q(comparisons: Sequence[Comparison]) -> tuple[float, int, float] | None:
    """Cochran's Q of the log ratios (1954), its degrees of freedom and p-value; None below two with an error.

    ``Q = sum w (x - mean)^2`` with ``w = 1 / error^2`` and the weighted mean; chi-square where all effects are equal.
    """
    effects = [log_effect(comparison) for comparison in comparisons]
    known = [effect for effect in effects if effect is not None]
    if len(known) < 2:
        return None
    weighted = [(x, 1 / (error * error)) for x, error in known]
    mean = sum(x * weight for x, weight in weighted) / sum(weight for _, weight in weighted)
    q = sum(weight * (x - mean) ** 2 for x, weight in weighted)
    df = len(known) - 1
    return q, df, float(chdtrc(df, q))


def log_effect(comparison: Comparison) -> tuple[float, float] | None:
    """The log of 1 + lift with its standard error (delta method); None where either is unknown."""
    if comparison.lift is None or comparison.lift.estimate is None or not comparison.lift_standard_error:
        return None
    lift = comparison.lift.estimate
    if lift <= -1:
        return None
    return log1p(lift), comparison.lift_standard_error / (1 + lift)


def heterogeneity_of(
    dimension: str, variant: str, test: tuple[float, int, float] | None, corrected: float | None, alpha: float
) -> Heterogeneity:
    """A dimension's test in words."""
    if test is None or corrected is None:
        return Heterogeneity(
            dimension=dimension,
            variant=variant,
            q=None,
            df=None,
            p_value=None,
            corrected_p_value=corrected,
            text="Too little data to tell whether the effect differs here.",
            unavailable="too_few_orders",
        )
    p_text = f"(p {formatting.p_value(corrected)})"
    text = f"No sign that the effect differs here {p_text}: don't act on the best row alone."
    if corrected < alpha:
        text = f"The effect differs here beyond chance {p_text}."
    q, df, p_value = test
    return Heterogeneity(
        dimension=dimension,
        variant=variant,
        q=q,
        df=df,
        p_value=p_value,
        corrected_p_value=corrected,
        text=text,
        unavailable=None,
    )
