"""What a step asks of a run, beyond what every message has to pass: a split of a journey by what somebody did.

A condition is JSON: ``{"kind": "clicked_not_bought"}``, ``{"kind": "answered", "tags": ["size"]}``, or ``{"kind":
"stage", "stages": ["usage"], "thresholds": {"care": 20}}``. An empty one is met by everybody.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from journeys.checks.points import ContactFacts
from journeys.stages import Stage, StageThresholds, stage_at


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
    """Raise ``BadCondition`` unless stages are named, and begin one after the other."""
    stages = condition.get("stages")
    if not is_list_of_texts(stages) or not stages or not set(stages) <= set(Stage.values):
        raise BadCondition(_("Choose at least one of: %(stages)s.") % {"stages": ", ".join(Stage.values)})
    try:
        StageThresholds.from_json(condition.get("thresholds", {}))
    except (TypeError, ValueError) as error:
        raise BadCondition(_("Enter whole days, each stage later than the one before.")) from error


def is_list_of_texts(value: object) -> bool:
    """Whether the value lists texts."""
    return isinstance(value, list) and all(isinstance(one, str) for one in value)


def is_met(condition: Mapping[str, Any], facts: ContactFacts, now: datetime) -> bool:
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
        thresholds = StageThresholds.from_json(condition.get("thresholds", {}))
        stage = stage_at(
            now, delivered_at=facts.delivered_at, contract_ends_at=facts.contract_ends_at, thresholds=thresholds
        )
        return stage in condition["stages"]
    return True
