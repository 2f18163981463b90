"""What is changed in the admin is kept in the audit trail."""

from collections.abc import Iterable
from typing import Any

from django.db.models import Model
from django.http import HttpRequest

from experiments import audit
from experiments.models import AuditAction, Experiment
from experiments.written_words import TypedOrWritten


def stored_values(row: Model, fields: Iterable[str]) -> dict[str, Any]:
    """Return what the database holds of a row that is being changed."""
    return audit.values(type(row)._default_manager.get(pk=row.pk), fields)


def note_changes(
    request: HttpRequest,
    row: Model,
    before: dict[str, Any],
    experiments: Iterable[Experiment],
    *,
    of: TypedOrWritten = "",
) -> None:
    """Note what a saved row changed for these tests; ``of`` names the row where it isn't the test itself."""
    changed = audit.changes(before, audit.values(row, before))
    if not changed:
        return
    for experiment in experiments:
        audit.record(
            store=experiment.store,
            experiment=experiment,
            action=AuditAction.CHANGED,
            actor=request.user.get_username(),
            reason=of,
            detail=changed,
        )
