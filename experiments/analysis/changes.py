"""What was changed while a test ran, from its audit trail: a kink in a curve may have such a cause."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from experiments import formatting
from experiments.models import AuditAction, AuditEntry, Experiment
from experiments.report import Change

# What moves the figures or how they are read, and what it is called.
SETTINGS = {
    "served_share": "Traffic",
    "traffic_share": "Planned traffic",
    "targeting": "Targeting",
    "goal_metric": "Goal",
    "guardrails": "Guardrails",
    "alpha": "Error rate",
    "planned_sample": "Planned visitors per variant",
    "cap_minor": "Cap on order values",
    "attribution_window_days": "Days in which orders count",
    "prior_sd": "Expected size of effects",
    "priority": "Priority",
}
SHARES = frozenset({"served_share", "traffic_share", "alpha"})


def changes_of(experiment: Experiment) -> list[Change]:
    """The changes of settings and the pauses of a test, oldest first."""
    actions = (AuditAction.CHANGED, AuditAction.RAMPED, AuditAction.PAUSED, AuditAction.RESUMED)
    entries = list(experiment.audit_entries.filter(action__in=actions).order_by("at", "id"))
    settings = [change for entry in entries for change in settings_of(entry, experiment.store.currency)]
    return sorted([*settings, *pauses_of(entries, experiment.ended_at)], key=lambda change: change.at)


def settings_of(entry: AuditEntry, currency: str) -> list[Change]:
    """The settings that an entry changed, one by one."""
    changes = []
    for name, values in entry.detail.items():
        if name in SETTINGS and isinstance(values, list) and len(values) == 2:
            before, after = values
            text = sentence(name, before, after, currency)
            changes.append(Change(at=entry.at, until=None, kind="change", text=text))
    return changes


def sentence(name: str, before: Any, after: Any, currency: str) -> str:
    """``Traffic 25% → 100%``; of settings with many parts only that they changed."""
    if isinstance(before, dict | list) or isinstance(after, dict | list):
        return f"{SETTINGS[name]} changed"
    return f"{SETTINGS[name]} {written(name, before, currency)} → {written(name, after, currency)}"


def written(name: str, value: Any, currency: str) -> str:
    """A setting's value in words."""
    if value is None:
        return "none"
    if isinstance(value, int | float):
        if name in SHARES:
            return formatting.chosen_percent(value)
        if name == "cap_minor":
            return formatting.money(value, currency)
        return f"{value:,}"
    return str(value).replace("_", " ")


def pauses_of(entries: Sequence[AuditEntry], ended_at: datetime | None) -> list[Change]:
    """The spans in which nobody was let in; the last one may go on."""
    pauses: list[Change] = []
    for entry in entries:
        if entry.action == AuditAction.PAUSED:
            pauses.append(Change(at=entry.at, until=ended_at, kind="pause", text="Paused"))
        elif entry.action == AuditAction.RESUMED and pauses:
            pauses[-1] = Change(at=pauses[-1].at, until=entry.at, kind="pause", text="Paused")
    return pauses
