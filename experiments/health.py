"""Whether an experiment's data can be trusted."""

from collections.abc import Mapping, Sequence

from django.db.models import Count, Q

from experiments.aggregation import Aggregate, Facts
from experiments.funnel import Funnel
from experiments.models import EventType, Experiment, Order, OrderStatus, Source, Variant
from experiments.report import Health, SampleRatioCheck
from experiments.statistics import sample_ratio_mismatch

SAMPLE_RATIO_ALARM = 0.001
CONFLICTING_ALARM = 0.01


def check(
    experiment: Experiment,
    variants: Sequence[Variant],
    aggregates: Mapping[str, Aggregate],
    facts: Facts,
    funnel: Funnel,
) -> Health:
    """All checks of an experiment's data."""
    is_imported = experiment.source == Source.IMPORTED  # its outcomes are complete as they are
    return Health(
        sample_ratio=check_sample_ratio(variants, aggregates, is_plan_known=not is_imported),
        conflicting=facts.conflicting,
        conflicting_share=share(facts.conflicting, facts.visitors),
        immature=0 if is_imported else facts.immature,
        immature_share=share(0 if is_imported else facts.immature, facts.visitors),
        skipped_shares={
            variant.key: skipped / (skipped + aggregates[variant.key].visitors)
            for variant in variants
            if (skipped := funnel.visitors(variant, EventType.SKIPPED))
        },
        unmatched_order_share=None if is_imported else unmatched_order_share(experiment, facts),
        unknown_margin=sum(aggregate.sums["unknown_margin"] for aggregate in aggregates.values()),
    )


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


def unmatched_order_share(experiment: Experiment, facts: Facts) -> float | None:
    """Share of the store's counted orders, placed while visitors were exposed, that don't say whose they are."""
    if facts.first_exposed_at is None or facts.last_exposed_at is None:
        return None
    counts = (
        Order.objects.filter(
            store=experiment.store_id, placed_at__range=(facts.first_exposed_at, facts.last_exposed_at)
        )
        .exclude(status=OrderStatus.CANCELLED)
        .aggregate(all=Count("pk"), unmatched=Count("pk", filter=Q(visitor_id="")))
    )
    return share(counts["unmatched"], counts["all"])


def share(part: int, whole: int) -> float | None:
    """``part / whole``; ``None`` of nothing."""
    return part / whole if whole else None
