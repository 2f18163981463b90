"""The rules about the data: whether it can be trusted, and whether there is enough of it to read."""

from collections.abc import Iterator

from experiments import wording
from experiments.analysis.health import CONFLICTING_ALARM, GAP_ALARM
from experiments.analysis.sample_ratio import SAMPLE_RATIO_ALARM
from experiments.report import Rule, State
from experiments.verdict.evidence import DAYS_NEEDED, Evidence


def trust(evidence: Evidence) -> list[Rule]:
    """Whether the data can be trusted: one that fails blocks the verdict."""
    rules = [sample_ratio(evidence), conflicting(evidence)]
    return rules if evidence.is_imported else [*rules, *segment_ratios(evidence), gaps(evidence)]


def size(evidence: Evidence) -> list[Rule]:
    """Whether there is enough to read."""
    return [buyers(evidence)] if evidence.is_imported else [buyers(evidence), days(evidence)]


def sample_ratio(evidence: Evidence) -> Rule:
    """Visitors are split as the weights say; an imported test's weights aren't known, so even is only a guess."""
    check = evidence.health.sample_ratio
    if check.p_value is None:
        return Rule(code="sample_ratio", state="info", text="Traffic split not checked yet", detail="no visitors")
    state: State = "pass"
    text = "Traffic split evenly" if evidence.is_imported else "Traffic split as planned"
    if check.is_alarming:
        state, text = "fail", "Traffic is not split as planned"
    elif check.p_value < SAMPLE_RATIO_ALARM:
        state, text = "warn", "Traffic is not split evenly: read on only if that was planned"
    return Rule(
        code="sample_ratio",
        state=state,
        text=text,
        detail=f"SRM p {wording.p_value(check.p_value)}",
        figure=check.p_value,
        threshold=SAMPLE_RATIO_ALARM,
    )


def segment_ratios(evidence: Evidence) -> Iterator[Rule]:
    """A split that is off within a device, country or kind of customer, the worst one: a hint at the cause."""
    alarming = [check for check in evidence.health.segment_ratios if check.is_alarming]
    for check in sorted(alarming, key=lambda one: one.corrected_p_value or 0.0)[:1]:
        yield Rule(
            code="segment_ratio",
            state="warn",
            text=f"Traffic is not split as planned for {check.dimension.replace('_', ' ')} {check.value}",
            detail=f"SRM p {wording.p_value(check.corrected_p_value or 0.0)}, {len(alarming)} such in all",
            figure=check.corrected_p_value,
            threshold=SAMPLE_RATIO_ALARM,
        )


def conflicting(evidence: Evidence) -> Rule:
    """Hardly anybody was seen in two variants."""
    share = evidence.health.conflicting_share or 0.0
    is_broken = share > CONFLICTING_ALARM
    return Rule(
        code="conflicting",
        state="fail" if is_broken else "pass",
        text="Too many visitors were seen in two variants" if is_broken else "Visitors stay in their variant",
        detail=f"{wording.percent(share)} seen in two",
        figure=share,
        threshold=CONFLICTING_ALARM,
    )


def gaps(evidence: Evidence) -> Rule:
    """Exposures came in on every day that the test ran."""
    share, lost = evidence.health.gap_share or 0.0, len(evidence.health.gap_days)
    silent = evidence.health.silent_days
    state: State = "fail" if share > GAP_ALARM else "warn" if lost or silent else "pass"
    text = "Tracking has gaps" if lost else "No exposures come in any more" if silent else "Exposures came in every day"
    detail = f"{wording.days(lost or silent)} without exposures" if lost or silent else "no gap"
    return Rule(code="gaps", state=state, text=text, detail=detail, figure=share, threshold=GAP_ALARM)


def buyers(evidence: Evidence) -> Rule:
    """There are orders enough to say anything."""
    is_enough = evidence.fewest_buyers >= evidence.buyers_needed
    return Rule(
        code="buyers",
        state="pass" if is_enough else "warn",
        text=f"At least {evidence.buyers_needed} buyers in every variant",
        detail=f"{evidence.fewest_buyers:,} in the smallest",
        figure=evidence.fewest_buyers,
        threshold=evidence.buyers_needed,
    )


def days(evidence: Evidence) -> Rule:
    """It ran for a whole week."""
    return Rule(
        code="days",
        state="pass" if evidence.days >= DAYS_NEEDED else "warn",
        text=f"At least {DAYS_NEEDED} days",
        detail=f"{evidence.days:.1f} days",
        figure=evidence.days,
        threshold=DAYS_NEEDED,
    )
