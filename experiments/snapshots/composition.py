"""Experiment -> report."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import TypedDict

from django.utils import timezone

from experiments.analysis import (
    adjustment,
    annotated_days,
    beliefs,
    changes,
    counts,
    day_effects,
    displacement,
    effects,
    health,
    long_term,
    maturity,
    overlaps,
    progress,
    refunds,
    segments,
    series,
)
from experiments.analysis.custom_metrics import MeasuredMetric, meanings_of
from experiments.analysis.looks import outlook
from experiments.analysis.looks.plan_progress import PlanProgress, plan_progress
from experiments.analysis.looks.rows import plan_of
from experiments.analysis.metric_results import compare_all, decompositions
from experiments.analysis.metrics import Definition
from experiments.analysis.sample import CustomReading, Sample, goal_comparisons, less_reserves
from experiments.models import Annotation, Covariate, Experiment, Overlap
from experiments.plan.maturity import Maturity
from experiments.plan.thresholds import COVERAGE_NEEDED
from experiments.reading import aggregation, funnel
from experiments.reading.annotations import annotations_of
from experiments.reading.custom_metrics import Arms, custom_arms, metrics_of
from experiments.reading.facts import Facts, facts_of
from experiments.reading.long_outcomes import long_arms
from experiments.reading.overlaps import overlaps_of
from experiments.reading.sums import COVARIATE
from experiments.report import (
    METHOD_VERSION,
    Change,
    FirstReport,
    LongTermResult,
    MetricResult,
    OverlapResult,
    Report,
    Series,
)
from experiments.snapshots.awaiting import without_results
from experiments.snapshots.gains import gains_there
from experiments.snapshots.history import reported_before
from experiments.unit_words import about_customers
from experiments.verdict import goal_notes, ruling
from experiments.verdict.evidence import Evidence


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportInputs:
    """What the database says of an experiment at ``now``: all that a report is computed from.

    ``daily``: by day of the test, the variants' sums of everybody exposed by its end. ``segments``: the variants' sums
    by dimension and value. ``changes``: what was changed while the test ran. ``annotations``: what happened in the
    store meanwhile. ``overlaps``: which visitors are in other tests, too. ``long_term``: what came of them in the year
    after.
    """

    now: datetime
    with_cuped: bool
    facts: Facts
    sample: Sample
    daily: series.Daily
    segments: segments.Segments
    funnel: funnel.Funnel
    changes: list[Change]
    annotations: list[Annotation]
    overlaps: list[Overlap]
    long_term: list[LongTermResult]

    @property
    def experiment(self) -> Experiment:
        """What the report is about."""
        return self.sample.experiment


class Heading(TypedDict):
    """What a report says of its experiment alone."""

    store: str
    experiment: str
    name: str
    source: str
    status: str
    currency: str
    goal_metric: str
    alpha: float
    cap_minor: int | None
    moment: str
    unit: str
    day_zone: str
    method_version: int
    first_reported: list[FirstReport]


def analyse(
    experiment: Experiment,
    *,
    with_cuped: bool = True,
    is_look: bool = False,
    is_watch: bool = False,
    now: datetime | None = None,
) -> Report:
    """Put together all that is known about the experiment at ``now``. Reads the database, changes nothing.

    ``with_cuped=False`` leaves the adjustment by cart value out. ``is_look``: this is a look of the test's plan, which
    spends some of its error; for `take_snapshot` alone, which keeps it. ``is_watch``: for the hourly watch over harm.
    """
    now = now or timezone.now()
    readings = read_inputs(experiment, now, with_cuped=with_cuped, is_watch=is_watch)
    return report_in_words(readings, state_of(readings, is_look=is_look))


def state_of(readings: ReportInputs, *, is_look: bool) -> PlanProgress:
    """Compute how far the test's plan has come."""
    return plan_progress(readings.sample, goal_comparisons(readings.sample), is_look=is_look, now=readings.now)


def report_in_words(readings: ReportInputs, state: PlanProgress) -> Report:
    """Put the whole report together, in the language of whoever asks."""
    experiment = readings.experiment
    report = with_surroundings(report_of(readings, state), readings)
    if experiment.is_of_customers:
        report = about_customers(report)
    # Left out last, so that no part of the report can forget it.
    if experiment.is_cap_awaited:
        return without_results(report, experiment, readings.now)
    return report


def read_inputs(experiment: Experiment, now: datetime, *, with_cuped: bool, is_watch: bool = False) -> ReportInputs:
    """Read the database; each figure once, since a report's parts must agree."""
    facts = facts_of(experiment, now)
    mature = maturity.maturity_of(experiment, facts, now)
    # A store whose delays nobody knows yet would lose orders for a whole attribution window before harm is seen. The
    # arms' visitors are equally old on average, so that only an offer that makes people buy later is paused wrongly.
    if is_watch and mature is not None and not mature.is_known:
        mature = None
    sample = sample_of(experiment, facts, mature, with_cuped=with_cuped)
    daily = series.daily_aggregates(sample, sample.goal)
    # The days' own orders and refunds say what is still to come back.
    if sample.last_day is not None:
        sample = less_reserves(sample, refunds.cohorts_by_arm(daily, sample.last_day, experiment.days_zone), now)
    return ReportInputs(
        now=now,
        with_cuped=with_cuped,
        facts=facts,
        sample=sample,
        daily=daily,
        segments=segment_sums(sample, sample.goal),
        funnel=funnel.count_events(experiment),
        changes=changes.changes_of(experiment),
        annotations=annotations_of(experiment, facts.first_exposed_at, facts.last_exposed_at),
        overlaps=overlaps_of(experiment),
        long_term=long_term_of(experiment, facts, now),
    )


def long_term_of(experiment: Experiment, facts: Facts, now: datetime) -> list[LongTermResult]:
    """Read what came of the test's customers in the year after, where that is kept."""
    if not experiment.is_followed_for_long or facts.first_exposed_at is None:
        return []
    arms = long_arms(experiment, long_term.last_days(experiment, now))
    return long_term.long_term_results(experiment, arms, facts.first_exposed_at, now)


def segment_sums(sample: Sample, definition: Definition) -> segments.Segments:
    """Read a metric's sums by segment, with cart values where it is adjusted by them."""
    columns = set(definition.summed_columns)
    experiment = sample.experiment
    if sample.has_covariate and definition.is_adjustable and Covariate.CART_VALUE in experiment.covariates:
        columns.add(COVARIATE)
    return aggregation.segment_aggregates(
        experiment,
        columns,
        cap_minor=experiment.cap_minor,
        missing_cart_value_minor=sample.fill_minor,
        through=sample.last_day,
    )


def sample_of(experiment: Experiment, facts: Facts, mature: Maturity | None, *, with_cuped: bool) -> Sample:
    """Read what the metrics are computed from: of the visitors whose outcome is mature, where the plan asks for it."""
    fill = facts.mean_cart_value_minor
    cap = experiment.cap_minor
    everybody, through = None, None
    if mature is not None:
        everybody = aggregation.aggregates(experiment, missing_cart_value_minor=fill)
        through = mature.last_day
    observed = aggregation.aggregates(
        experiment, missing_cart_value_minor=fill, through=through, with_covariates=with_cuped
    )
    compared = observed
    # Pages show what was really paid; what is compared is capped, lest one order decide a test.
    if cap is not None:
        compared = aggregation.aggregates(
            experiment,
            cap_minor=cap,
            missing_cart_value_minor=fill,
            through=through,
            with_covariates=with_cuped,
        )
    return Sample(
        experiment=experiment,
        variants=list(experiment.variants.all()),
        observed=observed,
        compared=compared,
        has_covariate=with_cuped and is_adjusted(experiment, facts),
        fill_minor=fill,
        visitors_per_day=progress.visitors_per_day(facts),
        visitors_per_month=progress.visitors_per_month(experiment, facts),
        maturity=mature,
        everybody=everybody,
        custom=custom_readings(experiment, through),
    )


def is_adjusted(experiment: Experiment, facts: Facts) -> bool:
    """Whether what was chosen to adjust results is known of enough visitors.

    A regression has an indicator for what isn't known; a cart's value alone needs nearly everybody's.
    """
    if experiment.has_covariate_sums:
        return True
    return Covariate.CART_VALUE in experiment.covariates and facts.cart_value_coverage >= COVERAGE_NEEDED


def custom_readings(experiment: Experiment, through: date | None) -> list[CustomReading]:
    """Read what the store's own metrics are computed from, as far as the test has any."""
    chosen = metrics_of(experiment)
    arms = custom_arms(experiment, chosen, through=through)
    of_everybody: dict[int, Arms] = {}
    if through is not None:
        of_everybody = custom_arms(experiment, chosen)
    readings = []
    for metric in chosen:
        readings.append(CustomReading(chosen=metric, arms=arms[metric.pk], everybody=of_everybody.get(metric.pk)))
    return readings


def report_of(readings: ReportInputs, state: PlanProgress) -> Report:
    """Put the report together: results first, then what they amount to."""
    sample, facts = readings.sample, readings.facts
    metrics = compare_all(state)
    evidence = evidence_of(readings, state, metrics)  # before the verdict, which reads nothing else
    goal = MeasuredMetric(sample.goal, sample)
    by_segment = segments.segment_results(goal, readings.segments, metrics)
    report = Report(
        **heading_of(readings.experiment),
        taken_at=readings.now,
        first_exposed_at=facts.first_exposed_at,
        last_exposed_at=facts.last_exposed_at,
        visitors=facts.visitors,
        visitors_per_month=sample.visitors_per_month,
        verdict=ruling.decide(evidence),
        variants=counts.variant_counts(sample, facts.visitors),
        metrics=metrics,
        decompositions=decompositions(sample, metrics),
        segments=by_segment.results,
        funnel=readings.funnel.rows(sample.variants, sample.exposed),
        health=evidence.health,
        adjustment=evidence.adjustment,
        goal_note=goal_notes.note(sample.goal.metric, metrics),
        plan=evidence.plan,
        progress=evidence.progress,
        series=goal_by_day(goal, readings, state),
        monthly=effects.monthly_effects(metrics, sample.visitors_per_month),
        guardrails=list(evidence.guardrails),
        effects=effects.effects_of(sample, state.goals, metrics),
        curves=beliefs.curves_of(sample, state.goals, metrics),
        heterogeneity=by_segment.differences,
        sums=counts.sums_of(sample),
    )
    return with_evidence(report, evidence)


def goal_by_day(goal: MeasuredMetric, readings: ReportInputs, state: PlanProgress) -> Series:
    """Return the goal's lift by day, with what was changed meanwhile."""
    by_day = series.MetricByDay(metric=goal, days=readings.daily, whole=readings.daily)
    return series.series_of(state, by_day, readings.changes)


def with_evidence(report: Report, evidence: Evidence) -> Report:
    """Add what the verdict was read from, beside the results."""
    return replace(
        report,
        outlooks=list(evidence.outlooks),
        maturity=evidence.maturity,
        by_day=list(evidence.by_day),
        overlaps=list(evidence.overlaps),
    )


def with_surroundings(report: Report, readings: ReportInputs) -> Report:
    """Add what happened beside the test: in the store, and in its other tests."""
    sample = readings.sample
    return replace(
        report,
        series=replace(report.series, annotations=annotated_days.annotated(readings.annotations)),
        custom_metrics=meanings_of(sample),
        long_term=readings.long_term,
        without_days=annotated_days.without_days(sample, readings.daily, readings.annotations),
    )


def evidence_of(readings: ReportInputs, state: PlanProgress, metrics: list[MetricResult]) -> Evidence:
    """Put together what the verdict is read from."""
    sample, facts = readings.sample, readings.facts
    gathered = health.Gathered(
        facts=facts,
        funnel=readings.funnel,
        segments=readings.segments,
        daily=readings.daily,
        changes=readings.changes,
    )
    mature = maturity.maturity_report(state, readings.daily)
    outlooks = outlook.outlooks_of(state, metrics)
    return Evidence(
        experiment=readings.experiment,
        variants=sample.variants,
        metrics=metrics,
        health=health.check(sample, gathered, now=readings.now),
        plan=outlook.with_chances(plan_of(state), outlooks),
        visitors=facts.visitors,
        fewest_buyers=sample.fewest_buyers,
        days=progress.days_read(sample, facts),
        guardrails=effects.guardrails_of(readings.experiment, metrics),
        progress=progress.until_settled(progress.progress_of(sample, facts, readings.now), mature, readings.now),
        adjustment=adjustment.adjustment_of(sample, facts, metrics, with_cuped=readings.with_cuped),
        maturity=mature,
        by_day=day_effects.day_effects(sample, readings.daily, readings.now),
        outlooks=outlooks,
        overlaps=overlaps_beside(readings),
    )


def overlaps_beside(readings: ReportInputs) -> list[OverlapResult]:
    """Put together what the test and the store's others do to each other, with what that costs in a month."""
    found = overlaps.overlap_results(readings.experiment, readings.sample.variants, readings.overlaps)
    gains = {}
    if any(result.is_displacing for result in found):
        gains = gains_there([overlap.other for overlap in readings.overlaps])
    return displacement.with_money(found, gains, readings.sample.visitors_per_month)


def heading_of(experiment: Experiment) -> Heading:
    """Copy what the report says of the experiment alone: stored, it must stay as it was."""
    return Heading(
        store=experiment.store.slug,
        experiment=experiment.key,
        name=experiment.name,
        source=experiment.source,
        status=experiment.status,
        currency=experiment.store.currency,
        goal_metric=experiment.goal_metric,
        alpha=experiment.alpha,
        cap_minor=experiment.cap_minor,
        moment=experiment.moment,
        unit=experiment.unit,
        day_zone=experiment.day_zone,
        method_version=METHOD_VERSION,
        first_reported=reported_before(experiment),
    )
