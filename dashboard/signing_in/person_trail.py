"""What a person's account goes through, in the audit trail of each of their stores."""

from typing import Any

from django.contrib.auth.models import User

from experiments import audit
from experiments.models import AuditAction, Membership


def record_for_person(*, person: User, action: AuditAction, actor: str, detail: dict[str, Any] | None = None) -> None:
    """Write an entry for each store that the person belongs to, in the caller's transaction."""
    for membership in Membership.objects.filter(user=person).select_related("store"):
        audit.record(
            store=membership.store,
            action=action,
            actor=actor,
            detail={"member": person.get_username()} | (detail or {}),
        )
