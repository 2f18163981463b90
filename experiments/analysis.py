"""Experiment -> report."""

from collections import Counter
from collections.abc import Mapping
from datetime import datetime

from django.utils import timezone

from experiments import aggregation, funnel, health, verdict
from experiments.aggregation import Aggregate, Facts
from experiments.metric_results import Sample, compare_all, decompositions, estimate_of
from experiments.metrics import DEFINITIONS
from experiments.models import Experiment, Metric, Snapshot, Variant
from experiments.report import Adjustment, MetricResult, Report, SegmentResult, VariantCounts

__all__ = ["Report", "analyse", "take_snapshot"]

COVERAGE_NEEDED = 0.95
DAYS_PER_MONTH = 365.25 / 12
SEGMENTS_PER_DIMENSION = 12
SEGMENT_METRICS = frozenset({Metric.RPV, Metric.CONVERSION, Metric.AOV, Metric.ORDERS_PER_VISITOR})


def analyse(experiment: Experiment, *, with_cuped: bool = True, now: datetime | None = None) -> Report:
    """All that is known about the experiment at ``now``. Reads the database, changes nothing.

    ``with_cuped=False`` leaves the adjustment by cart value out.
    """
    now = now or timezone.now()
    facts = aggregation.facts(experiment, now)
    sample = sample_of(experiment, facts, with_cuped=with_cuped)
    metrics = compare_all(sample)
    events = funnel.count_events(experiment)
    state = health.check(experiment, sample.variants, sample.observed, facts, events)
    return Report(
        store=experiment.store.slug,
        experiment=experiment.key,
        name=experiment.name,
        source=experiment.source,
        status=experiment.status,
        currency=experiment.store.currency,
        goal_metric=experiment.goal_metric,
        alpha=experiment.alpha,
        taken_at=now,
        first_exposed_at=facts.first_exposed_at,
        last_exposed_at=facts.last_exposed_at,
        cap_minor=experiment.cap_minor,
        visitors=facts.visitors,
        visitors_per_month=sample.visitors_per_month,
        verdict=verdict.decide(
            verdict.Evidence(
                experiment=experiment,
                variants=sample.variants,
                metrics=metrics,
                health=state,
                visitors=facts.visitors,
                fewest_visitors=min((one.visitors for one in sample.observed.values()), default=0),
                fewest_buyers=min((one.sums["converted"] for one in sample.observed.values()), default=0),
                days=days(facts),
            )
        ),
        variants=variant_counts(sample, facts.visitors),
        metrics=metrics,
        decompositions=decompositions(sample),
        segments=segment_results(sample),
        funnel=events.rows(sample.variants, sample.observed),
        health=state,
        adjustment=adjustment_of(sample, facts, metrics, with_cuped=with_cuped),
    )


def take_snapshot(experiment: Experiment, *, is_look: bool = False, now: datetime | None = None) -> Snapshot:
    """Analyse the experiment and store the report; ``Report.from_json`` reads it."""
    report = analyse(experiment, now=now)
    return Snapshot.objects.create(
        experiment=experiment,
        taken_at=report.taken_at,
        is_look=is_look,
        information_fraction=information_fraction(experiment, report),
        report=report.as_json(),
    )


def information_fraction(experiment: Experiment, report: Report) -> float | None:
    """How much of the planned sample the smallest variant has, 1 at most; None without a plan."""
    if not experiment.planned_sample:
        return None
    fewest = min((variant.visitors for variant in report.variants), default=0)
    return min(1.0, fewest / experiment.planned_sample)


def sample_of(experiment: Experiment, facts: Facts, *, with_cuped: bool) -> Sample:
    """What the metrics are computed from."""
    fill, cap = facts.mean_cart_value_minor, experiment.cap_minor
    observed = aggregation.aggregates(experiment, missing_cart_value_minor=fill)
    compared = observed
    if cap is not None:
        compared = aggregation.aggregates(experiment, cap_minor=cap, missing_cart_value_minor=fill)
    return Sample(
        experiment=experiment,
        variants=list(experiment.variants.all()),
        observed=observed,
        compared=compared,
        has_covariate=with_cuped and coverage(facts) >= COVERAGE_NEEDED,
        visitors_per_month=visitors_per_month(experiment, facts),
    )


def coverage(facts: Facts) -> float:
    """Share of exposures that carry the cart's value."""
    return facts.with_cart_value / facts.visitors if facts.visitors else 0.0


def adjustment_of(sample: Sample, facts: Facts, metrics: list[MetricResult], *, with_cuped: bool) -> Adjustment:
    """Whether the cart's value was used, and what that gave the goal (the largest reduction of all treatments)."""
    reductions = [
        one.variance_reduction for one in metrics if one.role == "goal" and one.variance_reduction is not None
    ]
    reduction = max(reductions, default=None)
    is_used = any(one.is_adjusted for one in metrics if one.role == "goal")
    return Adjustment(
        is_used=is_used,
        coverage=coverage(facts) if facts.visitors else None,
        variance_reduction=reduction,
        visitors_multiple=1 / (1 - reduction) if reduction is not None and reduction < 1 else None,
        unavailable=None if is_used else reason_not_adjusted(sample, with_cuped=with_cuped),
    )


def reason_not_adjusted(sample: Sample, *, with_cuped: bool) -> str:
    """Why the cart's value was not used."""
    if not with_cuped:
        return "turned_off"
    return "not_by_this_test" if sample.has_covariate else "too_few_cart_values"


def days(facts: Facts) -> float:
    """From the first exposure to the last."""
    if facts.first_exposed_at is None or facts.last_exposed_at is None:
        return 0.0
    return (facts.last_exposed_at - facts.first_exposed_at).total_seconds() / 86_400


def visitors_per_month(experiment: Experiment, facts: Facts) -> float | None:
    """Visitors that all traffic would bring in a month, from the last week's; ``None`` below a day of data."""
    span = min(days(facts), aggregation.TRAFFIC_DAYS)
    if span < 1 or not experiment.traffic_share:
        return None
    return facts.recent_visitors / span * DAYS_PER_MONTH / experiment.traffic_share


def variant_counts(sample: Sample, visitors: int) -> list[VariantCounts]:
    """What each variant gathered."""
    weights = sum(variant.weight for variant in sample.variants)
    return [counts_of(variant, sample.observed[variant.key], visitors, weights) for variant in sample.variants]


def counts_of(variant: Variant, aggregate: Aggregate, visitors: int, weights: int) -> VariantCounts:
    """What a variant gathered of all visitors."""
    sums = aggregate.sums
    return VariantCounts(
        key=variant.key,
        name=str(variant),
        is_control=variant.is_control,
        weight=variant.weight,
        visitors=aggregate.visitors,
        share=aggregate.visitors / visitors if visitors else None,
        expected_share=variant.weight / weights,
        buyers=sums["converted"],
        orders=sums["orders"],
        items=sums["items"],
        revenue_minor=sums["revenue"],
        refunded_minor=sums["refunded"],
        upsell_minor=sums["upsell_revenue"],
        accepted=sums["accepted"],
    )


def segment_results(sample: Sample) -> list[SegmentResult]:
    """The goal within the values that most visitors have, of each dimension."""
    if sample.experiment.goal_metric not in SEGMENT_METRICS:
        return []
    found = aggregation.segment_aggregates(sample.experiment, cap_minor=sample.experiment.cap_minor)
    return [
        result
        for (dimension, value), aggregates in largest(found)
        for result in results_within(sample, dimension, value, aggregates)
    ]


def largest(
    found: Mapping[tuple[str, str], Mapping[str, Aggregate]],
) -> list[tuple[tuple[str, str], Mapping[str, Aggregate]]]:
    """The values with most visitors of each dimension, dimensions together."""
    by_size = sorted(found.items(), key=lambda item: -sum(one.visitors for one in item[1].values()))
    taken: Counter[str] = Counter()
    kept = []
    for (dimension, value), aggregates in by_size:
        taken[dimension] += 1
        if taken[dimension] <= SEGMENTS_PER_DIMENSION:
            kept.append(((dimension, value), aggregates))
    return sorted(kept, key=lambda item: item[0][0])


def results_within(
    sample: Sample, dimension: str, value: str, aggregates: Mapping[str, Aggregate]
) -> list[SegmentResult]:
    """The goal of every treatment that has visitors there, as control must have."""
    definition = DEFINITIONS[Metric(sample.experiment.goal_metric)]
    control = aggregates.get(sample.control.key) if sample.control else None
    if control is None:
        return []
    return [
        SegmentResult(
            dimension=dimension,
            value=value,
            variant=treatment.key,
            control=definition.ratio(control),
            treatment=definition.ratio(aggregates[treatment.key]),
            estimate=estimate_of(definition.compare(control, aggregates[treatment.key], alpha=sample.experiment.alpha)),
        )
        for treatment in sample.treatments
        if treatment.key in aggregates
    ]
