"""The audit trail of a test, in words."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.exceptions import FieldDoesNotExist

from experiments import formatting
from experiments.models import AuditAction, AuditEntry, Decision, Experiment, Metric, Status

NOT_SHOWN = (AuditAction.LOOK,)  # the plot of the lift has them
HIDDEN_DETAILS = frozenset({"link", "status"})
SHARES = frozenset({"traffic_share", "served_share"})
LABELS = {
    "served_share": "Traffic",
    "cap_minor": "Cap on order values",
    "expires_at": "Works until",
    "variant": "Variant",
}
CHOICES: dict[str, type[Status | Metric | Decision]] = {
    "status": Status,
    "goal_metric": Metric,
    "metric": Metric,
    "decision": Decision,
}
WARNINGS = {
    "clash": "another test at the moment",
    "copy": "languages without copy",
    "guardrails": "no guardrail",
    "orders": "orders missing or without a visitor",
    "preview": "not previewed",
    "sample": "sample or duration",
    "snippet": "snippet not seen",
    "weights": "uneven split",
}


@dataclass(frozen=True)
class Happening:
    """Something that was done to a test; ``details`` are pairs of what and how."""

    at: datetime
    title: str
    actor: str
    reason: str
    details: list[tuple[str, str]]


def timeline(experiment: Experiment) -> list[Happening]:
    """All that was done to a test, the newest first."""
    entries = AuditEntry.objects.filter(experiment=experiment).exclude(action__in=NOT_SHOWN)
    entries = entries.select_related("experiment__store")
    return [happening(entry) for entry in entries]


def happening(entry: AuditEntry) -> Happening:
    """One entry in words."""
    detail = entry.detail if isinstance(entry.detail, dict) else {}
    currency = entry.experiment.store.currency if entry.experiment else ""
    details = [
        (label(name), written(name, value, currency)) for name, value in detail.items() if name not in HIDDEN_DETAILS
    ]
    return Happening(entry.at, entry.get_action_display(), entry.actor, entry.reason, details)


def label(name: str) -> str:
    """A field's name for people."""
    if name in LABELS:
        return LABELS[name]
    try:
        text = str(Experiment._meta.get_field(name).verbose_name)  # type: ignore[union-attr]
    except FieldDoesNotExist:
        text = name.replace("_", " ")
    return text[:1].upper() + text[1:]


def written(name: str, value: Any, currency: str) -> str:
    """A value, or what it was and what it became: ``25% → 100%``."""
    if name == "warnings":
        return ", ".join(WARNINGS.get(code, code) for code in dict.fromkeys(value))
    if isinstance(value, list) and len(value) == 2:
        return " → ".join(single(name, part, currency) for part in value)
    return single(name, value, currency)


def single(name: str, value: Any, currency: str) -> str:
    """One value of a field; money is in minor units of the currency."""
    if value in (None, "", [], {}):
        return "none"
    if name in SHARES and isinstance(value, int | float):
        return formatting.chosen_percent(value)
    if name.endswith("_minor") and isinstance(value, int):
        return formatting.money(value, currency)
    if name in CHOICES and value in CHOICES[name].values:
        return str(CHOICES[name](value).label)
    if name.endswith("_at") and isinstance(value, str):
        return moment(value)
    return json.dumps(value, ensure_ascii=False) if isinstance(value, dict | list) else str(value)


def moment(text: str) -> str:
    """A time in ISO 8601 as the page writes times."""
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return text
    return f"{at.day} {at:%B %Y, %H:%M} UTC"
