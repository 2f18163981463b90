"""Whether a test's effect depends on another test that ran beside it, and whether it takes visitors from that one."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from experiments import formatting
from experiments.analysis.estimates import range_of
from experiments.analysis.segments import CochranTest, EffectWithError, log_effect, q_of_effects
from experiments.in_sentences import mid_sentence
from experiments.models import Experiment, Metric, Overlap, Variant
from experiments.plan.thresholds import BUYERS_FOR_ANY_TEST
from experiments.reading.overlaps import OverlapCell
from experiments.report import ArmEffect, OverlapResult
from experiments.statistics import Comparison, Proportion, Summary, compare_means, compare_proportions, holm

# What every test has, whatever its goal: an offer that displaces another shows in both.
METRICS = (Metric.RPV, Metric.CONVERSION)


@dataclass(frozen=True, slots=True)
class Group:
    """Visitors of a variant, added up over variants of the other test."""

    visitors: int = 0
    earlier: int = 0
    declined: int = 0
    declined_earlier: int = 0
    buyers: int = 0
    revenue: int = 0
    revenue_squared: int = 0

    def __add__(self, other: "Group") -> "Group":
        """Merge with other visitors."""
        return Group(
            self.visitors + other.visitors,
            self.earlier + other.earlier,
            self.declined + other.declined,
            self.declined_earlier + other.declined_earlier,
            self.buyers + other.buyers,
            self.revenue + other.revenue,
            self.revenue_squared + other.revenue_squared,
        )

    @property
    def summary(self) -> Summary:
        """Their revenue, as statistics read it."""
        squared = {("revenue", "revenue"): self.revenue_squared}
        return Summary.from_sums(self.visitors, {"revenue": self.revenue}, squared, buyers=self.buyers)


# By variant, then by variant of the other test; "" for those who aren't in that one.
GroupsByVariant: TypeAlias = Mapping[str, Mapping[str, Group]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """A treatment beside another test: the groups of control's and its visitors by variant there, empty for none."""

    treatment: Variant
    overlap: Overlap
    control_groups: Mapping[str, Group]
    treatment_groups: Mapping[str, Group]
    alpha: float

    @property
    def shared_variants(self) -> list[Variant]:
        """The other test's variants in which both arms have enough buyers to compare."""
        found = []
        for variant in self.overlap.other.variants.all():
            arms = self.control_groups.get(variant.key), self.treatment_groups.get(variant.key)
            if all(arm is not None and arm.buyers >= BUYERS_FOR_ANY_TEST for arm in arms):
                found.append(variant)
        return found


def overlap_results(
    experiment: Experiment, variants: Sequence[Variant], overlaps: Sequence[Overlap]
) -> list[OverlapResult]:
    """Return what every treatment and the other tests do to each other; p-values by Holm over all of them."""
    pairs = list(pairs_of(experiment, variants, overlaps))
    results, tests = [], []
    for pair in pairs:
        results.append(counted(pair))
        tests.append(interactions(pair))
    results = with_interactions(results, tests, experiment.alpha)
    return with_displacement(results, experiment.alpha)


def pairs_of(experiment: Experiment, variants: Sequence[Variant], overlaps: Sequence[Overlap]) -> Iterator[Pair]:
    """Yield each treatment with each other test that any visitor is in, too."""
    controls, treatments = [], []
    for variant in variants:
        if variant.is_control:
            controls.append(variant)
        else:
            treatments.append(variant)
    if not controls:
        return
    for overlap in overlaps:
        groups = groups_of(overlap)
        if not is_shared(groups):
            continue  # as where the tests aim at different visitors
        for treatment in treatments:
            yield pair_of(experiment, overlap, groups, control=controls[0], treatment=treatment)


def pair_of(
    experiment: Experiment, overlap: Overlap, groups: GroupsByVariant, *, control: Variant, treatment: Variant
) -> Pair:
    """Return a treatment beside another test; an arm none of whose visitors are counted has no groups."""
    return Pair(
        treatment=treatment,
        overlap=overlap,
        control_groups=groups.get(control.key, {}),
        treatment_groups=groups.get(treatment.key, {}),
        alpha=experiment.alpha,
    )


def is_shared(by_variant: GroupsByVariant) -> bool:
    """Whether any visitor is in both tests: the group of those who aren't has no variant of the other test."""
    return any(any(groups) for groups in by_variant.values())


def groups_of(overlap: Overlap) -> dict[str, dict[str, Group]]:
    """Return the groups that were counted, by variant, then by variant of the other test."""
    found: dict[str, dict[str, Group]] = {}
    for counted_cell in overlap.cells:
        cell = OverlapCell(**counted_cell)
        group = Group(
            cell.visitors,
            cell.earlier,
            cell.declined,
            cell.declined_earlier,
            cell.buyers,
            cell.revenue,
            cell.revenue_squared,
        )
        found.setdefault(cell.variant, {})[cell.other_variant] = group
    return found


def counted(pair: Pair) -> OverlapResult:
    """Return the counts of a pair, its shares, and the treatment's effect by variant of the other test."""
    control, treatment = later_share(pair.control_groups), later_share(pair.treatment_groups)
    shares = compare_proportions(control, treatment, alpha=pair.alpha)
    visitors = shared = 0
    open_to_it = control.n + treatment.n
    for groups in (pair.control_groups, pair.treatment_groups):
        for other_variant, group in groups.items():
            visitors += group.visitors
            if other_variant:  # none of the other test's variants is the group of those who aren't in it
                shared += group.visitors
    return OverlapResult(
        variant=pair.treatment.key,
        other=pair.overlap.other.key,
        other_name=pair.overlap.other.name,
        counted_at=pair.overlap.counted_at,
        visitors=visitors,
        shared=shared,
        share_in_control=shares.control,
        share_in_treatment=shares.treatment,
        difference=range_of(shares.difference),
        difference_p_value=shares.p_value,
        displaced=displaced(shares, treatment.n),
        declined=sum(group.declined for group in pair.treatment_groups.values()),
        declined_share=declined_share(pair.treatment_groups),
        effects=[effect_within(pair, variant) for variant in pair.shared_variants],
        open_share=share_of(open_to_it, visitors),
    )


def later_share(groups: Mapping[str, Group]) -> Proportion:
    """Return who saw the other test later, of those who hadn't seen it before."""
    open_to_it, saw_it = 0, 0
    for other_variant, group in groups.items():
        open_to_it += group.visitors - group.earlier
        if other_variant:
            saw_it += group.visitors - group.earlier
    return Proportion(saw_it, open_to_it)


def share_of(part: int, whole: int) -> float | None:
    """Return a part as a share of the whole; ``None`` of nothing."""
    if not whole:
        return None
    return part / whole


def displaced(shares: Comparison, visitors: int) -> int | None:
    """Return how many more visitors would have seen the other test at control's share; ``None`` without shares."""
    difference = shares.estimated_difference
    if difference is None:
        return None
    return round(-difference * visitors)


def declined_share(groups: Mapping[str, Group]) -> float | None:
    """Return which share of those who declined saw the other test later; ``None`` where nobody declined."""
    open_to_it, saw_it = 0, 0
    for other_variant, group in groups.items():
        later = group.declined - group.declined_earlier
        open_to_it += later
        if other_variant:
            saw_it += later
    if not open_to_it:
        return None
    return saw_it / open_to_it


def effect_within(pair: Pair, variant: Variant) -> ArmEffect:
    """Return the treatment's lift of revenue among the visitors of one variant of the other test."""
    control, treatment = pair.control_groups[variant.key], pair.treatment_groups[variant.key]
    return ArmEffect(
        other_variant=variant.key,
        name=str(variant),
        visitors=control.visitors + treatment.visitors,
        lift=range_of(compared(control, treatment, Metric.RPV, pair.alpha).lift),
    )


def compared(control: Group, treatment: Group, metric: Metric, alpha: float) -> Comparison:
    """Compare revenue per visitor, each arm with its own error, or conversion."""
    if metric == Metric.RPV:
        return compare_means(control.summary, treatment.summary, "revenue", method="welch", alpha=alpha)
    rates = [Proportion(group.buyers, group.visitors) for group in (control, treatment)]
    return compare_proportions(rates[0], rates[1], alpha=alpha)


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


def with_displacement(results: Sequence[OverlapResult], alpha: float) -> list[OverlapResult]:
    """Return the results with corrected p-values of their shares, and what they mean."""
    corrected = holm([result.difference_p_value for result in results])
    found = []
    for result, p_value in zip(results, corrected, strict=True):
        is_displacing = p_value is not None and p_value < alpha
        result = replace(result, difference_p_value=p_value, is_displacing=is_displacing)
        found.append(replace(result, displacement_text=displacement_text(result)))
    return found


def displacement_text(result: OverlapResult) -> str:
    """Say whether the treatment's visitors are in the other test less often than control's, and what declines have to
    do with it."""
    if result.share_in_control is None or result.share_in_treatment is None:
        return _("Nobody was exposed while both tests ran.")
    shares = {
        "treatment": formatting.percent(result.share_in_treatment),
        "control": formatting.percent(result.share_in_control),
    }
    if not result.is_displacing:
        text = _("As many see that test later: %(treatment)s, in control %(control)s.")
        return text % shares
    if result.displaced is None or result.displaced <= 0:
        return _("More see that test later: %(treatment)s, in control %(control)s.") % shares
    text = ngettext(
        "Fewer see that test later: %(treatment)s, in control %(control)s. It loses about %(count)s visitor this way.",
        "Fewer see that test later: %(treatment)s, in control %(control)s. It loses about %(count)s visitors this way.",
        result.displaced,
    ) % (shares | {"count": formatting.count(result.displaced)})
    return f"{text} {on_declines(result)}".strip()


def on_declines(result: OverlapResult) -> str:
    """Say how many declined, after which they see no offers for a while; empty where nobody did."""
    if not result.declined or result.declined_share is None:
        return ""
    text = ngettext(
        "%(count)s visitor declined this offer; of those who decline, %(share)s see that test later, because a "
        "decline stops all offers for a while.",
        "%(count)s visitors declined this offer; of those who decline, %(share)s see that test later, because a "
        "decline stops all offers for a while.",
        result.declined,
    )
    return text % {"count": formatting.count(result.declined), "share": formatting.percent(result.declined_share)}
