"""Experiment -> report."""

from collections.abc import Mapping
from datetime import date, datetime

from django.utils import timezone

from experiments.analysis import changes, effects, health, progress, segments, series
from experiments.analysis.awaiting import without_results
from experiments.analysis.beliefs import curve_of
from experiments.analysis.metric_results import compare_all, decompositions
from experiments.analysis.planned_looks import plan_of, state_of
from experiments.analysis.sample import Sample, goal_comparisons
from experiments.models import Experiment, Snapshot, Variant
from experiments.reading import aggregation, funnel
from experiments.reading.aggregation import Aggregate
from experiments.reading.facts import Facts, facts_of
from experiments.reading.sums import COVARIATE
from experiments.report import Adjustment, Density, MetricResult, Report, VariantCounts, VariantSums
from experiments.verdict import goal_notes, ruling
from experiments.verdict.evidence import Evidence

__all__ = ["Report", "analyse", "take_snapshot"]

COVERAGE_NEEDED = 0.95


def analyse(
    experiment: Experiment, *, with_cuped: bool = True, is_look: bool = False, now: datetime | None = None
) -> Report:
    """All that is known about the experiment at ``now``. Reads the database, changes nothing.

    ``with_cuped=False`` leaves the adjustment by cart value out. ``is_look``: this is a look of the test's plan, which
    spends some of its error; for `take_snapshot` alone, which keeps it.
    """
    now = now or timezone.now()
    facts = facts_of(experiment, now)
    sample = sample_of(experiment, facts, with_cuped=with_cuped)
    state = state_of(sample, goal_comparisons(sample), is_look=is_look, now=now)
    metrics, altered, daily = compare_all(state), changes.changes_of(experiment), daily_aggregates(sample)
    found = aggregation.segment_aggregates(experiment, cap_minor=experiment.cap_minor)
    events, by_segment = funnel.count_events(experiment), segments.segment_results(sample, found)
    evidence = Evidence(
        experiment=experiment,
        variants=sample.variants,
        metrics=metrics,
        health=health.check(sample, facts, events, segments=found, daily=daily, changes=altered, now=now),
        plan=plan_of(state),
        visitors=facts.visitors,
        fewest_buyers=sample.fewest_buyers,
        days=progress.days(facts),
        guardrails=effects.guardrails_of(experiment, metrics),
        progress=progress.progress_of(sample, facts, now),
        adjustment=adjustment_of(sample, facts, metrics, with_cuped=with_cuped),
    )
    report = Report(
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
        verdict=ruling.decide(evidence),
        variants=variant_counts(sample, facts.visitors),
        metrics=metrics,
        decompositions=decompositions(sample),
        segments=by_segment.results,
        funnel=events.rows(sample.variants, sample.observed),
        health=evidence.health,
        adjustment=evidence.adjustment,
        moment=experiment.moment,
        goal_note=goal_notes.note(sample.goal.metric, metrics),
        plan=evidence.plan,
        progress=evidence.progress,
        series=series.series_of(state, daily, altered),
        monthly=effects.monthly_effects(metrics, sample.visitors_per_month),
        guardrails=list(evidence.guardrails),
        effects=effects.effects_of(sample, state.goals),
        curves=curves_of(metrics),
        heterogeneity=by_segment.differences,
        sums=sums_of(sample),
    )
    return without_results(report, experiment, now) if experiment.is_cap_awaited else report


def take_snapshot(experiment: Experiment, *, is_look: bool = False, now: datetime | None = None) -> Snapshot:
    """Analyse the experiment and store the report; ``Report.from_json`` reads it."""
    report = analyse(experiment, is_look=is_look, now=now)
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
        fill_minor=fill,
        visitors_per_day=progress.visitors_per_day(facts),
        visitors_per_month=progress.visitors_per_month(experiment, facts),
    )


def coverage(facts: Facts) -> float:
    """Share of exposures that carry the cart's value."""
    if not facts.visitors:
        return 0.0
    return facts.with_cart_value / facts.visitors


def adjustment_of(sample: Sample, facts: Facts, metrics: list[MetricResult], *, with_cuped: bool) -> Adjustment:
    """Whether the cart's value was used, and what that gave the goal (the largest reduction of all treatments)."""
    goals = [result for result in metrics if result.role == "goal"]
    reductions = [result.variance_reduction for result in goals if result.variance_reduction is not None]
    reduction = max(reductions, default=None)
    visitors_multiple = None
    if reduction is not None and reduction < 1:
        visitors_multiple = 1 / (1 - reduction)
    is_used = any(result.is_adjusted for result in goals)
    return Adjustment(
        is_used=is_used,
        coverage=coverage(facts) if facts.visitors else None,
        variance_reduction=reduction,
        visitors_multiple=visitors_multiple,
        unavailable=None if is_used else reason_not_adjusted(sample, with_cuped=with_cuped),
    )


def reason_not_adjusted(sample: Sample, *, with_cuped: bool) -> str:
    """Why the cart's value was not used."""
    if not with_cuped:
        return "turned_off"
    if sample.has_covariate:
        return "not_by_this_test"
    return "too_few_cart_values"


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


def daily_aggregates(sample: Sample) -> dict[date, dict[str, Aggregate]]:
    """Day by day what the goal is computed from."""
    columns = {sample.goal.numerator, sample.goal.denominator}
    if sample.has_covariate and sample.goal.is_revenue:
        columns.add(COVARIATE)
    return aggregation.cumulative_aggregates(
        sample.experiment,
        columns,
        cap_minor=sample.experiment.cap_minor,
        missing_cart_value_minor=sample.fill_minor,
    )


def curves_of(metrics: list[MetricResult]) -> list[Density]:
    """The posterior of every treatment's goal as a curve."""
    goals = [result for result in metrics if result.role == "goal"]
    curves = (curve_of(result.metric, result.variant, result.belief) for result in goals)
    return [curve for curve in curves if curve is not None]


def sums_of(sample: Sample) -> list[VariantSums]:
    """The exact sums of every variant, and under the cap where there is one."""
    sums = sums_by_variant(sample.observed, is_capped=False)
    if sample.experiment.cap_minor is not None:
        sums += sums_by_variant(sample.compared, is_capped=True)
    return sums


def sums_by_variant(aggregates: Mapping[str, Aggregate], *, is_capped: bool) -> list[VariantSums]:
    """The exact sums of every variant."""
    return [
        VariantSums(variant=key, is_capped=is_capped, visitors=aggregate.visitors, sums=dict(aggregate.products))
        for key, aggregate in aggregates.items()
    ]
