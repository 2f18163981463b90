"""The audit trail: who did what, when and why."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Model
from django.forms import model_to_dict
from django.utils import timezone

from experiments.models import AuditAction, AuditEntry, Experiment, Store
from experiments.notifications.message import topic_of
from experiments.notifications.tasks import tell
from experiments.written_words import TypedOrWritten, WrittenSentence, in_english

Change = dict[str, list[Any]]

EDITED_WITHIN = timedelta(minutes=10)


# A row of the trail by its columns: an object in between would have the same fields once more.
def record(  # noqa: PLR0913
    *,
    store: Store,
    action: AuditAction,
    actor: str,
    experiment: Experiment | None = None,
    reason: TypedOrWritten = "",
    detail: dict[str, Any] | None = None,
    at: datetime | None = None,
) -> AuditEntry:
    """Write down one act, in the caller's transaction, and queue telling those who want to know of it.

    ``reason``: as somebody has typed it, or as Offerlift has written it in each language. ``at`` is now where it isn't
    given.
    """
    translations: Mapping[str, str] = {}
    if isinstance(reason, WrittenSentence):
        reason, translations = reason
    entry = AuditEntry.objects.create(
        store=store,
        experiment=experiment,
        action=action,
        actor=actor,
        reason=reason,
        reason_translations=translations,
        detail=detail or {},
        at=at or timezone.now(),
    )
    if topic_of(action) is not None:
        tell.defer(entry_id=entry.pk)
    return entry


def record_editing(
    experiment: Experiment, actor: str, detail: dict[str, Any], reason: TypedOrWritten = ""
) -> AuditEntry:
    """Write down a change of a draft, whose page saves while somebody types.

    What the same person changes of the same thing within ``EDITED_WITHIN`` is one entry, with the values before the
    first change and after the last.
    """
    newest = AuditEntry.objects.filter(experiment=experiment).first()
    now = timezone.now()
    if newest is None or not is_continued(newest, actor, in_english(reason), now):
        return record(
            store=experiment.store,
            experiment=experiment,
            action=AuditAction.CHANGED,
            actor=actor,
            reason=reason,
            detail=detail,
            at=now,
        )
    for name, (before, after) in detail.items():
        first = newest.detail.get(name, [before])[0]
        newest.detail[name] = [first, after]
    newest.save(update_fields=["detail"])
    return newest


def is_continued(entry: AuditEntry, actor: str, reason: str, now: datetime) -> bool:
    """Return whether a change goes on with what an entry says."""
    is_same = (entry.action, entry.actor, entry.reason) == (AuditAction.CHANGED, actor, reason)
    return is_same and now - entry.at < EDITED_WITHIN


def values(row: Model, fields: Iterable[str]) -> dict[str, Any]:
    """Return what the editable fields hold, as JSON can: keys of related rows, times in ISO 8601."""
    held = model_to_dict(row, fields=tuple(fields))
    for name, value in held.items():
        if hasattr(value, "isoformat"):
            held[name] = value.isoformat()
    return held


def changes(before: dict[str, Any], after: dict[str, Any]) -> Change:
    """Return the fields whose value differs, with the values before and after: ``{"traffic_share": [0.25, 1.0]}``."""
    changed: Change = {}
    for name, value in after.items():
        if before.get(name) != value:
            changed[name] = [before.get(name), value]
    return changed
