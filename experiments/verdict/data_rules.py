"""The rules about the data: whether it can be trusted, and whether there is enough of it to read."""

from collections.abc import Iterator

from django.utils.translation import gettext as _

from experiments import formatting, wording
from experiments.plan.thresholds import BALANCE_ALARM, CONFLICTING_ALARM, DAYS_NEEDED, GAP_ALARM, SAMPLE_RATIO_ALARM
from experiments.report import Rule, State
from experiments.verdict.evidence import Evidence


def trust(evidence: Evidence) -> list[Rule]:
    """Whether the data can be trusted: a rule that fails blocks the verdict."""
    # the split first: where several rules fail, the headline names the first, and a broken split explains the others
    rules = [sample_ratio(evidence), conflicting(evidence)]
    if evidence.is_imported:
        # a file has one row per unit and often no times, so its segments and days prove nothing about tracking
        return rules
    return [*rules, *segment_ratios(evidence), *balance(evidence), gaps(evidence)]


def size(evidence: Evidence) -> list[Rule]:
    """Whether there is enough to read."""
    if evidence.is_imported:
        # without times of exposure all units share one instant, and the test would seem to be over in no time
        return [buyers(evidence)]
    return [buyers(evidence), days(evidence)]


def sample_ratio(evidence: Evidence) -> Rule:
    """Visitors are split as the weights say.

    The weights of an imported test are only a guess unless they were told, so an uneven split is a warning there and no
    failure.
    """
    p_value = evidence.health.sample_ratio.corrected_p_value
    if p_value is None:
        return Rule(code="sample_ratio", state="info", text=_("Traffic split not checked yet"), detail=_("no visitors"))
    state, text = sample_ratio_words(evidence, p_value)
    return Rule(
        code="sample_ratio",
        state=state,
        text=text,
        detail=_("sample ratio mismatch: p %(p_value)s") % {"p_value": formatting.p_value(p_value)},
        figure=p_value,
        threshold=SAMPLE_RATIO_ALARM,
    )


def sample_ratio_words(evidence: Evidence, p_value: float) -> tuple[State, str]:
    """The state of the split, and a sentence for it."""
    if evidence.health.sample_ratio.is_alarming:
        return "fail", _("Traffic is not split as planned")
    if p_value < SAMPLE_RATIO_ALARM:
        # nobody told the weights of this imported test: equal ones are a guess, and a guess can't fail a test
        return "warn", _("Traffic is not split evenly. Ignore this only if that was planned")
    if not evidence.experiment.is_split_known:
        return "pass", _("Traffic is split evenly")
    return "pass", _("Traffic is split as planned")


def segment_ratios(evidence: Evidence) -> Iterator[Rule]:
    """The worst split within a device, country or kind of customer: a hint at the cause of a mismatch."""
    alarming = [check for check in evidence.health.segment_ratios if check.is_alarming]
    if not alarming:
        return
    # only the worst: a broken browser shows in its device and in its country, and one hint is enough to look there
    worst = min(alarming, key=lambda check: check.corrected_p_value or 0.0)
    text = _("Traffic is not split as planned for %(dimension)s %(value)s")
    detail = _("sample ratio mismatch: p %(p_value)s, %(count)s in all")
    p_value = formatting.p_value(worst.corrected_p_value or 0.0)
    yield Rule(
        code="segment_ratio",
        # a warning and no failure: of many segments one is uneven by chance more easily than the whole test
        state="warn",
        text=text % {"dimension": worst.dimension.replace("_", " "), "value": worst.value},
        detail=detail % {"p_value": p_value, "count": len(alarming)},
        figure=worst.corrected_p_value,
        threshold=SAMPLE_RATIO_ALARM,
    )


def balance(evidence: Evidence) -> Iterator[Rule]:
    """Carts that differed before the offer could change them: whoever is in which variant isn't chance alone."""
    currency = evidence.experiment.store.currency
    for check in evidence.health.balance:
        if not check.is_alarming:
            continue
        text = _("Carts differ before the offer is seen. Check that the cart's value is sent as it was at exposure")
        detail = _("%(treatment)s on average, %(control)s in control: p %(p_value)s")
        yield Rule(
            code="balance",
            # no failure: a shop that sends the cart's value too late breaks the check and not the test
            state="warn",
            text=evidence.titled(check.variant, text),
            detail=detail
            % {
                "treatment": formatting.money(check.treatment, currency),
                "control": formatting.money(check.control, currency),
                "p_value": formatting.p_value(check.corrected_p_value),
            },
            figure=check.corrected_p_value,
            threshold=BALANCE_ALARM,
            variant=check.variant,
        )


def conflicting(evidence: Evidence) -> Rule:
    """Hardly any visitor saw two variants."""
    # no share where nobody was exposed yet: then nobody saw two variants either
    share = evidence.health.conflicting_share or 0.0
    state: State = "pass"
    text = _("Visitors stay in their variant")
    if share > CONFLICTING_ALARM:
        state, text = "fail", _("Too many visitors saw two variants")
    return Rule(
        code="conflicting",
        state=state,
        text=text,
        detail=_("%(share)s saw two variants") % {"share": formatting.percent(share)},
        figure=share,
        threshold=CONFLICTING_ALARM,
    )


def gaps(evidence: Evidence) -> Rule:
    """Exposures came in on every day that the test ran."""
    share = evidence.health.gap_share or 0.0
    lost_days, silent_days = len(evidence.health.gap_days), evidence.health.silent_days
    state: State = "pass"
    text, detail = _("Exposures on every day"), _("no gaps")
    if silent_days:
        state, text = "warn", _("Exposures have stopped coming in")
        detail = without_exposures(silent_days)
    # lost days are named before silent ones: silence may be the end of a campaign, a hole between two days isn't
    if lost_days:
        state, text = "warn", _("Tracking has gaps")
        detail = without_exposures(lost_days)
    if share > GAP_ALARM:
        state = "fail"
    return Rule(code="gaps", state=state, text=text, detail=detail, figure=share, threshold=GAP_ALARM)


def without_exposures(days: int) -> str:
    return _("%(days)s without exposures") % {"days": wording.days(days)}


def buyers(evidence: Evidence) -> Rule:
    """There are enough orders to say anything."""
    # of the smallest variant: a comparison is as uncertain as the smaller of its two sides
    state: State = "warn"
    if evidence.fewest_buyers >= evidence.buyers_needed:
        state = "pass"
    return Rule(
        code="buyers",
        state=state,
        text=_("At least %(count)s buyers in every variant") % {"count": evidence.buyers_needed},
        detail=_("%(count)s in the smallest variant") % {"count": formatting.count(evidence.fewest_buyers)},
        figure=evidence.fewest_buyers,
        threshold=evidence.buyers_needed,
    )


def days(evidence: Evidence) -> Rule:
    """The test ran for a whole week."""
    state: State = "warn"
    if evidence.days >= DAYS_NEEDED:
        state = "pass"
    return Rule(
        code="days",
        state=state,
        text=_("At least %(days)s days") % {"days": DAYS_NEEDED},
        detail=_("%(days)s days") % {"days": formatting.decimal(evidence.days, 1)},
        figure=evidence.days,
        threshold=DAYS_NEEDED,
    )
