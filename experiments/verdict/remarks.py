"""What one should know beside a verdict: refunds, orders that may still come, and what the cart's value explains."""

from collections.abc import Iterator

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from experiments import formatting, wording
from experiments.models import Metric
from experiments.plan.thresholds import DELAY_ALARM
from experiments.report import MetricResult, Rule, State
from experiments.verdict.evidence import Evidence


def remarks(evidence: Evidence) -> list[Rule]:
    """What one should know beside the verdict; none of it changes the verdict."""
    return [*refunds(evidence), *maturity(evidence), *arm_delays(evidence), *reserve(evidence), *adjustment(evidence)]


def refunds(evidence: Evidence) -> Iterator[Rule]:
    """Whether a treatment has more refunds, where refunds are no guardrail anyway."""
    for result in evidence.metrics:
        # a guardrail on refunds has a rule with a margin already, and a second one would contradict it
        if result.metric == Metric.REFUNDED_SHARE and result.role != "guardrail" and result.main.p_value is not None:
            yield refunds_of(evidence, result)


def refunds_of(evidence: Evidence, result: MetricResult) -> Rule:
    """Whether a treatment has more refunds than control, beyond chance."""
    difference, p_value = result.main.difference, result.corrected_p_value
    state: State = "pass"
    detail = _("no significant difference; %(share)s of visitors may still order or return")
    if p_value is not None and p_value < evidence.experiment.alpha and difference is not None:
        detail = _("fewer; %(share)s of visitors may still order or return")
        if difference.estimate > 0:
            state, detail = "warn", _("more; %(share)s of visitors may still order or return")
    open_share = formatting.percent(evidence.health.immature_share or 0.0)
    return Rule(
        code="refunds",
        state=state,
        text=evidence.titled(result.variant, _("Refunds")),
        detail=detail % {"share": open_share},
        figure=p_value,
        threshold=evidence.experiment.alpha,
        variant=result.variant,
    )


def maturity(evidence: Evidence) -> Iterator[Rule]:
    """Which visitors count; where all do, how many may still order."""
    mature = evidence.maturity
    if mature is None:
        yield immature(evidence)
        return
    text = _("Visitors count %(time)s after their exposure, when nearly all of their orders are in")
    if not mature.is_known:
        text = _("Visitors count %(time)s after their exposure, because it isn't known yet how long orders take")
    shown = formatting.percent(mature.share or 0.0)
    yield Rule(
        code="maturity",
        state="info",
        text=text % {"time": wording.hours(mature.hours)},
        detail=_("%(share)s of visitors count, up to %(day)s")
        % {"share": shown, "day": date_format(mature.last_day, "MONTH_DAY_FORMAT")},
        figure=mature.share,
    )


def arm_delays(evidence: Evidence) -> Iterator[Rule]:
    """Whether an offer makes people buy sooner or later: then results would be wrong while orders are still coming."""
    mature = evidence.maturity
    if mature is None or mature.p_value is None or mature.p_value >= DELAY_ALARM:
        return
    times = []
    for arm in mature.arms:
        text = _("%(variant)s %(time)s") % {"variant": evidence.name(arm.variant), "time": wording.hours(arm.hours)}
        times.append(text)
    yield Rule(
        code="arm_delays",
        state="warn",
        text=_("Orders take longer in one variant than in another"),
        detail=_("90%% of order value is in after: %(times)s") % {"times": wording.listed(times)},
        figure=mature.p_value,
        threshold=DELAY_ALARM,
    )


def reserve(evidence: Evidence) -> Iterator[Rule]:
    """Refunds that are still to come, which the results have taken off; or that nobody knows how many will."""
    mature = evidence.maturity
    if mature is None:
        return
    if not mature.is_refund_known:
        yield Rule(
            code="reserve",
            state="info",
            text=_("Refunds aren't known yet"),
            detail=_("no visitors have been in the test long enough to tell"),
        )
        return
    currency = evidence.experiment.store.currency
    for refunds_of_variant in mature.open_refunds:
        expected = formatting.money(refunds_of_variant.amount_minor, currency)
        yield Rule(
            code="reserve",
            state="info",
            text=_("%(variant)s: %(amount)s in refunds is still expected, and already subtracted")
            % {"variant": evidence.name(refunds_of_variant.variant), "amount": expected},
            detail=_("%(share)s of order value in the end") % {"share": formatting.percent(refunds_of_variant.rate)},
            figure=refunds_of_variant.amount_minor,
            variant=refunds_of_variant.variant,
        )


def immature(evidence: Evidence) -> Rule:
    """Orders and refunds of the last visitors may still come."""
    # no failure: open windows are in both arms alike, so the comparison is fair, only smaller than it will be
    share = evidence.health.immature_share or 0.0
    state: State = "pass"
    text = _("All attribution windows have closed")
    if share:
        state, text = "info", _("Some visitors may still order")
    detail = _("%(share)s of visitors") % {"share": formatting.percent(share)}
    return Rule(code="immature", state=state, text=text, detail=detail, figure=share)


def adjustment(evidence: Evidence) -> Iterator[Rule]:
    """What was known at exposure explains."""
    used = evidence.adjustment
    if not used.is_used or used.variance_reduction is None or used.visitors_multiple is None:
        return
    share = formatting.chosen_percent(round(used.variance_reduction, 2))
    yield Rule(
        code="adjustment",
        state="pass",
        text=_("The adjustment explains %(share)s of variance") % {"share": share},
        detail=_("by %(covariates)s: like %(multiple)s times the visitors")
        % {
            "covariates": wording.covariates(used.covariates),
            "multiple": formatting.decimal(used.visitors_multiple, 1),
        },
        figure=used.variance_reduction,
    )
