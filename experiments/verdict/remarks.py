"""What one should know beside a verdict: refunds, orders that may still come, and what the cart's value explains."""

from collections.abc import Iterator

from experiments import wording
from experiments.models import Metric
from experiments.report import Rule
from experiments.verdict.evidence import Evidence


def remarks(evidence: Evidence) -> list[Rule]:
    """What one should know beside it."""
    return [*refunds(evidence), immature(evidence), *adjustment(evidence)]


def refunds(evidence: Evidence) -> Iterator[Rule]:
    """Refunds, where they are no guardrail anyway: whether a treatment has more."""
    open_share = wording.percent(evidence.health.immature_share or 0.0)
    for result in evidence.metrics:
        if result.metric != Metric.REFUNDED_SHARE or result.role == "guardrail" or result.main.p_value is None:
            continue
        difference, p_value = result.main.difference, result.corrected_p_value
        is_clear = p_value is not None and p_value < evidence.experiment.alpha and difference is not None
        is_worse = is_clear and difference is not None and difference.estimate > 0
        words = "more" if is_worse else "fewer" if is_clear else "no difference"
        yield Rule(
            code="refunds",
            state="warn" if is_worse else "pass",
            text=evidence.titled(result.variant, "Refunds"),
            detail=f"{words}, {open_share} of visitors may still order or return",
            figure=p_value,
            threshold=evidence.experiment.alpha,
            variant=result.variant,
        )


def immature(evidence: Evidence) -> Rule:
    """Orders and refunds of the last visitors may still come."""
    share = evidence.health.immature_share or 0.0
    text = "Visitors may still order" if share else "All visitors had their time to order"
    return Rule(
        code="immature",
        state="info" if share else "pass",
        text=text,
        detail=f"{wording.percent(share)} open",
        figure=share,
    )


def adjustment(evidence: Evidence) -> Iterator[Rule]:
    """What the cart's value explains."""
    one = evidence.adjustment
    if one.is_used and one.variance_reduction is not None and one.visitors_multiple is not None:
        yield Rule(
            code="adjustment",
            state="pass",
            text=f"Cart value explains {wording.whole_percent(round(one.variance_reduction, 2))} of variance",
            detail=f"as if {one.visitors_multiple:.1f} times the visitors",
            figure=one.variance_reduction,
        )
