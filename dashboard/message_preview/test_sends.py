"""Test messages of members to themselves: ten an hour each, counted in the audit trail."""

from datetime import datetime, timedelta

from django.contrib.auth.models import User
from django.db import transaction
from django.utils.translation import gettext as _

from experiments import audit
from experiments.models import AuditAction, AuditEntry
from journeys.sending.trials import NoTrial, Trial

MOST = 10  # enough to try each language, too few to send a campaign by test messages
WITHIN = timedelta(hours=1)


def send_to_self(member: User, trial: Trial, now: datetime) -> None:
    """Send a message to the address of the member's account, and to no other. Raises ``NoTrial``.

    The account's address is confirmed: an invitation or single sign-on came by it, or the operator entered it.
    """
    if not member.email:
        raise NoTrial(_("Your account has no email address. An operator of Offerlift can add it."))
    with transaction.atomic():
        # Locked, so that two clicks at once don't both find the last of the ten free.
        User.objects.select_for_update().get(pk=member.pk)
        sent = AuditEntry.objects.filter(action=AuditAction.MESSAGE_TESTED, actor=member.username, at__gt=now - WITHIN)
        if sent.count() >= MOST:
            raise NoTrial(_("You have sent 10 test messages in the last hour. Try again later."))
        journey = trial.step.version.journey
        audit.record(
            store=journey.store,
            action=AuditAction.MESSAGE_TESTED,
            actor=member.username,
            detail={"journey": journey.key, "step": trial.step.key},
        )
    trial.send_to(member.email, now)
