"""What was done to a test, as its report lists it."""

from dataclasses import dataclass
from datetime import datetime

from experiments import audit_words
from experiments.models import AuditAction, Experiment

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
    happenings = []
    # by way of the test: entries then know it and its store, whose currency writes amounts
    for entry in experiment.audit_entries.exclude(action__in=NOT_SHOWN):
        happening = Happening(
            entry.at,
            audit_words.title(entry),
            audit_words.credited(entry),
            entry.reason_to_read,
            audit_words.details(entry),
        )
        happenings.append(happening)
    return happenings
