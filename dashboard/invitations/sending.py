"""The e-mail of an invitation."""

from django.utils import timezone
from django.utils.translation import gettext as _

from dashboard.invitations.inviting import url_of
from dashboard.models import Invitation
from experiments.notifications import mail


def send(invitation_id: int) -> None:
    """Send it, if it is still open. Raises ``NotSent``."""
    opened = Invitation.objects.open(timezone.now()).select_related("store")
    invitation = opened.filter(pk=invitation_id).first()
    if invitation is None:
        return
    words = {"name": invitation.created_by, "store": invitation.store.name}
    subject = _("%(name)s invites you to %(store)s in Offerlift") % words
    paragraphs = [
        subject + ".",
        _("Open this link to join. It works once, until %(day)s:") % {"day": f"{invitation.expires_at:%Y-%m-%d}"},
        url_of(invitation),
        _("If you don't know why you get this, ignore it."),
    ]
    mail.send(invitation.email, subject, "\n\n".join(paragraphs) + "\n", "")
