"""A metric within devices, countries, kinds of customers and imported dimensions."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from math import log1p
from typing import NamedTuple

from django.utils.translation import gettext as _
from scipy.special import chdtrc

from experiments import formatting
from experiments.analysis.custom_metrics import MeasuredMetric
from experiments.analysis.estimates import UNKNOWN_COSTS, estimate_of, lift_of
from experiments.analysis.final.correction import part_corrected, pooled_corrected
from experiments.analysis.metrics import Definition
from experiments.analysis.parts import SamplePart, compare_part, factors_of_arms
from experiments.analysis.sample import Sample
from experiments.reading.aggregation import Aggregate
from experiments.report import Estimate, FinalEstimate, Heterogeneity, MetricResult, Range, SegmentResult
from experiments.statistics import Comparison, Reason, holm
from experiments.statistics.partial_pooling import partial_pooling

# More rows can't be read, and each costs every other one some of its power by Holm.
VALUES_PER_DIMENSION = 12

Segments = Mapping[tuple[str, str], Mapping[str, Aggregate]]


@dataclass(frozen=True, slots=True)
class SegmentComparison:
    """A metric of a treatment within one value of a dimension; ``comparison`` has each arm's own error, and is None
    where there is nothing to compare."""

    result: SegmentResult
    comparison: Comparison | None


@dataclass(frozen=True, slots=True)
class SegmentResults:
    """A metric within segments, and for each dimension whether the effect differs between its values."""

    results: list[SegmentResult]
    differences: list[Heterogeneity]


def segment_results(metric: MeasuredMetric, found: Segments, results_of_all: Sequence[MetricResult]) -> SegmentResults:
    """Compare the metric within the values that most visitors have, p-values by Holm over all of them.

    ``results_of_all``: the metric's own results among others, whose luck is taken out of its segments too.
    """
    compared: list[SegmentComparison] = []
    for (dimension, value), arms in largest_values(found):
        compared += compared_within(metric, dimension, value, arms)
    # Of so many segments one looks good by chance: Holm keeps the chance of any false one at alpha.
    corrected = holm([one.result.estimate.p_value for one in compared])
    results = []
    for one, p_value, lift in zip(compared, corrected, pooled_lifts(compared), strict=True):
        whole = result_of_all(results_of_all, str(metric.definition.metric), one.result.variant)
        final = part_corrected(whole, FinalEstimate.of(one.result.estimate))
        results.append(
            replace(one.result, corrected_p_value=p_value, final=final, pooled=pooled_corrected(whole, lift))
        )
    return SegmentResults(results, heterogeneity(metric.sample, compared))


def pooled_lifts(compared: Sequence[SegmentComparison]) -> list[Range | None]:
    """Return each segment's lift with the others of its dimension taken into account; ``None`` where it has no error,
    or is alone."""
    groups: dict[tuple[str, str], list[tuple[int, EffectWithError]]] = {}
    for position, one in enumerate(compared):
        effect = None
        if one.comparison is not None:
            effect = log_effect(one.comparison)
        if effect is not None:
            groups.setdefault((one.result.dimension, one.result.variant), []).append((position, effect))
    lifts: list[Range | None] = [None] * len(compared)
    for of_group in groups.values():
        if len(of_group) < 2:
            continue
        positions, effects = zip(*of_group, strict=True)
        pooled = partial_pooling([effect.estimate for effect in effects], [effect.error for effect in effects])
        for position, interval in zip(positions, pooled, strict=True):
            lifts[position] = lift_of(interval)
    return lifts


def result_of_all(results: Sequence[MetricResult], metric: str, variant: str) -> MetricResult:
    """Return the metric's result of a treatment that has segments."""
    for result in results:
        if (result.metric, result.variant) == (metric, variant):
            return result
    raise KeyError(metric, variant)


def largest_values(found: Segments) -> list[tuple[tuple[str, str], Mapping[str, Aggregate]]]:
    """Return the values with most visitors of each dimension, dimensions together."""
    # By name where two are equally large: the database gives groups in any order, and a report must not depend on it.
    by_size = sorted(found.items(), key=lambda item: (-visitors_of(item[1]), item[0]))
    taken: Counter[str] = Counter()
    kept = []
    for (dimension, value), aggregates in by_size:
        taken[dimension] += 1
        if taken[dimension] <= VALUES_PER_DIMENSION:
            kept.append(((dimension, value), aggregates))
    return sorted(kept, key=lambda item: item[0][0])


def visitors_of(arms: Mapping[str, Aggregate]) -> int:
    """Return the visitors of all arms."""
    total = 0
    for arm in arms.values():
        total += arm.visitors
    return total


def compared_within(
    metric: MeasuredMetric, dimension: str, value: str, aggregates: Mapping[str, Aggregate]
) -> Iterator[SegmentComparison]:
    """Yield the metric of every treatment that has visitors there, as control must have."""
    sample, definition = metric.sample, metric.definition
    if sample.control is None or sample.control.key not in aggregates:
        return
    reserved = factors_of_arms(sample.compared, sample.reserves)
    for treatment in sample.treatments:
        if treatment.key not in aggregates:
            continue
        part = SamplePart(
            control=sample.control.key,
            treatment=treatment.key,
            arms=aggregates,
            factors=reserved,
            reserves=sample.reserves,
        )
        result = SegmentResult(
            dimension=dimension,
            value=value,
            variant=treatment.key,
            control=definition.ratio(aggregates[sample.control.key]),
            treatment=definition.ratio(aggregates[treatment.key]),
            estimate=estimate_within(sample, definition, part),
        )
        own_errors = None
        if not definition.is_of_offer and not has_unknown(definition, part):
            # Between segments each arm's own error counts: one pooled over both arms would make the segments alike.
            own_errors = definition.compare(
                *part.reduced, alpha=sample.experiment.alpha, has_covariate=sample.has_covariate, is_by_welch=True
            )
        yield SegmentComparison(result, own_errors)


def estimate_within(sample: Sample, definition: Definition, part: SamplePart) -> Estimate:
    """Return the metric's estimate in a segment; without a test where there is nothing to test."""
    estimate = estimate_of(compare_part(sample, definition, part))
    if definition.is_of_offer:
        # Control sees no offer: its zero is no result.
        return replace(estimate, lift=None, p_value=None, unavailable=Reason.CONTROL_IS_ZERO.value)
    if has_unknown(definition, part):
        # One unknown value makes a mean wrong by nobody knows how much.
        return replace(
            estimate,
            control=None,
            treatment=None,
            difference=None,
            lift=None,
            p_value=None,
            unavailable=UNKNOWN_COSTS,
        )
    return estimate


def has_unknown(definition: Definition, part: SamplePart) -> bool:
    """Whether the metric isn't known of some visitor of the segment."""
    return any(definition.unknown(part.arms[key]) for key in (part.control, part.treatment))


class CochranTest(NamedTuple):
    """Cochran's Q of the effects in the segments of a dimension, with its degrees of freedom and p-value."""

    q: float
    df: int
    p_value: float


class EffectWithError(NamedTuple):
    """An effect, the log of 1 + lift or a difference, with its standard error (above 0)."""

    estimate: float
    error: float


def heterogeneity(sample: Sample, compared: Sequence[SegmentComparison]) -> list[Heterogeneity]:
    """Test each dimension's interaction with each treatment, p-values by Holm over all of them."""
    groups: dict[tuple[str, str], list[Comparison]] = {}
    for one in compared:
        of_group = groups.setdefault((one.result.dimension, one.result.variant), [])
        if one.comparison is not None:
            of_group.append(one.comparison)
    tests, p_values = [], []
    for comparisons in groups.values():
        test = cochran_q(comparisons)
        tests.append(test)
        p_values.append(p_value_of(test))
    found = []
    for (dimension, variant), test, p_value in zip(groups, tests, holm(p_values), strict=True):
        if test is None or p_value is None:
            found.append(untested(dimension, variant))
            continue
        text = interaction_text(p_value, is_real=p_value < sample.experiment.alpha)
        found.append(
            Heterogeneity(
                dimension=dimension,
                variant=variant,
                q=test.q,
                df=test.df,
                p_value=test.p_value,
                corrected_p_value=p_value,
                text=text,
                unavailable=None,
            )
        )
    return found


def p_value_of(test: CochranTest | None) -> float | None:
    """Return a test's p-value; ``None`` without a test, which then leaves Holm's family."""
    if test is None:
        return None
    return test.p_value


def cochran_q(comparisons: Sequence[Comparison]) -> CochranTest | None:
    """Return Cochran's test (1954) that the log ratios are one, or with a value below zero the differences; ``None``
    below two with an error.
    """
    # Alike on the log scale means the same lift in large and small segments; a loss has no logarithm, but a difference.
    effect_of = log_effect
    if any(is_below_zero(comparison) for comparison in comparisons):
        effect_of = difference_effect
    effects = []
    for comparison in comparisons:
        effect = effect_of(comparison)
        if effect is not None:
            effects.append(effect)
    return q_of_effects(effects)


def q_of_effects(effects: Sequence[EffectWithError]) -> CochranTest | None:
    """Return Cochran's test (1954) that these effects are one; ``None`` below two.

    ``Q = sum w (x - mean)^2`` with ``w = 1 / error^2`` and the weighted mean; chi-square where all effects are equal.
    """
    if len(effects) < 2:
        return None
    # By precision: a segment of few orders says little, and counts as little.
    weights = [1 / (effect.error * effect.error) for effect in effects]
    total = 0.0
    for effect, weight in zip(effects, weights, strict=True):
        total += effect.estimate * weight
    mean = total / sum(weights)
    q = 0.0
    for effect, weight in zip(effects, weights, strict=True):
        q += weight * (effect.estimate - mean) ** 2
    df = len(effects) - 1
    return CochranTest(q, df, float(chdtrc(df, q)))


def is_below_zero(comparison: Comparison) -> bool:
    """Whether an arm's value is negative."""
    return min(comparison.control or 0.0, comparison.treatment or 0.0) < 0


def difference_effect(comparison: Comparison) -> EffectWithError | None:
    """Return the difference with its standard error, in the metric's unit; ``None`` where either is unknown."""
    difference, error = comparison.estimated_difference, comparison.standard_error
    if difference is None or not error:
        return None
    return EffectWithError(difference, error)


def log_effect(comparison: Comparison) -> EffectWithError | None:
    """Return the log of 1 + lift with its standard error (delta method); ``None`` where either is unknown.

    Neither is there over a control that isn't positive: a loss has no logarithm.
    """
    lift, error, control = comparison.estimated_lift, comparison.lift_standard_error, comparison.control
    if lift is None or lift <= -1 or not error or control is None or control <= 0:
        return None
    return EffectWithError(log1p(lift), error / (1 + lift))


def interaction_text(p_value: float, *, is_real: bool) -> str:
    """Say whether the effect differs between the values of a dimension; ``p_value`` is the corrected one."""
    text = _("No sign that the effect differs here (p %(p_value)s): don't act on the best row alone.")
    if is_real:
        text = _("The effect differs here beyond chance (p %(p_value)s).")
    return text % {"p_value": formatting.p_value(p_value)}


def untested(dimension: str, variant: str) -> Heterogeneity:
    """Return a dimension without a test: fewer than two of its values have an effect with an error."""
    return Heterogeneity(
        dimension=dimension,
        variant=variant,
        q=None,
        df=None,
        p_value=None,
        corrected_p_value=None,
        text=_("Too little data to tell whether the effect differs here."),
        unavailable="too_few_orders",
    )
