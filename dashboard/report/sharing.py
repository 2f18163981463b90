"""Share links: created, used and revoked, each noted in the audit trail."""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from dashboard.models import ShareLink, key_of
from experiments import audit
from experiments.models import AuditAction, Experiment


# With its entry in the trail, or not at all: nobody shows a report that nobody can be asked about.
@transaction.atomic
def share(*, experiment: Experiment, actor: str, days: int) -> ShareLink:
    """Create a link that shows the experiment's report for ``days``."""
    now = timezone.now()
    link = ShareLink.objects.create(
        experiment=experiment, created_at=now, created_by=actor, expires_at=now + timedelta(days=days)
    )
    note(link, AuditAction.SHARED, actor, now)
    return link


@transaction.atomic
def unshare(*, link: ShareLink, actor: str) -> None:
    """Make the link show nothing from now on; nothing happens where it does already."""
    now = timezone.now()
    # One UPDATE that looks again: of two who revoke at once, one writes into the trail.
    if ShareLink.objects.open(now).filter(pk=link.pk).update(revoked_at=now):
        note(link, AuditAction.UNSHARED, actor, now)


def note(link: ShareLink, action: AuditAction, actor: str, now: datetime) -> None:
    """Write into the audit trail. The key's beginning names the link and opens nothing."""
    detail = {"link": link.key[:6], "expires_at": link.expires_at.isoformat()}
    audit.record(
        store=link.experiment.store, experiment=link.experiment, action=action, actor=actor, detail=detail, at=now
    )


def open_link(token: str) -> ShareLink | None:
    """Return the link of a token that still shows its report; None where it doesn't, or never did."""
    key = key_of(token)
    if key is None:
        return None
    links = ShareLink.objects.open(timezone.now())
    return links.select_related("experiment__store", "experiment__rolled_out_variant").filter(key=key).first()
