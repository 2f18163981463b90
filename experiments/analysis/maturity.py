"""Which visitors a report reads, and what it says about how long outcomes take."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from experiments.analysis import refunds
from experiments.analysis.looks.plan_progress import PlanProgress
from experiments.analysis.looks.taken import NOISE_WORTH_WAITING, REFUND_ENDS
from experiments.analysis.refunds import Daily
from experiments.analysis.sample import Sample
from experiments.models import Experiment, PlanVersion, Source
from experiments.plan.maturity import AGES, DAY, Maturity, last_mature_day
from experiments.reading.facts import Facts
from experiments.report import ArmDelay, MaturityReport, OpenRefunds

MOST_ARRIVED = 0.9  # of the order value: by when it has come tells quick arms from slow ones in words


def maturity_of(experiment: Experiment, facts: Facts, now: datetime) -> Maturity | None:
    """Return which visitors count; ``None`` where all do: in tests that were run elsewhere, and by daily plans."""
    if experiment.source == Source.IMPORTED or experiment.plan_version < PlanVersion.WEEKLY:
        return None
    window_hours = experiment.attribution_window_days * DAY
    known = experiment.delays.get("hours")
    hours = window_hours
    if known is not None:
        hours = min(known, window_hours)
    last_day = last_mature_day(now, hours, experiment.days_zone)
    days = 0
    if facts.first_exposed_at is not None and facts.last_exposed_at is not None:
        # a day without traffic after the last exposure is no day of the test
        until = min(last_day, experiment.exposure_day(facts.last_exposed_at))
        days = max((until - experiment.exposure_day(facts.first_exposed_at)).days + 1, 0)
    return Maturity(hours=hours, is_known=known is not None, last_day=last_day, days=days)


def maturity_report(state: PlanProgress, daily: Daily) -> MaturityReport | None:
    """Return what the report says about it; ``None`` where everybody counts."""
    sample = state.sample
    maturity, experiment = sample.maturity, sample.experiment
    if maturity is None:
        return None
    exposed = sum(aggregate.visitors for aggregate in sample.exposed.values())
    share = None
    if exposed:
        share = sample.visitors / exposed
    return MaturityReport(
        hours=maturity.hours,
        is_known=maturity.is_known,
        last_day=maturity.last_day,
        days=maturity.days,
        visitors=sample.visitors,
        share=share,
        orders=experiment.delays.get("orders", 0),
        arms=arm_delays(experiment.delays.get("arms", {})),
        p_value=experiment.delays.get("p_value"),
        open_refunds=open_refunds(sample),
        is_refund_known=experiment.delays.get("is_refund_known", False),
        refunds_settled_on=refunds_settled_on(state, daily, maturity.last_day),
    )


def open_refunds(sample: Sample) -> list[OpenRefunds]:
    """Return what is still to be paid back of each variant's orders."""
    found = []
    for variant, reserve in sample.reserves.items():
        room = REFUND_ENDS * reserve.error
        refunds_of_variant = OpenRefunds(
            variant=variant,
            amount_minor=reserve.amount,
            low_minor=max(reserve.amount - room, 0.0),
            high_minor=min(reserve.amount + room, reserve.open_value),
            rate=reserve.rate,
        )
        found.append(refunds_of_variant)
    return found


def refunds_settled_on(state: PlanProgress, daily: Daily, last_day: date) -> date | None:
    """Return by when the refunds that a test waits for are settled; ``None`` where none are waited for."""
    if not state.scheduled or not state.scheduled[-1].is_waiting:
        return None
    noise = max((goal.outer_noise for goal in state.goals.values()), default=0.0)
    if not noise:
        return None
    sample = state.sample
    cohorts = refunds.cohorts_by_arm(daily, last_day, sample.experiment.days_zone)
    shrinking = NOISE_WORTH_WAITING / noise
    return refunds.settled_on(cohorts, sample.observed, sample.experiment.delays, now=state.now, shrinking=shrinking)


def arm_delays(arms: Mapping[str, Sequence[float]]) -> list[ArmDelay]:
    """Return by when most of each arm's order value has arrived."""
    delays = []
    for variant, shares in arms.items():
        hours = AGES[len(shares) - 1]
        for age, share in zip(AGES, shares, strict=False):
            if share >= MOST_ARRIVED:
                hours = age
                break
        delays.append(ArmDelay(variant=variant, hours=hours))
    return delays
