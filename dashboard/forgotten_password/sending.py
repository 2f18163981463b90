"""The e-mail with the link, written by the worker: so that asking takes as long for any address, and no link is stored.

Its address is the operator's ``CONSOLE_URL``: what a request says its host is can be anybody's.
"""

from django.conf import settings
from django.contrib.auth.models import User
from django.contrib.auth.tokens import default_token_generator
from django.urls import reverse
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode
from django.utils.translation import gettext as _
from procrastinate.contrib.django import app

from experiments.notifications import mail
from experiments.notifications.tasks import ATTEMPTS


def is_mail_set_up() -> bool:
    """Whether e-mails go anywhere but into the log."""
    return "console" not in settings.EMAIL_BACKEND


@app.task(queue="notifications", retry=ATTEMPTS)
def send_new_password_link(address: str) -> None:
    """Send a link to each active account with this address. Raises ``NotSent``."""
    for user in User.objects.filter(email__iexact=address, is_active=True):
        if user.has_usable_password():
            mail.send(user.email, str(_("New password for Offerlift")), text_for(user), "")


def text_for(user: User) -> str:
    """Return what the e-mail says."""
    paragraphs = [
        _("Someone asked for a new password for “%(name)s”.") % {"name": user.get_username()},
        _("Open this link to choose one. It works once, within an hour:"),
        link_for(user),
        _("If it wasn't you, ignore this email: your password stays as it is."),
    ]
    return "\n\n".join(str(paragraph) for paragraph in paragraphs) + "\n"


def link_for(user: User) -> str:
    """Return the link that lets this user choose a password, until it is used or an hour old."""
    names = {
        "uidb64": urlsafe_base64_encode(force_bytes(user.pk)),
        "token": default_token_generator.make_token(user),
    }
    return f"{settings.CONSOLE_URL}{reverse('dashboard:choose_password', kwargs=names)}"
