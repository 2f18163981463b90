"""The hourly watch over running tests: harm beyond chance pauses a test, a broken split of visitors is said.

Each rule is always-valid, so that looking every hour costs nothing. Nothing is said on the first day, nor below 100
buyers in a variant. A breach is acted on once: who resumes the test after it has decided to go on.
"""

import logging
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

from experiments import audit, formatting, snapshots, wording
from experiments.analysis.effects import anytime_of, guardrail_of
from experiments.models import AuditAction, EventType, Experiment, Metric, Source
from experiments.plan.thresholds import SAMPLE_RATIO_ALARM
from experiments.report import FunnelRow, Report, VariantCounts
from experiments.running import lifecycle
from experiments.statistics import Proportion, compare_proportions, confidence_sequence

logger = logging.getLogger(__name__)

ACTOR = "guardrail"
FIRST_DAY = timedelta(days=1)
BUYERS_NEEDED = 100
REFUND_MARGIN = 0.01  # buyers who got money back: one in a hundred more than control's
TECHNICAL_MARGIN = 0.01  # visitors with an error, or who were skipped: one in a hundred more than control's
PLANNED_VISITORS = 10_000  # per variant, where the plan names none


@dataclass(frozen=True, slots=True)
class Breach:
    """A guardrail that a treatment has crossed beyond chance; ``text`` says by how much."""

    metric: str
    variant: str
    text: str


def watch_all(now: datetime) -> int:
    """Watch every running test, and say how many were paused; one that can't be analysed costs no other its turn."""
    running = Experiment.objects.running().filter(source=Source.LIVE).select_related("store").order_by("pk")
    return sum(pause_if_harmed(experiment, now) for experiment in running)


def pause_if_harmed(experiment: Experiment, now: datetime) -> bool:
    """Watch one test, and say whether that has paused it."""
    try:
        return act_on_figures(experiment, now)
    except Exception:
        logger.exception("The guardrails of %s can't be watched", experiment.key)
        return False


def act_on_figures(experiment: Experiment, now: datetime) -> bool:
    """Act on what the figures say: pause on harm, else take the next step of the ramp plan when it is due."""
    report = snapshots.analyse(experiment, with_cuped=False, now=now)
    is_split_broken = note_sample_ratio(experiment, report, now)
    found = breaches(experiment, report, now)
    fresh = [breach for breach in found if not is_known(experiment, AuditAction.GUARDRAIL, breach)]
    for breach in fresh:
        note(experiment, AuditAction.GUARDRAIL, breach, now)
    if fresh and experiment.is_pausing_on_harm:
        lifecycle.pause(experiment=experiment, actor=ACTOR, reason=" ".join(breach.text for breach in fresh))
        return True
    if not found and not is_split_broken:
        lifecycle.step_ramp(experiment=experiment, now=now)
    return False


def note_sample_ratio(experiment: Experiment, report: Report, now: datetime) -> bool:
    """Whether visitors are split otherwise than planned; said once."""
    p_value = report.health.sample_ratio.always_valid_p_value
    if p_value is None or p_value >= SAMPLE_RATIO_ALARM:
        return False
    text = (
        f"Visitors are not split as planned (p {formatting.p_value(p_value)}): find the cause before reading results."
    )
    breach = Breach("sample_ratio", "", text)
    if not is_known(experiment, AuditAction.SAMPLE_RATIO, breach):
        note(experiment, AuditAction.SAMPLE_RATIO, breach, now)
    return True


def breaches(experiment: Experiment, report: Report, now: datetime) -> list[Breach]:
    """The guardrails that are crossed; none while it is too early to say."""
    first = report.first_exposed_at
    fewest_buyers = min((variant.buyers for variant in report.variants), default=0)
    if first is None or now - first < FIRST_DAY or fewest_buyers < BUYERS_NEEDED:
        return []
    return [*metric_breaches(report), *technical_breaches(experiment, report)]


def metric_breaches(report: Report) -> Iterator[Breach]:
    """The test's own guardrails, and refunds also where they are none: harm where the whole always-valid interval is
    past the margin."""
    harmed = [one for one in report.guardrails if one.is_harm_certain]
    guarded = {one.metric for one in report.guardrails}
    if Metric.REFUNDED_SHARE not in guarded:
        refunds = (result for result in report.metrics if result.metric == Metric.REFUNDED_SHARE)
        harmed += [one for one in (guardrail_of(result, REFUND_MARGIN) for result in refunds) if one.is_harm_certain]
    for one in harmed:
        bounds = anytime_of(report.metric(one.metric, one.variant))
        best = (bounds.low if one.is_lower_better else bounds.high) if bounds else None
        at_best = wording.change(best or 0.0, is_in_points=one.is_in_points)
        words = f"{one.label.lower()} changed by {at_best} at best, and {wording.margin(one)} is allowed."
        yield Breach(one.metric, one.variant, f"{name_of(report, one.variant)}: {words}")


def technical_breaches(experiment: Experiment, report: Report) -> Iterator[Breach]:
    """Errors and skipped offers, as shares of visitors: harm where a treatment surely has many more than control."""
    rows = {row.variant: row for row in report.funnel}
    control = next((variant for variant in report.variants if variant.is_control), None)
    for variant in report.variants:
        if control is None or variant.is_control:
            continue
        for kind, label in ((EventType.ERROR, "errors"), (EventType.SKIPPED, "skipped offers")):
            arms = share_with(rows[control.key], kind), share_with(rows[variant.key], kind)
            if surely_above(*arms, experiment, treatments=len(report.variants) - 1):
                shares = [formatting.percent(arm.rate or 0.0) for arm in arms]
                words = f"{label} for {shares[1]} of visitors, and {shares[0]} of control's."
                yield Breach(kind.value, variant.key, f"{variant.name}: {words}")


def share_with(row: FunnelRow, kind: EventType) -> Proportion:
    """The visitors of a variant with such an event, among those who were exposed or skipped."""
    among = row.exposed + (row.visitors[kind] if kind == EventType.SKIPPED else 0)
    return Proportion(min(row.visitors[kind], among), among)


def surely_above(control: Proportion, treatment: Proportion, experiment: Experiment, *, treatments: int) -> bool:
    """Whether the treatment's share is above control's by more than the margin, at every look at once."""
    result = confidence_sequence(
        compare_proportions(control, treatment),
        n=control.n + treatment.n,
        n_star=experiment.planned_sample or PLANNED_VISITORS,
        alpha=experiment.alpha / treatments,
    )
    return result.low is not None and result.low > TECHNICAL_MARGIN


def name_of(report: Report, key: str) -> str:
    """A variant's name."""
    variants: dict[str, VariantCounts] = {variant.key: variant for variant in report.variants}
    return variants[key].name


def is_known(experiment: Experiment, action: AuditAction, breach: Breach) -> bool:
    """Whether the same was noted before."""
    return experiment.audit_entries.filter(
        action=action, detail__metric=breach.metric, detail__variant=breach.variant
    ).exists()


def note(experiment: Experiment, action: AuditAction, breach: Breach, now: datetime) -> None:
    """Keep a breach in the audit trail, from where it is told to whoever wants to know."""
    audit.record(
        store=experiment.store,
        experiment=experiment,
        action=action,
        actor=ACTOR,
        reason=breach.text,
        detail=asdict(breach),
        at=now,
    )
