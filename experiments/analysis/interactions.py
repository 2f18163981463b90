"""Whether a treatment's effect depends on the variant of another test that ran beside it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from django.utils.translation import gettext as _

from experiments import formatting
from experiments.analysis.overlap_pairs import Group, Pair
from experiments.analysis.segments import CochranTest, EffectWithError, log_effect, q_of_effects
from experiments.in_sentences import mid_sentence
from experiments.models import Metric
from experiments.report import ArmEffect, OverlapResult
from experiments.statistics import Comparison, Proportion, compare_means, compare_proportions, holm

# What every test has, whatever its goal: an offer that displaces another shows in both.
METRICS = (Metric.RPV, Metric.CONVERSION)


def interactions(pair: Pair) -> dict[Metric, CochranTest | None]:
    """Test by metric whether the treatment's effect differs between the other test's variants."""
    found = {}
    for metric in METRICS:
        effects: list[EffectWithError] = []
        for variant in pair.shared_variants:
            arms = pair.control_groups[variant.key], pair.treatment_groups[variant.key]
            effect = log_effect(compared(*arms, metric, pair.alpha))
            if effect is not None:
                effects.append(effect)
        found[metric] = q_of_effects(effects)
    return found


def compared(control: Group, treatment: Group, metric: Metric, alpha: float) -> Comparison:
    """Compare revenue per visitor, each arm with its own error, or conversion."""
    if metric == Metric.RPV:
        return compare_means(control.summary, treatment.summary, "revenue", method="welch", alpha=alpha)
    rates = [Proportion(group.buyers, group.visitors) for group in (control, treatment)]
    return compare_proportions(rates[0], rates[1], alpha=alpha)


def with_interactions(
    results: Sequence[OverlapResult], tests: Sequence[Mapping[Metric, CochranTest | None]], alpha: float
) -> list[OverlapResult]:
    """Return the results with the clearer of each pair's interactions, corrected over all pairs and both metrics."""
    p_values: list[float | None] = []
    for of_pair in tests:
        p_values += [p_value_of(of_pair[metric]) for metric in METRICS]
    corrected = holm(p_values)
    found = []
    for position, (result, of_pair) in enumerate(zip(results, tests, strict=True)):
        of_metrics = corrected[position * len(METRICS) : (position + 1) * len(METRICS)]
        found.append(with_interaction(result, of_pair, of_metrics, alpha))
    return found


def p_value_of(test: CochranTest | None) -> float | None:
    """Return a test's p-value; ``None`` without a test."""
    if test is None:
        return None
    return test.p_value


def with_interaction(
    result: OverlapResult, tests: Mapping[Metric, CochranTest | None], corrected: Sequence[float | None], alpha: float
) -> OverlapResult:
    """Return a result with the metric whose effects differ more; without a test where there are too few orders."""
    known = []
    for metric, p_value in zip(METRICS, corrected, strict=True):
        test = tests[metric]
        if test is not None and p_value is not None:
            known.append((metric, test, p_value))
    if not known:
        text = _("Too few orders to tell whether the effect depends on the variant there.")
        return replace(result, interaction_text=text)
    # By the raw p-value: Holm's may be the same for both.
    clearest, test, least = min(known, key=lambda found: found[1].p_value)
    is_interacting = least < alpha
    return replace(
        result,
        metric=clearest.value,
        q=test.q,
        df=test.df,
        p_value=test.p_value,
        corrected_p_value=least,
        is_interacting=is_interacting,
        interaction_text=interaction_text(clearest, least, is_interacting=is_interacting),
        turns_sign=is_interacting and has_both_signs(result.effects),
    )


def has_both_signs(effects: Iterable[ArmEffect]) -> bool:
    """Whether revenue per visitor rises in one variant of the other test and falls in another."""
    lifts = [effect.lift.estimate for effect in effects if effect.lift is not None]
    return bool(lifts) and min(lifts) < 0 < max(lifts)


def interaction_text(metric: Metric, p_value: float, *, is_interacting: bool) -> str:
    """Say whether the effect depends on the other test's variant; ``p_value`` is the corrected one."""
    text = _("No sign that the effect depends on the variant there (p %(p_value)s).")
    if is_interacting:
        text = _(
            "The effect on %(metric)s depends on the variant there (p %(p_value)s). "
            "If both are rolled out, it will be that of the variant that wins there."
        )
    return text % {"metric": mid_sentence(metric.label), "p_value": formatting.p_value(p_value)}
