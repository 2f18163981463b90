"""The e-mail of an invitation."""

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from procrastinate.contrib.django import app

from dashboard.models import Invitation
from experiments.notifications import mail
from experiments.notifications.tasks import ATTEMPTS


def url_of(invitation: Invitation) -> str:
    """Return where it is accepted. By the operator's setting, as a request's host can be anybody's."""
    return f"{settings.CONSOLE_URL}{reverse('dashboard:invitation', args=[invitation.token])}"


@app.task(queue="notifications", retry=ATTEMPTS)
def send_invitation(invitation_id: int) -> None:
    """Send it, if it is still open. Raises ``NotSent``. The job has no link in it: it would open the store."""
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
