"""What changed in a store since yesterday: what was done to tests and offers, the newest first."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.urls import reverse

from experiments import audit_words
from experiments.models import AuditAction, AuditEntry, Store

SINCE = timedelta(days=1)
MOST = 8  # a home page: the trail of each test has the rest
# What is done by the hour, and what is no news to who did it.
QUIET = (AuditAction.LOOK, AuditAction.EXPORT_STORE, AuditAction.SHARED, AuditAction.UNSHARED)


@dataclass(frozen=True, slots=True)
class RecentChange:
    """An act of the last day: what it was, by whom, about which test or journey, and where to read more."""

    text: str
    actor: str
    at: datetime
    test: str
    url: str


def recent_changes(store: Store, now: datetime) -> list[RecentChange]:
    """Return what was done since this time yesterday."""
    entries = AuditEntry.objects.filter(store=store, at__gt=now - SINCE, at__lte=now).exclude(action__in=QUIET)
    changes = []
    for entry in entries.select_related("experiment", "store").order_by("-at", "-pk")[:MOST]:
        changes.append(change_of(entry))
    return changes


def change_of(entry: AuditEntry) -> RecentChange:
    """Return an entry of the trail as it is read on the home page."""
    test, url = "", ""
    key = entry.detail.get("journey")
    if entry.experiment is None and key:
        test = str(key)
        url = reverse("dashboard:journey", args=[entry.store.slug, key])
    elif entry.experiment is None:
        test = str(entry.detail.get("text") or "")  # what an annotation of all tests says
    else:
        test = entry.experiment.name
        url = reverse("dashboard:report", args=[entry.store.slug, entry.experiment.key])
    return RecentChange(
        str(audit_words.title(entry)), audit_words.actor(entry), entry.at, test or entry.reason_to_read, url
    )
