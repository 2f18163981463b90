"""Whether the signature of a received message covers the headers to unsubscribe (RFC 8058, section 4).

A provider signs, and few of them say which headers: what arrived says it. Without this a mail program offers no way to
unsubscribe by one click, and Gmail and Yahoo ask for it.
"""

from collections.abc import Iterator
from email import message_from_bytes
from email.message import Message
from email.utils import parseaddr

import dkim

from journeys.models import Sender
from journeys.sending.domain_records import domain_of, texts_at, way_of

COVERED = ("list-unsubscribe", "list-unsubscribe-post")


class SignatureProblem(Exception):
    """What is wrong with the message; the text says what to do."""


def accept(sender: Sender, source: bytes) -> None:
    """Note that a received message shows it. Raises ``SignatureProblem``, and ``NoAnswer`` of the name server."""
    check_source(sender, source)
    sender.signature_seen_of = way_of(sender)
    sender.save(update_fields=["signature_seen_of"])


def check_source(sender: Sender, source: bytes) -> None:
    """Check a message as it was received, its headers included. Raises ``SignatureProblem`` and ``NoAnswer``."""
    content = b"\r\n".join(source.splitlines()) + b"\r\n"  # as it went over the wire; files have other line ends
    message = message_from_bytes(content)
    address = parseaddr(str(message.get("From", "")))[1]
    if address.lower() != sender.address.lower():
        raise SignatureProblem(f"The message is from {address or 'nobody'}, not from {sender.address}. Take another.")
    for name in COVERED:
        if name not in message:
            raise SignatureProblem(f"The message has no {name} header: the provider leaves it out. Use another one.")
    covering = list(covering_signatures(message, domain_of(sender)))
    if not covering:
        raise SignatureProblem(
            f"No signature of {domain_of(sender)} covers {' and '.join(COVERED)}. Set up DKIM for this domain at the"
            " provider; if it is, ask the provider to sign both headers (RFC 8058), or use another one."
        )
    if not any(verifies(content, number) for number in covering):
        raise SignatureProblem(
            "The signature doesn't verify. Save the message's source as it was received ('Show original' in Gmail),"
            " and check that the DKIM record is published."
        )


def covering_signatures(message: Message, domain: str) -> Iterator[int]:
    """Yield which of the message's signatures are of its domain, or a part of it, and cover both headers."""
    for number, signature in enumerate(message.get_all("DKIM-Signature", ())):
        tags = tags_of(str(signature))
        signed = tags.get("h", "").lower().split(":")
        if set(COVERED) <= set(signed) and is_aligned(tags.get("d", "").lower(), domain):
            yield number


def tags_of(signature: str) -> dict[str, str]:
    """Return the tags of a signature, without the white space that lines are folded with (RFC 6376, section 3.2)."""
    tags = {}
    for tag in signature.split(";"):
        name, _, value = tag.partition("=")
        tags[name.strip()] = "".join(value.split())
    return tags


def is_aligned(signing: str, domain: str) -> bool:
    """Whether DMARC takes a signature for the domain's own: the same, or one below the other (RFC 7489, 3.1.1)."""
    return bool(signing) and (f".{domain}".endswith(f".{signing}") or signing.endswith(f".{domain}"))


def verifies(content: bytes, number: int) -> bool:
    """Whether a signature of the message fits it. Raises ``NoAnswer``."""
    try:
        return bool(dkim.DKIM(content).verify(idx=number, dnsfunc=published))
    except dkim.DKIMException:  # such as a record that can't be read
        return False


def published(name: bytes, timeout: int = 5) -> bytes:
    """Return a record's text, as dkimpy asks for it. Raises ``NoAnswer``."""
    return "".join(texts_at(name.decode().rstrip("."))).encode()
