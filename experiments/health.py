"""Whether an experiment's data can be trusted."""

from collections.abc import Mapping, Sequence
from zoneinfo import ZoneInfo

from django.db.models import Count, Q
from django.db.models.functions import TruncDate

from experiments import decision_counts
from experiments.aggregation import Aggregate, Facts
from experiments.funnel import Funnel
from experiments.models import EventType, Experiment, Exposure, Order, OrderStatus, Source, Variant
from experiments.report import Health, OrderDay, SampleRatioCheck
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
    days = [] if is_imported else order_days(experiment, facts)
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
        unmatched_order_share=share(sum(day.unmatched for day in days), sum(day.orders for day in days)),
        order_days=days,
        unknown_margin=sum(aggregate.sums["unknown_margin"] for aggregate in aggregates.values()),
        crawlers=decision_counts.crawlers(experiment, facts.first_exposed_at, facts.last_exposed_at),
        automated=Exposure.objects.automated(experiment).count(),
        is_automation_counted=experiment.store.is_automation_counted,
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


def order_days(experiment: Experiment, facts: Facts) -> list[OrderDay]:
    """The store's counted orders, placed while visitors were exposed, by day of the store, and how many of them are
    nobody's: they name no visitor and are linked to none."""
    if facts.first_exposed_at is None or facts.last_exposed_at is None:
        return []
    unmatched = Q(visitor_id="", linked_visitor_id="")
    days = (
        Order.objects.filter(
            store=experiment.store_id, placed_at__range=(facts.first_exposed_at, facts.last_exposed_at)
        )
        .exclude(status=OrderStatus.CANCELLED)
        .values(day=TruncDate("placed_at", tzinfo=ZoneInfo(experiment.store.timezone)))
        .annotate(orders=Count("pk"), unmatched=Count("pk", filter=unmatched))
        .order_by("day")
    )
    return [OrderDay(**day) for day in days]


def share(part: int, whole: int) -> float | None:
    """``part / whole``; ``None`` of nothing."""
    return part / whole if whole else None
