"""The goal within devices, countries, kinds of customers and imported dimensions."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from math import log1p
from typing import NamedTuple

from django.utils.translation import gettext as _
from scipy.special import chdtrc

from experiments import formatting
from experiments.analysis.estimates import estimate_of
from experiments.analysis.final.correction import part_corrected
from experiments.analysis.parts import SamplePart, compare_part, factors_of_arms
from experiments.analysis.sample import Sample
from experiments.models import Metric
from experiments.reading.aggregation import Aggregate
from experiments.report import FinalEstimate, Heterogeneity, MetricResult, SegmentResult
from experiments.statistics import Comparison, holm

# More rows can't be read, and each costs every other one some of its power by Holm.
VALUES_PER_DIMENSION = 12
# The metrics whose sums are kept by segment.
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


def segment_results(sample: Sample, found: Segments, metrics: Sequence[MetricResult]) -> SegmentResults:
    """Compare the goal within the values that most visitors have, p-values by Holm over all of them.

    ``metrics``: the goal's own results, whose luck is taken out of its segments too.
    """
    if sample.experiment.goal_metric not in METRICS:
        return SegmentResults([], [])
    compared: list[SegmentComparison] = []
    for (dimension, value), arms in largest_values(found):
        compared += compared_within(sample, dimension, value, arms)
    # Of so many segments one looks good by chance: Holm keeps the chance of any false one at alpha.
    corrected = holm([one.result.estimate.p_value for one in compared])
    results = []
    for one, p_value in zip(compared, corrected, strict=True):
        goal = goal_of(sample, metrics, one.result.variant)
        final = part_corrected(goal, FinalEstimate.of(one.result.estimate))
        results.append(replace(one.result, corrected_p_value=p_value, final=final))
    return SegmentResults(results, heterogeneity(sample, compared))


def goal_of(sample: Sample, metrics: Sequence[MetricResult], variant: str) -> MetricResult:
    """Return the goal's result of a treatment that has segments."""
    for result in metrics:
        if (result.metric, result.variant) == (sample.goal.metric, variant):
            return result
    raise KeyError(variant)


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
    sample: Sample, dimension: str, value: str, aggregates: Mapping[str, Aggregate]
) -> Iterator[SegmentComparison]:
    """Yield the goal of every treatment that has visitors there, as control must have."""
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
        # Between segments each arm's own error counts: one pooled over both arms would make the segments alike.
        own_errors = sample.goal.compare(
            *part.reduced, alpha=sample.experiment.alpha, has_covariate=sample.has_covariate, is_by_welch=True
        )
        result = SegmentResult(
            dimension=dimension,
            value=value,
            variant=treatment.key,
            control=sample.goal.ratio(aggregates[sample.control.key]),
            treatment=sample.goal.ratio(aggregates[treatment.key]),
            estimate=estimate_of(compare_part(sample, sample.goal, part)),
        )
        yield SegmentComparison(result, own_errors)


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
        groups.setdefault((one.result.dimension, one.result.variant), []).append(one.comparison)
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
