"""Invitations: made, revoked, and accepted, each noted in the audit trail."""

from datetime import timedelta
from typing import Any

from django.contrib.auth.models import User
from django.core.signing import BadSignature
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from dashboard.invitations.sending import send_invitation
from dashboard.models import Invitation, invitation_signer
from experiments import audit
from experiments.models import AuditAction, Membership, Store

LIFETIME = timedelta(days=7)  # a week off work, and no longer: the link makes an account
MOST_OPEN = 50  # of a store: each may be an e-mail to somebody who didn't ask for it


class InvitationError(Exception):
    """The invitation can't be made or accepted; the text says why, for people."""


def invite(*, store: Store, email: str, role: str, actor: str) -> Invitation:
    """Make an invitation and send it; one that is open for the same address is revoked. Raises ``InvitationError``."""
    now = timezone.now()
    with transaction.atomic():
        opened = Invitation.objects.open(now).filter(store=store)
        opened.filter(email__iexact=email).update(revoked_at=now)
        if opened.count() >= MOST_OPEN:
            raise InvitationError(_("There are too many open invitations. Revoke some of them first."))
        invitation = Invitation.objects.create(
            store=store, email=email, role=role, created_at=now, created_by=actor, expires_at=now + LIFETIME
        )
        note(invitation, AuditAction.INVITED, actor)
        # Queued in the same transaction: no mail about an invitation that was never made.
        send_invitation.defer(invitation_id=invitation.pk)
    return invitation


def revoke(*, invitation: Invitation, actor: str) -> None:
    """Let nobody accept it any more; nothing happens where nobody could."""
    now = timezone.now()
    with transaction.atomic():
        # One UPDATE that looks again: of two who revoke at once, or one who accepts, one goes first.
        if Invitation.objects.open(now).filter(pk=invitation.pk).update(revoked_at=now):
            note(invitation, AuditAction.INVITATION_REVOKED, actor)


def accept(*, invitation: Invitation, user: User) -> None:
    """Make the user a member with the invitation's role. Raises ``InvitationError``: used or revoked meanwhile, or a
    member already, whose role it doesn't change."""
    now = timezone.now()
    with transaction.atomic():
        if Membership.objects.filter(store=invitation.store, user=user).exists():
            raise InvitationError(_("You are a member of this store already."))
        # One UPDATE that looks again, so that a link that two people open makes one member.
        used = Invitation.objects.open(now).filter(pk=invitation.pk)
        if not used.update(accepted_at=now, accepted_by=user.get_username()):
            raise InvitationError(_("This invitation was used or revoked."))
        Membership.objects.create(store=invitation.store, user=user, role=invitation.role)
        note(invitation, AuditAction.JOINED, user.get_username())


def sign_up(*, invitation: Invitation, username: str, password: str) -> User:
    """Make an account for who is invited, and accept. Raises ``InvitationError``."""
    with transaction.atomic():
        user = User.objects.create_user(username, email=invitation.email, password=password)
        accept(invitation=invitation, user=user)
    return user


def open_invitation(token: str) -> Invitation | None:
    """Return the invitation of a token that can still be accepted; ``None`` where it can't, or never could."""
    try:
        key = invitation_signer().unsign(token)
    except BadSignature:
        return None
    return Invitation.objects.open(timezone.now()).select_related("store").filter(key=key).first()


def note(invitation: Invitation, action: AuditAction, actor: str) -> None:
    """Write into the audit trail."""
    detail: dict[str, Any] = {"email": invitation.email, "role": invitation.role}
    audit.record(store=invitation.store, action=action, actor=actor, detail=detail)
