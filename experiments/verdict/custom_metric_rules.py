"""What a store's own metrics say beside a verdict: whether an offer only takes the place of something else."""

from collections.abc import Iterator

from django.utils.translation import gettext as _

from experiments import wording
from experiments.models.custom_metric import PREFIX
from experiments.report import MetricResult, Rule, State
from experiments.verdict.evidence import Evidence


def custom_metrics(evidence: Evidence) -> Iterator[Rule]:
    """Whether each of the store's own metrics changed, where that can be told; none of it changes the verdict."""
    for result in evidence.metrics:
        if result.metric.startswith(PREFIX) and result.corrected_p_value is not None:
            yield custom_metric(evidence, result)


def custom_metric(evidence: Evidence, result: MetricResult) -> Rule:
    """Whether one of them changed, by the p-value that is corrected for all metrics that aren't the goal."""
    difference, p_value = result.main.difference, result.corrected_p_value
    state: State = "pass"
    detail = _("no significant difference")
    if p_value is not None and p_value < evidence.experiment.alpha and difference is not None:
        state = "info"
        detail = wording.effect("It", result, evidence.experiment.store.currency)
        # What an offer displaces falls; a rise is no fault.
        if difference.estimate < 0:
            state = "warn"
    return Rule(
        code="custom_metric",
        state=state,
        text=evidence.titled(result.variant, result.label),
        detail=detail,
        figure=p_value,
        threshold=evidence.experiment.alpha,
        variant=result.variant,
    )
