"""What a step asks of a run, beyond what every message has to pass: a split of a journey by what somebody did.

A condition is JSON: ``{"kind": "clicked_not_bought"}``, ``{"kind": "answered", "tags": ["size"]}``, or ``{"kind":
"stage", "stages": ["usage"]}``. An empty one is met by everybody.
"""

from collections.abc import Mapping
from typing import Any

from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from journeys.checks.points import ContactFacts
from journeys.stages import Stage


class ConditionKind(models.TextChoices):
    """What may be asked."""

    CLICKED_NOT_BOUGHT = "clicked_not_bought", gettext_lazy("Clicked and didn't buy")
    NOT_CLICKED = "not_clicked", gettext_lazy("Didn't click")
    ANSWERED = "answered", gettext_lazy("Gave an answer")
    NOT_ANSWERED = "not_answered", gettext_lazy("Gave no answer")
    STAGE = "stage", gettext_lazy("Is at a stage")


class BadCondition(ValueError):
    """A condition that can't be asked; the message says why, and what to enter."""


def validate_condition(condition: Mapping[str, Any]) -> None:
    """Raise ``BadCondition`` unless the condition can be asked."""
    if not condition:
        return
    kind = condition.get("kind")
    if kind not in ConditionKind.values:
        raise BadCondition(_("Choose one of: %(kinds)s.") % {"kinds": ", ".join(ConditionKind.values)})
    if kind == ConditionKind.STAGE:
        validate_stages(condition)
    if kind == ConditionKind.ANSWERED and not is_list_of_texts(condition.get("tags", [])):
        raise BadCondition(_("Enter the answers as a list of their tags."))


def validate_stages(condition: Mapping[str, Any]) -> None:
    """Raise ``BadCondition`` unless stages are named."""
    stages = condition.get("stages")
    if not is_list_of_texts(stages) or not stages or not set(stages) <= set(Stage.values):
        raise BadCondition(_("Choose at least one of: %(stages)s.") % {"stages": ", ".join(Stage.values)})


def is_list_of_texts(value: object) -> bool:
    """Whether the value lists texts."""
    return isinstance(value, list) and all(isinstance(one, str) for one in value)


def is_met(condition: Mapping[str, Any], facts: ContactFacts) -> bool:
    """Whether what is known of the contact meets the condition."""
    kind = condition.get("kind")
    if kind == ConditionKind.CLICKED_NOT_BOUGHT:
        return facts.has_clicked and facts.ordered_at is None
    if kind == ConditionKind.NOT_CLICKED:
        return not facts.has_clicked
    if kind == ConditionKind.ANSWERED:
        tags = condition.get("tags", [])
        return facts.answer is not None and (not tags or facts.answer in tags)
    if kind == ConditionKind.NOT_ANSWERED:
        return facts.answer is None
    if kind == ConditionKind.STAGE:
        return facts.stage in condition["stages"]
    return True
