"""The four figures above the fold: what an order and a visitor bring, what that is a month, and who still buys."""

from dataclasses import dataclass, replace

from dashboard.report.effects import EffectReading, effect_of
from dashboard.templatetags import figures, wording
from experiments import formatting
from experiments.models import Metric
from experiments.report import Guardrail, MetricResult, MonthlyEffect, Report

MONTHLY = "At 100% traffic"
OBSERVED = "observed {observed}, before cap and CUPED"
NO_TRAFFIC = "Needs revenue in every variant and a day of traffic to scale by."
GUARDRAIL_WORDS = {
    "holds": "holds: {limit}",
    "harmed": "harmed: {limit} was allowed",
    "unproven": "not proven: {limit}",
}
GUARDRAIL_TONES = {"holds": "good", "harmed": "bad", "unproven": "warn"}


@dataclass(frozen=True)
class KeyFigure:
    """A figure above the fold. ``tone`` is ``good``, ``bad``, ``warn`` or empty; ``note`` says why a number is missing,
    ``unit`` stands small behind it, ``state`` is the tone of the first detail."""

    label: str
    text: str
    tone: str
    details: list[str]
    note: str = ""
    unit: str = ""
    state: str = ""


def key_figures(report: Report, variant: str) -> list[KeyFigure]:
    """A treatment's figures, the order value first: it is what an upsell moves."""
    found = {result.metric: result for result in report.metrics if result.variant == variant}
    shown = [metric_figure(found[metric], report.currency) for metric in (Metric.AOV, Metric.RPV) if metric in found]
    monthly = next((one for one in report.monthly if one.variant == variant), None)
    shown.append(monthly_figure(monthly, report.currency))
    guardrail = guardrail_of(report, variant)
    if guardrail and guardrail.metric in found:
        shown.append(guardrail_figure(found[guardrail.metric], guardrail, report.currency))
    elif Metric.CONVERSION in found:
        shown.append(metric_figure(found[Metric.CONVERSION], report.currency))
    return shown


def guardrail_of(report: Report, variant: str) -> Guardrail | None:
    """The treatment's guardrail to show: conversion, else the first; None where nothing guards."""
    guardrails = [one for one in report.guardrails if one.variant == variant]
    return next((one for one in guardrails if one.metric == Metric.CONVERSION), next(iter(guardrails), None))


def metric_figure(result: MetricResult, currency: str) -> KeyFigure:
    """A metric's effect with the values it compares."""
    effect = effect_of(result)
    details = [compared(result, currency), *([effect.range_text] if effect.interval else [])]
    return KeyFigure(
        label=result.label,
        text=effect.text,
        tone=effect.tone,
        details=details,
        note=observed_note(result) if effect.interval else wording.reason(result.main.unavailable),
    )


def observed_note(result: MetricResult) -> str:
    """What the values say where that is the opposite of the lift, as it can be by the cap and the cart's value."""
    lift, control, treatment = result.main.lift, result.control.value, result.treatment.value
    if result.is_in_points or lift is None or not control or treatment is None:
        return ""
    observed = treatment / control - 1
    return OBSERVED.format(observed=formatting.lift(observed)) if observed * lift.estimate < 0 else ""


def compared(result: MetricResult, currency: str) -> str:
    """The values of control and treatment: ``€4.21 → €4.52``."""
    like = figures.scale(result)
    values = (
        formatting.measured(ratio.value, result.unit, currency, like) for ratio in (result.control, result.treatment)
    )
    return " → ".join(values)


def guardrail_figure(result: MetricResult, guardrail: Guardrail, currency: str) -> KeyFigure:
    """A guardrail's effect, and whether it stays on the right side of its margin."""
    side = "above" if guardrail.margin > 0 else "below"
    limit = f"not {side} {EffectReading.written(guardrail.margin, guardrail.is_in_points)}"
    figure = metric_figure(result, currency)
    return replace(
        figure,
        label=f"Guardrail: {result.label.lower()}",
        tone="bad" if guardrail.state == "harmed" else "",
        details=[GUARDRAIL_WORDS[guardrail.state].format(limit=limit), *reversed(figure.details)],
        state=GUARDRAIL_TONES[guardrail.state],
    )


def monthly_figure(monthly: MonthlyEffect | None, currency: str) -> KeyFigure:
    """What the treatment would earn a month if every visitor got it."""
    if monthly is None or monthly.amount is None:
        return KeyFigure(MONTHLY, formatting.MISSING, "", [], note=NO_TRAFFIC)
    details = [formatting.money_range(monthly.amount, currency)]
    if monthly.expected_loss_minor is not None:
        details.append(f"expected loss {formatting.money(monthly.expected_loss_minor, currency)}")
    amount = formatting.signed_money(monthly.amount.estimate, currency)
    return KeyFigure(MONTHLY, amount, figures.tone(monthly.amount), details, unit="/ month")
