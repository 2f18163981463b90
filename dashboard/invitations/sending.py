"""The e-mail of an invitation."""

from django.conf import settings
from django.contrib.auth.models import User
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from procrastinate.contrib.django import app

from dashboard.models import Invitation
from experiments import formatting
from experiments.models import PersonLanguage
from experiments.notifications import mail
from experiments.notifications.email import Email, EmailSection
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
    with translation.override(language_of(invitation)):
        email = email_of(invitation)
        mail.send(invitation.email, email.subject, email.text, email.html)


def language_of(invitation: Invitation) -> str:
    """Return the language of who is invited, where there is an account with this address; else of who invites."""
    invited = User.objects.filter(email__iexact=invitation.email)
    for people in (invited, User.objects.filter(username=invitation.created_by)):
        known = PersonLanguage.objects.filter(user__in=people).first()
        if known is not None:
            return known.language
    return settings.LANGUAGE_CODE


def email_of(invitation: Invitation) -> Email:
    """Return the e-mail with the invitation's link."""
    words = {"name": invitation.created_by, "store": invitation.store.name}
    subject = _("%(name)s invites you to %(store)s in Offerlift") % words
    until = _("The link works once, until %(time)s.") % {"time": formatting.date_and_time(invitation.expires_at)}
    role = _("Your role: %(role)s.") % {"role": invitation.get_role_display()}
    section = EmailSection(paragraphs=[role, until], report_url=url_of(invitation), link_text=_("Join"))
    return Email(
        store=invitation.store,
        subject=subject,
        heading=subject,
        sections=[section],
        note=_("If you didn't expect this invitation, ignore this email."),
    )
