"""The e-mail with the link, written by the worker: so that asking takes as long for any address, and no link is stored.

Its address is the operator's ``CONSOLE_URL``: what a request says its host is can be anybody's.
"""

from django.conf import settings
from django.contrib.auth.models import User
from django.contrib.auth.tokens import default_token_generator
from django.urls import reverse
from django.utils import translation
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode
from django.utils.translation import gettext as _
from procrastinate.contrib.django import app

from experiments.models import PersonLanguage
from experiments.notifications import mail
from experiments.notifications.email import Email, EmailSection
from experiments.notifications.tasks import ATTEMPTS


def is_mail_set_up() -> bool:
    """Whether e-mails go anywhere but into the log."""
    return "console" not in settings.EMAIL_BACKEND


@app.task(queue="notifications", retry=ATTEMPTS)
def send_new_password_link(address: str) -> None:
    """Send a link to each active account with this address, in its language. Raises ``NotSent``."""
    for user in User.objects.filter(email__iexact=address, is_active=True):
        if user.has_usable_password():
            with translation.override(PersonLanguage.objects.of(user)):
                email = email_for(user)
                mail.send(user.email, email.subject, email.text, email.html)


def email_for(user: User) -> Email:
    """Return the e-mail with the user's link."""
    asked = _("Someone asked for a new password for “%(name)s”.") % {"name": user.get_username()}
    section = EmailSection(
        paragraphs=[asked, _("The link works once, within an hour.")],
        report_url=link_for(user),
        link_text=_("Choose a new password"),
    )
    subject = _("New password for Offerlift")
    return Email(
        store=None,
        subject=subject,
        heading=subject,
        sections=[section],
        note=_("If it wasn't you, ignore this email: your password stays as it is."),
    )


def link_for(user: User) -> str:
    """Return the link that lets this user choose a password, until it is used or an hour old."""
    names = {
        "uidb64": urlsafe_base64_encode(force_bytes(user.pk)),
        "token": default_token_generator.make_token(user),
    }
    return f"{settings.CONSOLE_URL}{reverse('dashboard:choose_password', kwargs=names)}"
