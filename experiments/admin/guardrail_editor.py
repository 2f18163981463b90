"""Guardrails as a form: for each metric how much worse it may get, in percent; empty is no guardrail."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any, NamedTuple

from django import forms
from django.core.exceptions import ValidationError
from unfold.widgets import INPUT_CLASSES

from experiments.analysis.metrics import DEFINITIONS, Definition
from experiments.models import Metric

GUARDABLE = [definition for definition in DEFINITIONS.values() if not definition.is_of_offer]  # control has them, too
AMOUNT = forms.DecimalField(required=False, min_value=0, max_value=100, decimal_places=4)


class Input(NamedTuple):
    """A metric's field: ``Conversion may fall by [2] %``."""

    name: str
    label: str
    direction: str
    value: str
    unit: str


def direction_of(definition: Definition) -> str:
    """Which way is worse."""
    return "rise" if definition.is_lower_better else "fall"


def unit_of(definition: Definition) -> str:
    """What is typed: percent of control's value, or points where the metric is read in points."""
    return "points" if definition.is_in_points else "%"


def typed_of(guardrails: Any) -> dict[str, str]:
    """Stored guardrails as they are typed, by metric: a margin of -0.02 is a fall by 2."""
    return {one["metric"]: amount_of(one) for one in guardrails or []}


def amount_of(guardrail: Mapping[str, Any]) -> str:
    """How much worse a metric may get."""
    amount = Decimal(str(guardrail["margin"])) * sign_of(DEFINITIONS[guardrail["metric"]]) * 100
    return f"{amount.normalize() or Decimal(0):f}"


def sign_of(definition: Definition) -> int:
    """What a change for the worse is multiplied by to be a margin."""
    return 1 if definition.is_lower_better else -1


def in_words(guardrails: Any) -> str:
    """``Conversion may fall by 2%``, for who may only look."""
    amounts = typed_of(guardrails)
    guarded = [one for metric, one in DEFINITIONS.items() if metric in amounts]
    sentences = [
        f"{one.metric.label} may {direction_of(one)} by {amounts[one.metric]} {unit_of(one)}" for one in guarded
    ]
    return ". ".join(sentences).replace(" %", "%") or "None"


class GuardrailEditor(forms.Widget):
    """A line for each metric."""

    template_name = "admin/experiments/guardrail_editor.html"

    def inputs(self, name: str, typed: Mapping[str, str]) -> Iterator[Input]:
        """The lines, with what is typed in them."""
        for one in GUARDABLE:
            key, label = one.metric.value, str(one.metric.label)
            yield Input(f"{name}-{key}", label, direction_of(one), typed.get(key, ""), unit_of(one))

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        """With the lines."""
        more = {"inputs": list(self.inputs(name, value)), "input_classes": " ".join(INPUT_CLASSES)}
        return {**super().get_context(name, value, attrs), **more}

    def value_from_datadict(self, data: Mapping[str, Any], files: Any, name: str) -> dict[str, str]:
        """What was typed, by metric."""
        typed = {one.metric.value: str(data.get(f"{name}-{one.metric}") or "").strip() for one in GUARDABLE}
        return {metric: text for metric, text in typed.items() if text}

    def value_omitted_from_data(self, data: Mapping[str, Any], files: Any, name: str) -> bool:
        """Whether the form had no editor."""
        return f"{name}-{Metric.CONVERSION}" not in data

    def id_for_label(self, id_: str) -> str:
        """No single input is what the label is for."""
        return ""


class GuardrailField(forms.Field):
    """Guardrails as they are stored, of what was typed."""

    widget = GuardrailEditor

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{**kwargs, "required": False})

    def prepare_value(self, value: Any) -> dict[str, str]:
        """As it is typed."""
        return value if isinstance(value, dict) else typed_of(value)

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Whether something else was typed than what is stored."""
        return bool(typed_of(initial) != data)

    def clean(self, value: Mapping[str, str]) -> list[dict[str, Any]]:
        """A metric with its margin for each line that is filled in; raises ``ValidationError`` naming those that can't
        be read."""
        margins, wrong = [], []
        for one in GUARDABLE:
            try:
                amount = AMOUNT.clean(value.get(one.metric.value, ""))
            except ValidationError:
                wrong.append(
                    f"{one.metric.label}: write by how much it may {direction_of(one)}, from 0 to 100, or nothing."
                )
            else:
                if amount is not None:
                    margins.append({"metric": one.metric.value, "margin": float(sign_of(one) * amount / 100) or 0.0})
        if wrong:
            raise ValidationError(wrong)
        return margins
