"""The last step: one e-mail to one server, and what the server said of it."""

import logging
import smtplib
from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol

from django.conf import settings
from django.core.mail import get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.core.mail.backends.smtp import EmailBackend

from journeys.models import MessageState
from journeys.sending.composing import OutgoingMail
from journeys.sending.dkim_signing import signed

logger = logging.getLogger(__name__)

NO_SUCH_MAILBOX = frozenset({550, 551, 553})  # RFC 5321, section 4.2.3
TRIED_AGAIN_LATER = range(400, 500)  # such as 421 and 451


@dataclass(frozen=True, slots=True, kw_only=True)
class HandOver:
    """What became of a message. ``retry_in``: the server took nothing and asks to come again.

    ``is_dead``: there is no such mailbox. ``is_server_away``: it is no use to try the next one.
    """

    state: MessageState
    reason: str = ""
    provider_id: str = ""
    retry_in: timedelta | None = None
    is_dead: bool = False
    is_server_away: bool = False


class Transport(Protocol):
    """A way to send."""

    def hand_over(self, mail: OutgoingMail) -> HandOver:
        """Send one e-mail."""

    def close(self) -> None:
        """End the connection."""


class SmtpTransport:
    """Plain SMTP, signed by us where there is a key for the sender's domain.

    What the server answered is known for each message; where it said nothing, nobody knows whether it was taken.
    """

    def __init__(self, backend: EmailBackend) -> None:
        self.backend = backend

    def hand_over(self, mail: OutgoingMail) -> HandOver:
        """Send one e-mail."""
        try:
            self.backend.open()
        except (OSError, smtplib.SMTPException) as error:
            return later(f"no connection: {type(error).__name__}", is_server_away=True)
        connection = self.backend.connection
        assert connection is not None, "open() either connects or raises"
        message = mail.email.message()
        # Django's own messages take a line's end, unlike those of the standard library that the stubs know.
        content = signed(message.as_bytes(linesep="\r\n"), mail.email.from_email)  # type: ignore[call-arg]
        try:
            connection.sendmail(sender_of(mail), mail.email.to, content)
        except smtplib.SMTPRecipientsRefused as error:
            ((code, _said),) = error.recipients.values()
            return refused(code)
        except smtplib.SMTPResponseException as error:  # of the sender, or of the content
            return refused(error.smtp_code, is_about_recipient=False)
        except (OSError, smtplib.SMTPException) as error:
            logger.warning("Message %s: nobody knows whether it was taken: %s", mail.message_id, type(error).__name__)
            self.close()
            return HandOver(state=MessageState.UNKNOWN, reason="no_answer")
        return HandOver(state=MessageState.SENT, provider_id=message["Message-ID"])

    def close(self) -> None:
        """End the connection."""
        self.backend.close()


class BackendTransport:
    """Any other way that Django knows: a provider by django-anymail, the demo's mailbox, the tests' own."""

    def __init__(self, backend: BaseEmailBackend) -> None:
        self.backend = backend

    def hand_over(self, mail: OutgoingMail) -> HandOver:
        """Send one e-mail."""
        try:
            self.backend.send_messages([mail.email])
        except Exception as error:
            return provider_refusal(error, mail)
        status = getattr(mail.email, "anymail_status", None)
        provider_id = getattr(status, "message_id", None) or mail.email.extra_headers["Message-ID"]
        return HandOver(state=MessageState.SENT, provider_id=str(provider_id))

    def close(self) -> None:
        """End the connection."""
        self.backend.close()


def provider_refusal(error: Exception, mail: OutgoingMail) -> HandOver:
    """Return what an exception of django-anymail means; of its classes only what all providers' share is used."""
    code = getattr(error, "status_code", None)
    if code == 429:
        return later("provider: too many")
    if code is not None and 400 <= code < 500:
        return HandOver(state=MessageState.FAILED, reason=f"provider {code}")
    if type(error).__name__ == "AnymailRecipientsRefused":
        return HandOver(state=MessageState.FAILED, reason="refused", is_dead=True)
    logger.warning("Message %s: nobody knows whether it was taken: %s", mail.message_id, type(error).__name__)
    return HandOver(state=MessageState.UNKNOWN, reason="no_answer")


def refused(code: int, *, is_about_recipient: bool = True) -> HandOver:
    """Return what an SMTP reply that isn't a yes means."""
    if code in TRIED_AGAIN_LATER:
        return later(f"smtp {code}")
    is_dead = is_about_recipient and code in NO_SUCH_MAILBOX
    return HandOver(state=MessageState.FAILED, reason=f"smtp {code}", is_dead=is_dead)


def later(reason: str, *, is_server_away: bool = False) -> HandOver:
    """Return that nothing was taken, and that it may be another time."""
    return HandOver(
        state=MessageState.PLANNED, reason=reason[:32], retry_in=timedelta(minutes=5), is_server_away=is_server_away
    )


def sender_of(mail: OutgoingMail) -> str:
    """Return the bare address that it is from."""
    return mail.email.from_email.rpartition("<")[2].rstrip(">")


def open_transport() -> Transport:
    """Return the installation's way to send: ``MESSAGE_PROVIDER`` by django-anymail, else what ``EMAIL_URL`` names."""
    if settings.MESSAGE_PROVIDER:
        return BackendTransport(get_connection(f"anymail.backends.{settings.MESSAGE_PROVIDER}.EmailBackend"))
    backend = get_connection()
    if isinstance(backend, EmailBackend):
        return SmtpTransport(backend)
    return BackendTransport(backend)
