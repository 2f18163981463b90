"""An e-mail as SMTP carries it: addresses in ASCII, and content that is signed and ends where SMTP says it does."""

import re

from django.core.mail import EmailMultiAlternatives

from journeys.sending.dkim_signing import signed
from journeys.sending.mime import content_of

LEADING_DOT = re.compile(rb"^\.", re.MULTILINE)


class SmtpLetter:
    """An e-mail on its way to an SMTP server; what it consists of is written when it is asked for."""

    def __init__(self, email: EmailMultiAlternatives) -> None:
        self.email = email
        self.content = b""

    @property
    def sender(self) -> str:
        """The bare address that it is from. Raises ``UnicodeError``, as ``smtp_address`` does."""
        return smtp_address(self.email.from_email.rpartition("<")[2].rstrip(">"))

    @property
    def recipient(self) -> str:
        """The address that it is to. Raises ``UnicodeError``."""
        return smtp_address(self.email.to[0])

    def write(self) -> None:
        """Write the content and sign it, once. Raises ``BadHeaderError``."""
        if self.content:
            return
        written = signed(content_of(self.email), self.email.from_email)
        # A line that is a dot ends the content, so that dots at the beginning are doubled (RFC 5321, section 4.5.2).
        self.content = LEADING_DOT.sub(b"..", written).removesuffix(b"\r\n") + b"\r\n.\r\n"


def smtp_address(address: str) -> str:
    """Return an address as a command names it, its domain as the name system has it.

    Raises ``UnicodeError`` for letters beyond ASCII before the @, which an extension carries that few servers have
    (RFC 6531), and for a domain that can't be.
    """
    name, _, domain = address.rpartition("@")
    name.encode("ascii")
    if not domain.isascii():
        domain = domain.encode("idna").decode()
    return f"{name}@{domain}"
