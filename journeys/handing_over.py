"""A problem is handed to a person: an entry of the audit trail, which tells members and the store's own systems."""

from datetime import datetime, timedelta

from django.utils import timezone

from experiments import audit
from experiments.models import AuditAction, Order
from journeys.models import Contact

ACTOR = "friction"
NEWS_FOR = timedelta(days=2)  # a problem of last month, from an import, is nothing that somebody waits to hear of


def hand_over(contact: Contact, kind: str, opened_at: datetime, order: Order | None) -> None:
    """Note that something is wrong for a contact, by the shop's own order; nothing here says who the customer is."""
    if opened_at < timezone.now() - NEWS_FOR:
        return
    detail = {"problem": kind, "contact": contact.pk}
    if order is not None:
        detail["order"] = order.external_id
    audit.record(store=contact.store, action=AuditAction.FRICTION_OPENED, actor=ACTOR, detail=detail)
