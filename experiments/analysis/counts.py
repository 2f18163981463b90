"""What each variant gathered: the counts that a report shows, and the exact sums that it was computed from."""

from collections.abc import Mapping

from experiments.analysis.sample import Sample
from experiments.models import Variant
from experiments.reading.aggregation import Aggregate
from experiments.report import VariantCounts, VariantSums


def variant_counts(sample: Sample, visitors: int) -> list[VariantCounts]:
    """Return what each variant gathered, from those too recent to count too; ``visitors`` are those of all variants."""
    weights = sum(variant.weight for variant in sample.variants)
    counts = []
    for variant in sample.variants:
        counts.append(counts_of(variant, sample.exposed[variant.key], visitors, weights))
    return counts


def counts_of(variant: Variant, aggregate: Aggregate, visitors: int, weights: int) -> VariantCounts:
    """Return what a variant gathered; ``visitors`` and ``weights`` are the sums over all variants."""
    sums = aggregate.sums
    return VariantCounts(
        key=variant.key,
        name=str(variant),
        is_control=variant.is_control,
        weight=variant.weight,
        visitors=aggregate.visitors,
        share=share_of(aggregate.visitors, visitors),
        expected_share=variant.weight / weights,
        buyers=sums["converted"],
        orders=sums["orders"],
        items=sums["items"],
        revenue_minor=sums["revenue"],
        refunded_minor=sums["refunded"],
        upsell_minor=sums["upsell_revenue"],
        accepted=sums["accepted"],
    )


def share_of(part: int, visitors: int) -> float | None:
    """Return a variant's share of all visitors; ``None`` without any."""
    if not visitors:
        return None
    return part / visitors


def sums_of(sample: Sample) -> list[VariantSums]:
    """Return the exact sums of every variant, and those under the cap where there is one."""
    sums = sums_by_variant(sample.observed, is_capped=False)
    if sample.experiment.cap_minor is not None:
        sums += sums_by_variant(sample.compared, is_capped=True)
    return sums


def sums_by_variant(aggregates: Mapping[str, Aggregate], *, is_capped: bool) -> list[VariantSums]:
    """Return one row of sums per variant; ``is_capped`` says what ``aggregates`` were summed from."""
    rows = []
    for key, aggregate in aggregates.items():
        # A copy: a report is frozen, and must not change with what it was made from.
        sums = dict(aggregate.products)
        rows.append(VariantSums(variant=key, is_capped=is_capped, visitors=aggregate.visitors, sums=sums))
    return rows
