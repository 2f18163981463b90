"""The four figures at the top: order value, revenue per visitor, what that is a month, and the guardrail."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from django.utils.translation import gettext as _

from dashboard.report.effects import effect_of
from dashboard.templatetags import figures
from dashboard.templatetags import wording as words
from experiments import formatting, wording
from experiments.models import Metric
from experiments.report import Guardrail, MetricResult, MonthlyEffect, Report
from experiments.report.selection import first_of_variant, of_variant

GUARDRAIL_TONES = {"holds": "good", "harmed": "bad", "unproven": "warn"}


@dataclass(frozen=True)
class KeyFigure:
    """A figure at the top of the report.

    - ``tone``: ``good``, ``bad`` or empty; ``state``: the tone of the first detail, which may also be ``warn``.
    - ``note``: why a number is missing, or differs from the others; ``unit``: stands small behind the number.
    """

    label: str
    text: str
    tone: str
    details: list[str]
    note: str = ""
    unit: str = ""
    state: str = ""


def key_figures(report: Report, variant: str) -> list[KeyFigure]:
    """Return a treatment's figures, order value first: it is what an upsell moves."""
    results = {result.metric: result for result in of_variant(report.metrics, variant)}
    shown = []
    for metric in (Metric.AOV, Metric.RPV):
        if metric in results:
            shown.append(metric_figure(results[metric], report.currency))
    shown.append(monthly_figure(first_of_variant(report.monthly, variant), report.currency))
    shown += guarding_figures(report, variant, results)
    return shown


def guarding_figures(report: Report, variant: str, results: Mapping[str, MetricResult]) -> list[KeyFigure]:
    """Return the treatment's guardrail, else its conversion; none where that isn't known either."""
    guardrail = guardrail_of(report, variant)
    if guardrail and guardrail.metric in results:
        return [guardrail_figure(results[guardrail.metric], guardrail, report.currency)]
    if Metric.CONVERSION in results:
        return [metric_figure(results[Metric.CONVERSION], report.currency)]
    return []


def guardrail_of(report: Report, variant: str) -> Guardrail | None:
    """Return the treatment's guardrail to show: conversion, else the first; None where nothing guards."""
    guardrails = of_variant(report.guardrails, variant)
    for guardrail in guardrails:
        if guardrail.metric == Metric.CONVERSION:
            return guardrail
    return next(iter(guardrails), None)


def metric_figure(result: MetricResult, currency: str) -> KeyFigure:
    """Return a metric's effect with the values it compares."""
    effect = effect_of(result)
    details = [compared(result, currency)]
    note = words.reason(result.main.unavailable)  # a dash is never left without its reason
    if effect.interval:
        details.append(effect.range_text)
        note = observed_note(result)
    return KeyFigure(label=result.label, text=effect.text, tone=effect.tone, details=details, note=note)


def observed_note(result: MetricResult) -> str:
    """Say what the values show where that is the opposite of the lift, as can happen by the cap and by CUPED."""
    lift, control, treatment = result.main.lift, result.control.value, result.treatment.value
    if result.is_in_points or lift is None or not control or treatment is None:
        return ""
    observed = (treatment - control) / abs(control)
    if observed * lift.estimate >= 0:  # the same direction: nothing that would surprise
        return ""
    return _("%(lift)s observed, before cap and CUPED") % {"lift": formatting.lift(observed)}


def compared(result: MetricResult, currency: str) -> str:
    """Write the values of control and treatment: ``€4.21 → €4.52``."""
    like = figures.scale(result)  # both values with the same decimals
    control = formatting.measured(result.control.value, result.unit, currency, like)
    treatment = formatting.measured(result.treatment.value, result.unit, currency, like)
    return f"{control} → {treatment}"


def guardrail_figure(result: MetricResult, guardrail: Guardrail, currency: str) -> KeyFigure:
    """Return a guardrail's effect, and whether it stays within its margin."""
    figure = metric_figure(result, currency)
    tone = ""
    if guardrail.state == "harmed":
        tone = "bad"
    return replace(
        figure,
        label=_("Guardrail: %(metric)s") % {"metric": result.label.lower()},
        tone=tone,
        details=[guardrail_text(guardrail, currency), *reversed(figure.details)],
        state=GUARDRAIL_TONES[guardrail.state],
    )


def guardrail_text(guardrail: Guardrail, currency: str) -> str:
    """Say how a guardrail stands: ``Holds: above -2%``."""
    limit = {"margin": wording.margin_of(guardrail, currency)}
    if guardrail.margin > 0:  # the metric is better when lower: a rise does harm
        texts = {
            "holds": _("Holds: below %(margin)s"),
            "harmed": _("Harmed: above the margin of %(margin)s"),
            "unproven": _("Not proven: below %(margin)s"),
        }
    else:
        texts = {
            "holds": _("Holds: above %(margin)s"),
            "harmed": _("Harmed: below the margin of %(margin)s"),
            "unproven": _("Not proven: above %(margin)s"),
        }
    return texts[guardrail.state] % limit


def monthly_figure(monthly: MonthlyEffect | None, currency: str) -> KeyFigure:
    """Return what the treatment would earn a month if every visitor got it."""
    label = _("At 100% traffic")
    if monthly is None or monthly.amount is None:
        note = _("Needs revenue in every variant and a day of traffic.")
        return KeyFigure(label, formatting.MISSING, "", [], note=note)
    details = [formatting.money_range(monthly.amount, currency)]
    if monthly.expected_loss_minor is not None:
        loss = formatting.money(monthly.expected_loss_minor, currency)
        details.append(_("Expected loss %(amount)s") % {"amount": loss})
    amount = formatting.signed_money(monthly.amount.estimate, currency)
    return KeyFigure(label, amount, figures.tone(monthly.amount), details, unit=_("/ month"))
