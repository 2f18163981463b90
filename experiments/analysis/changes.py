"""What was changed while a test ran, from its audit trail: a kink in a curve may have such a cause."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from django.utils.translation import gettext as _

from experiments import audit_words
from experiments.models import AuditAction, AuditEntry, Experiment
from experiments.report import Change


def changes_of(experiment: Experiment) -> list[Change]:
    """Return the changes of settings and the pauses of a test, oldest first."""
    actions = (AuditAction.CHANGED, AuditAction.RAMPED, AuditAction.PAUSED, AuditAction.RESUMED)
    entries = list(experiment.audit_entries.filter(action__in=actions).order_by("at", "id"))
    changes: list[Change] = []
    for entry in entries:
        changes += settings_of(entry, experiment.store.currency)
    changes += pauses_of(entries, experiment.ended_at)
    return sorted(changes, key=lambda change: change.at)


def settings_of(entry: AuditEntry, currency: str) -> Iterator[Change]:
    """Yield the settings that an entry changed, one by one."""
    for text in audit_words.setting_changes(entry, currency):
        yield Change(at=entry.at, until=None, kind="change", text=text)


def pauses_of(entries: Sequence[AuditEntry], ended_at: datetime | None) -> list[Change]:
    """Return the spans in which nobody was let in; the last one may go on. ``entries`` are oldest first."""
    pauses: list[Change] = []
    # A pause lasts to the test's end until an entry that resumes it says otherwise.
    for entry in entries:
        if entry.action == AuditAction.PAUSED:
            pauses.append(Change(at=entry.at, until=ended_at, kind="pause", text=_("Paused")))
        elif entry.action == AuditAction.RESUMED and pauses:
            pauses[-1] = Change(at=pauses[-1].at, until=entry.at, kind="pause", text=_("Paused"))
    return pauses
