"""Refused sign-ons, kept for the operator, and in the trail of the person's stores where it is known who it was."""

import logging
from datetime import timedelta

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from dashboard.models import SignOnRefusal, SignOnRefusalReason
from dashboard.signing_in.person_trail import record_for_person
from experiments.models import AuditAction

KEPT = timedelta(days=90)  # names of people who may have no account here: no longer than it takes to help them
ACTOR = "single sign-on"
logger = logging.getLogger(__name__)


def note_refusal(reason: SignOnRefusalReason, *, detail: str = "", person: User | None = None) -> None:
    """Keep that somebody wasn't logged in. The log has the reason alone: neither names nor what the provider sent."""
    now = timezone.now()
    logger.warning("Single sign-on refused: %s", reason.value)
    with transaction.atomic():
        SignOnRefusal.objects.filter(at__lte=now - KEPT).delete()
        SignOnRefusal.objects.create(at=now, reason=reason, detail=detail.replace("\0", "")[:200], person=person)
        if person is not None:
            record_for_person(
                person=person, action=AuditAction.SIGN_ON_REFUSED, actor=ACTOR, detail={"reason": reason.value}
            )
