"""What can guard a test at its moment, and what stands in for what can't."""

from collections.abc import Iterable, Sequence
from typing import Any

from experiments.models import Metric, Moment

# Buyers whose order was refunded or canceled: one in a hundred more than control's.
SHARE_MARGIN = 0.01
# At the confirmation everybody has ordered: conversion is the same in every variant, and would always hold.
STAND_INS: dict[tuple[str, str], Sequence[Metric]] = {
    (Moment.CONFIRMATION, Metric.CONVERSION): (Metric.REFUNDED_SHARE, Metric.CANCELED_SHARE)
}
# Metrics that only mean something where an order led to the exposure.
OF_ORDERS_BEFORE = {Metric.CANCELED_SHARE: frozenset({Moment.CONFIRMATION})}


def is_measurable(metric: str, moment: str) -> bool:
    """Whether the metric means something at the moment."""
    moments = OF_ORDERS_BEFORE.get(Metric(metric))
    return moments is None or moment in moments


def can_guard(metric: str, moment: str) -> bool:
    """Whether the metric can move at the moment, so that it can guard a test there."""
    return is_measurable(metric, moment) and (moment, metric) not in STAND_INS


def effective_guardrails(guardrails: Iterable[dict[str, Any]], moment: str) -> list[dict[str, Any]]:
    """Return the guardrails that guard at the moment: those chosen, else what stands in for them, each metric once."""
    found: dict[str, dict[str, Any]] = {}
    stand_ins: list[Metric] = []
    for guardrail in guardrails:
        metric = guardrail["metric"]
        if can_guard(metric, moment):
            found[metric] = guardrail
        stand_ins += STAND_INS.get((moment, metric), ())
    # A margin that somebody chose counts before ours.
    for metric in stand_ins:
        found.setdefault(metric.value, {"metric": metric.value, "margin": SHARE_MARGIN})
    return list(found.values())
