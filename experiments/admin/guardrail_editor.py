"""Guardrails as a form: for each metric how much worse it may get, in percent; empty is no guardrail."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any, NamedTuple

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from unfold.widgets import INPUT_CLASSES

from experiments.analysis.metrics import DEFINITIONS, Definition
from experiments.plan.guarding import can_guard

AMOUNT = forms.DecimalField(required=False, min_value=0, max_value=100, decimal_places=4)


def guardable_metrics() -> list[Definition]:
    """Return the metrics that control has, too: a metric of the offer can't be compared."""
    return [definition for definition in DEFINITIONS.values() if not definition.is_of_offer]


GUARDABLE = guardable_metrics()


class MarginInput(NamedTuple):
    """A metric's line: ``Conversion may fall by [2] %``. ``before`` and ``after`` are the words around the input."""

    name: str
    label: str
    before: str
    value: str
    unit: str


def before_amount(definition: Definition) -> str:
    """Say which way is worse, as the words between metric and amount."""
    if definition.is_lower_better:
        return _("may rise by")
    return _("may fall by")


def unit_of(definition: Definition) -> str:
    """Say what is typed: percent of control's value, or points where the metric is read in points."""
    if definition.is_in_points:
        return _("points")
    return "%"


def typed_of(guardrails: Any) -> dict[str, str]:
    """Show stored guardrails as they are typed, by metric: a margin of -0.02 is a fall by 2."""
    typed = {}
    for guardrail in guardrails or []:
        typed[guardrail["metric"]] = amount_of(guardrail)
    return typed


def amount_of(guardrail: Mapping[str, Any]) -> str:
    """Return how much worse a metric may get, as it is typed."""
    amount = Decimal(str(guardrail["margin"])) * sign_of(DEFINITIONS[guardrail["metric"]]) * 100
    return f"{amount.normalize() or Decimal(0):f}"


def sign_of(definition: Definition) -> int:
    """Return what a change for the worse is multiplied by to be a margin."""
    if definition.is_lower_better:
        return 1
    return -1


def in_words(guardrails: Any) -> str:
    """Say guardrails to whoever may only look: ``Conversion may fall by 2%``."""
    amounts = typed_of(guardrails)
    sentences = []
    for metric, definition in DEFINITIONS.items():
        if metric in amounts:
            sentences.append(guardrail_in_words(definition, amounts[metric]))
    return ". ".join(sentences) or _("None")


def guardrail_in_words(definition: Definition, amount: str) -> str:
    """Say one guardrail."""
    sentence = _("%(metric)s may fall by %(amount)s")
    if definition.is_lower_better:
        sentence = _("%(metric)s may rise by %(amount)s")
    if definition.is_in_points:
        amount = _("%(amount)s points") % {"amount": amount}
    else:
        amount = f"{amount}%"
    return sentence % {"metric": definition.label, "amount": amount}


class GuardrailEditor(forms.Widget):
    """A line for each metric."""

    template_name = "admin/experiments/guardrail_editor.html"
    moment = ""  # the test's, where it has one already: what can't move there isn't offered

    @property
    def offered(self) -> list[Definition]:
        """The metrics that can guard at the moment; before there is one, those of every moment."""
        return [definition for definition in GUARDABLE if can_guard(definition.metric, self.moment)]

    def inputs(self, name: str, typed: Mapping[str, str]) -> Iterator[MarginInput]:
        """Yield the lines, with what is typed in them."""
        for definition in self.offered:
            key, label = str(definition.metric), str(definition.label)
            yield MarginInput(
                f"{name}-{key}", label, before_amount(definition), typed.get(key, ""), unit_of(definition)
            )

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        """Add the lines."""
        more = {"inputs": list(self.inputs(name, value)), "input_classes": " ".join(INPUT_CLASSES)}
        return {**super().get_context(name, value, attrs), **more}

    def value_from_datadict(self, data: Mapping[str, Any], files: Any, name: str) -> dict[str, str]:
        """Return what was typed, by metric."""
        typed = {}
        for definition in self.offered:
            text = str(data.get(f"{name}-{definition.metric}") or "").strip()
            if text:
                typed[str(definition.metric)] = text
        return typed

    def value_omitted_from_data(self, data: Mapping[str, Any], files: Any, name: str) -> bool:
        """Return whether the form had no editor."""
        return not any(f"{name}-{definition.metric}" in data for definition in self.offered)

    def id_for_label(self, id_: str) -> str:
        """Leave the label without a field: no single input is what it is for."""
        return ""


class GuardrailField(forms.Field):
    """Guardrails as they are stored, of what was typed."""

    widget = GuardrailEditor

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{**kwargs, "required": False})

    def prepare_value(self, value: Any) -> dict[str, str]:
        """Return the value as it is typed."""
        if isinstance(value, dict):
            return value
        return typed_of(value)

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Return whether something else was typed than what is stored."""
        return bool(typed_of(initial) != data)

    def clean(self, value: Mapping[str, str]) -> list[dict[str, Any]]:
        """Return a metric with its margin for each line that is filled in.

        Raises ``ValidationError`` naming the lines that can't be read.
        """
        guardrails, wrong = [], []
        for definition in GUARDABLE:
            try:
                amount = AMOUNT.clean(value.get(str(definition.metric), ""))
            except ValidationError:
                wrong.append(unreadable(definition))
                continue
            if amount is not None:
                # or 0.0: JSON would keep the sign of a negative zero
                margin = float(sign_of(definition) * amount / 100) or 0.0
                guardrails.append({"metric": str(definition.metric), "margin": margin})
        if wrong:
            raise ValidationError(wrong)
        return guardrails


def unreadable(definition: Definition) -> str:
    """Say what a line takes."""
    return _("%(metric)s: enter a number from 0 to 100, or leave it empty.") % {"metric": definition.label}
