"""The last step: one e-mail to one server, and what the server said of it."""

import logging
import smtplib
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol

import requests
from django.conf import settings
from django.core.mail import BadHeaderError, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.core.mail.backends.smtp import EmailBackend
from urllib3.exceptions import NewConnectionError

from journeys.models import MessageState
from journeys.sending.composing import OutgoingMail
from journeys.sending.dkim_signing import keys_of
from journeys.sending.smtp_letters import SmtpLetter

logger = logging.getLogger(__name__)

NO_SUCH_MAILBOX = frozenset({550, 551, 553})  # RFC 5321, section 4.2.3
TRIED_AGAIN_LATER = range(400, 500)  # such as 421 and 451
# They are about the account and not the message: a wrong key, an unpaid bill, too many requests. The rest waits too.
ACCOUNT_REFUSED = frozenset({401, 402, 403, 407, 429})
# Providers that carry nothing of ours through: their events are matched by their own ID and the address.
WITHOUT_METADATA = frozenset({"mailersend", "postal"})


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
    """A way to send, one e-mail at a time."""

    def prepare(self, mail: OutgoingMail) -> None:
        """Do what can be done of an e-mail before its turn, while another is on its way. Raises nothing."""

    def start(self, mail: OutgoingMail) -> None:
        """Begin to hand over an e-mail. Raises nothing: ``finish`` says what came of it."""

    def finish(self) -> HandOver:
        """Wait for the word on the e-mail that was started."""

    def close(self) -> None:
        """End the connection."""


class SmtpTransport:
    """Plain SMTP, signed by us where there is a key for the sender's domain, all by one connection.

    What the server answered is known for each message. Until the content is sent it has taken nothing; from then on,
    where it says nothing, nobody knows whether it took the message.
    """

    def __init__(self, backend: EmailBackend) -> None:
        self.backend = backend
        self.prepared: SmtpLetter | None = None
        self.started: OutgoingMail | None = None
        self.result: HandOver | None = None

    def prepare(self, mail: OutgoingMail) -> None:
        """Write the content and sign it."""
        letter = self.letter_of(mail)
        with suppress(UnicodeError, BadHeaderError):  # ``start`` says so
            letter.write()
            self.prepared = letter

    def letter_of(self, mail: OutgoingMail) -> SmtpLetter:
        """Return the e-mail as SMTP carries it, the one that was prepared where there is one."""
        if self.prepared is not None and self.prepared.email is mail.email:
            return self.prepared
        return SmtpLetter(mail.email)

    def start(self, mail: OutgoingMail) -> None:
        """Begin to hand over an e-mail: all but the server's last answer."""
        self.started, self.result = mail, None
        try:
            self.result = self.offer(mail)
        except NothingTaken as error:
            self.close()
            self.result = later(f"no connection: {error}", is_server_away=True)
        except (OSError, smtplib.SMTPException) as error:
            self.result = self.nobody_knows(error)

    def offer(self, mail: OutgoingMail) -> HandOver | None:
        """Say who it is from and to, and send it; what the server said, or None where it hasn't yet.

        Raises ``NothingTaken``, and once the content is on its way what the connection raises.
        """
        letter = self.letter_of(mail)
        try:
            refusal = self.introduce_or_reconnect(letter)
        except (OSError, smtplib.SMTPException) as error:
            raise NothingTaken(type(error).__name__) from error
        except (UnicodeError, BadHeaderError) as error:
            logger.warning("Message %s can't be written for SMTP: %s", mail.message_id, type(error).__name__)
            self.close()  # the server waits for what comes next of this message
            return HandOver(state=MessageState.FAILED, reason="unwritable")
        if refusal is None:
            self.connection.send(letter.content)
        return refusal

    def introduce_or_reconnect(self, letter: SmtpLetter) -> HandOver | None:
        """Say who the e-mail is from and to, by a new connection where the open one turns out to be closed."""
        try:
            return self.introduce(letter)
        except (OSError, smtplib.SMTPException):
            # A server may hang up on a connection that was idle, or has had enough messages: a new one is tried once.
            self.close()
            return self.introduce(letter)

    def introduce(self, letter: SmtpLetter) -> HandOver | None:
        """Say who the e-mail is from and to; the server's refusal, or None where it waits for the content."""
        self.backend.open()
        smtp = self.connection
        smtp.ehlo_or_helo_if_needed()
        letter.write()  # the first of a connection; each other one was prepared
        code, _said = smtp.docmd("MAIL", f"FROM:<{letter.sender}>")
        if code != 250:
            return self.refused(code, is_about_recipient=False)
        code, _said = smtp.docmd("RCPT", f"TO:<{letter.recipient}>")
        if code not in (250, 251):
            return self.refused(code, is_about_recipient=True)
        code, _said = smtp.docmd("DATA")
        if code != 354:
            return self.refused(code, is_about_recipient=False)
        return None

    def finish(self) -> HandOver:
        """Wait for the server's word on the content."""
        assert self.started is not None, "finish() comes after start()"
        if self.result is not None:
            return self.result
        try:
            code, _said = self.connection.getreply()
        except (OSError, smtplib.SMTPException) as error:
            return self.nobody_knows(error)
        if code != 250:
            return self.refused(code, is_about_recipient=False)
        return HandOver(state=MessageState.SENT, provider_id=self.started.email.extra_headers["Message-ID"])

    @property
    def connection(self) -> smtplib.SMTP:
        """The open connection."""
        assert self.backend.connection is not None, "open() either connects or raises"
        return self.backend.connection

    def refused(self, code: int, *, is_about_recipient: bool) -> HandOver:
        """Return what a reply means that isn't a yes, and begin anew for the next e-mail."""
        if code == 421:  # it is closing the connection
            self.close()
        else:
            with suppress(OSError, smtplib.SMTPException):
                self.connection.rset()
        return refused(code, is_about_recipient=is_about_recipient)

    def nobody_knows(self, error: Exception) -> HandOver:
        """Return that the server may have taken it."""
        assert self.started is not None
        number, name = self.started.message_id, type(error).__name__
        logger.warning("Message %s: nobody knows whether it was taken: %s", number, name)
        self.close()
        return HandOver(state=MessageState.UNKNOWN, reason="no_answer")

    def close(self) -> None:
        """End the connection."""
        self.backend.close()


class NothingTaken(Exception):
    """The connection ended before the content was sent; the message is why."""


class BackendTransport:
    """Any other way that Django knows: a provider by django-anymail, the demo's mailbox, the tests' own."""

    def __init__(self, backend: BaseEmailBackend) -> None:
        self.backend = backend
        self.result: HandOver | None = None

    def prepare(self, mail: OutgoingMail) -> None:
        """Do nothing: the backend writes what it sends by itself."""

    def start(self, mail: OutgoingMail) -> None:
        """Send one e-mail."""
        # It has no field for them, and django-anymail would refuse the message.
        if settings.MESSAGE_PROVIDER in WITHOUT_METADATA:
            vars(mail.email).pop("metadata", None)
        try:
            self.backend.open()  # one connection for all of them
            self.backend.send_messages([mail.email])
        except Exception as error:
            self.result = provider_refusal(error, mail)
            return
        status = getattr(mail.email, "anymail_status", None)
        provider_id = getattr(status, "message_id", None) or mail.email.extra_headers["Message-ID"]
        self.result = HandOver(state=MessageState.SENT, provider_id=str(provider_id))

    def finish(self) -> HandOver:
        """Return what came of it."""
        assert self.result is not None, "finish() comes after start()"
        return self.result

    def close(self) -> None:
        """End the connection."""
        self.backend.close()


def provider_refusal(error: Exception, mail: OutgoingMail) -> HandOver:
    """Return what an exception of django-anymail means; of its classes only what all providers' share is used."""
    code = getattr(error, "status_code", None)
    if code in ACCOUNT_REFUSED:
        return later(f"provider {code}", is_server_away=True)
    if code is not None and 400 <= code < 500:
        return HandOver(state=MessageState.FAILED, reason=f"provider {code}")
    if type(error).__name__ == "AnymailRecipientsRefused":
        return HandOver(state=MessageState.FAILED, reason="refused", is_dead=True)
    if is_never_connected(error):
        return later("no connection to provider", is_server_away=True)
    logger.warning("Message %s: nobody knows whether it was taken: %s", mail.message_id, type(error).__name__)
    return HandOver(state=MessageState.UNKNOWN, reason="no_answer")


def is_never_connected(error: Exception) -> bool:
    """Whether a request certainly never got to the provider: it has taken nothing.

    Where the connection ends later, or nothing is heard for too long, the provider may have the message.
    """
    cause = error.__cause__
    if isinstance(cause, requests.ConnectTimeout | requests.exceptions.SSLError):
        return True
    reason = getattr(next(iter(getattr(cause, "args", ())), None), "reason", None)
    return isinstance(reason, NewConnectionError)  # names that aren't found and refused connections


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


def open_transport() -> Transport:
    """Return the installation's way to send: ``MESSAGE_PROVIDER`` by django-anymail, else what ``EMAIL_URL`` names.

    Raises ``ImproperlyConfigured``.
    """
    if settings.MESSAGE_PROVIDER:
        return BackendTransport(get_connection(f"anymail.backends.{settings.MESSAGE_PROVIDER}.EmailBackend"))
    backend = get_connection()
    if isinstance(backend, EmailBackend):
        keys_of(tuple(settings.DKIM_KEYS))  # one that can't be read is said before any message is on its way
        return SmtpTransport(backend)
    return BackendTransport(backend)
