"""What was done to a test, as its report lists it."""

from dataclasses import dataclass
from datetime import datetime

from experiments import audit_words
from experiments.models import AuditAction, AuditEntry, Experiment

NOT_SHOWN = (AuditAction.LOOK,)  # the chart of the lift marks them


@dataclass(frozen=True)
class Happening:
    """Something that was done to a test; ``details`` are pairs of what and how."""

    at: datetime
    title: str
    actor: str
    reason: str
    details: list[tuple[str, str]]


def timeline(experiment: Experiment) -> list[Happening]:
    """Return all that was done to a test, the newest first."""
    entries = AuditEntry.objects.filter(experiment=experiment).exclude(action__in=NOT_SHOWN)
    happenings = []
    for entry in entries.select_related("experiment__store"):  # the store's currency writes amounts
        happening = Happening(
            entry.at, audit_words.title(entry), audit_words.credited(entry), entry.reason, audit_words.details(entry)
        )
        happenings.append(happening)
    return happenings
