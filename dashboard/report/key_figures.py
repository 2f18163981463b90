"""The four figures at the top: order value, revenue per visitor, what that is a month, and the guardrail."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dashboard.report.effects import effect_of
from dashboard.templatetags import figures
from dashboard.templatetags import wording as words
from experiments import formatting, wording
from experiments.models import Metric
from experiments.report import Guardrail, MetricResult, Report
from experiments.report.selection import first_of_variant, money_withheld, of_variant

WITHHELD = {
    "undecided": gettext_lazy("Shown when the test is decided."),
    "depends": gettext_lazy("Not shown: the result depends on the adjustment."),
}


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
    shown.append(monthly_figure(report, variant))
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
    """Return a metric's effect with the values that it is between."""
    effect = effect_of(result)
    details = [compared(result, currency)]
    note = words.reason(result.shown.unavailable)  # a dash is never left without its reason
    if effect.interval:
        details.append(effect.range_text)
        note = ""
    return KeyFigure(label=result.label, text=effect.text, tone=effect.tone, details=details, note=note)


def compared(result: MetricResult, currency: str) -> str:
    """Write the values of control and treatment: ``€4.21 → €4.52``."""
    like = figures.scale(result)  # both values with the same decimals
    control = formatting.measured(result.shown.control, result.unit, currency, like)
    treatment = formatting.measured(result.shown.treatment, result.unit, currency, like)
    return f"{control} → {treatment}"


def guardrail_figure(result: MetricResult, guardrail: Guardrail, currency: str) -> KeyFigure:
    """Return a guardrail's effect, and what harm can be ruled out."""
    figure = metric_figure(result, currency)
    tone = ""
    if guardrail.is_harm_certain:
        tone = "bad"
    return replace(
        figure,
        label=_("Guardrail: %(metric)s") % {"metric": result.label.lower()},
        tone=tone,
        details=[guardrail_text(guardrail, currency), compared(result, currency)],
        state=guardrail_tone(guardrail),
    )


def guardrail_text(guardrail: Guardrail, currency: str) -> str:
    """Say what is known of a guardrail: ``A loss above 5.8% is excluded``."""
    if guardrail.is_harm_certain:
        return _("Past the margin of %(margin)s") % {"margin": wording.margin_of(guardrail, currency)}
    text = wording.excluded(guardrail, currency)
    return f"{text[:1].upper()}{text[1:]}"


def guardrail_tone(guardrail: Guardrail) -> str:
    """Return how a guardrail's state is colored; without a color where its margin can't be ruled out yet."""
    if guardrail.is_harm_certain:
        return "bad"
    if guardrail.is_worse:
        return "warn"
    if guardrail.is_margin_excluded:
        return "good"
    return ""


def monthly_figure(report: Report, variant: str) -> KeyFigure:
    """Return what the treatment would earn a month if every visitor got it; no amount while nothing is decided."""
    label = _("At 100% traffic")
    monthly = first_of_variant(report.monthly, variant)
    if monthly is None or monthly.shown is None:
        note = _("Needs revenue in every variant and a day of traffic.")
        return KeyFigure(label, formatting.MISSING, "", [], note=note)
    withheld = money_withheld(report, variant)
    if withheld is not None:
        return KeyFigure(label, formatting.MISSING, "", [], note=str(WITHHELD[withheld]))
    details = [formatting.money_range(monthly.shown, report.currency)]
    if monthly.expected_loss_minor is not None:
        loss = formatting.money(monthly.expected_loss_minor, report.currency)
        details.append(_("Expected loss %(amount)s") % {"amount": loss})
    amount = formatting.signed_money(monthly.shown.estimate, report.currency)
    return KeyFigure(label, amount, figures.tone(monthly.shown), details, unit=_("/ month"))
