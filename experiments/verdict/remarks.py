"""What one should know beside a verdict: refunds, orders that may still come, and what the cart's value explains."""

from collections.abc import Iterator

from django.utils.translation import gettext as _

from experiments import formatting
from experiments.models import Metric
from experiments.report import MetricResult, Rule, State
from experiments.verdict.evidence import Evidence


def remarks(evidence: Evidence) -> list[Rule]:
    """What one should know beside the verdict; none of it changes the verdict."""
    return [*refunds(evidence), immature(evidence), *adjustment(evidence)]


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
    """What the cart's value explains."""
    used = evidence.adjustment
    if not used.is_used or used.variance_reduction is None or used.visitors_multiple is None:
        return
    share = formatting.chosen_percent(round(used.variance_reduction, 2))
    yield Rule(
        code="adjustment",
        state="pass",
        text=_("Cart value explains %(share)s of variance") % {"share": share},
        detail=_("like %(multiple)s times the visitors") % {"multiple": f"{used.visitors_multiple:.1f}"},
        figure=used.variance_reduction,
    )
