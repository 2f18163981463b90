"""Whether a test's effect depends on another test that ran beside it, and whether it takes visitors from that one."""

from collections.abc import Sequence

from experiments.analysis.displaced_visitors import declined_share, displaced, later_share, with_displacement
from experiments.analysis.estimates import range_of
from experiments.analysis.interactions import compared, interactions, with_interactions
from experiments.analysis.overlap_pairs import Pair, pairs_of
from experiments.models import Experiment, Metric, Overlap, Variant
from experiments.report import ArmEffect, OverlapResult
from experiments.statistics import compare_proportions


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


def share_of(part: int, whole: int) -> float | None:
    """Return a part as a share of the whole; ``None`` of nothing."""
    if not whole:
        return None
    return part / whole


def effect_within(pair: Pair, variant: Variant) -> ArmEffect:
    """Return the treatment's lift of revenue among the visitors of one variant of the other test."""
    control, treatment = pair.control_groups[variant.key], pair.treatment_groups[variant.key]
    return ArmEffect(
        other_variant=variant.key,
        name=str(variant),
        visitors=control.visitors + treatment.visitors,
        lift=range_of(compared(control, treatment, Metric.RPV, pair.alpha).lift),
    )
