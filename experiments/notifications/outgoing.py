"""Signed messages to a store's own systems, by the Standard Webhooks specification (standardwebhooks.com, 1.0.0).

The receiver checks ``webhook-signature``: HMAC-SHA256 over ``{webhook-id}.{webhook-timestamp}.{body}``, keyed with the
bytes that the secret behind ``whsec_`` stands for. A message keeps its id over all attempts.
"""

import base64
import hmac
import http.client
import json
import socket
import ssl
from collections.abc import Iterable
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from hashlib import sha256
from http import HTTPStatus
from typing import Any
from urllib.parse import SplitResult, urlsplit

from django.conf import settings
from django.utils import timezone
from django.utils.encoding import iri_to_uri

from config.time_limit import at_most
from experiments.notifications.public_addresses import addresses_of, is_public

TIMEOUT_S = 5  # for each step: a receiver is to answer first and work afterwards, and others wait behind it
TOTAL_S = 15  # for the handshake, and for request and answer together: each as long as three steps may take
PREFIX = "whsec_"
PORTS = {"https": 443, "http": 80}
# Of the answers that blame the message, those that another attempt may change (RFC 9110, 8470, 6585): the receiver
# timed out, was asked too early, or too often.
MAY_CHANGE = frozenset({HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_EARLY, HTTPStatus.TOO_MANY_REQUESTS})
MAX_DIGITS = 10  # of seconds to wait; more is no time that anybody means


class NotDelivered(Exception):
    """The message didn't arrive.

    ``is_final`` where another attempt can't help; ``status`` is the receiver's answer, if it gave one, and
    ``retry_at`` when it wants to be asked again.
    """

    def __init__(
        self, reason: str, *, is_final: bool = False, status: int | None = None, retry_at: datetime | None = None
    ) -> None:
        super().__init__(reason)
        self.is_final = is_final
        self.status = status
        self.retry_at = retry_at


def body_of(message_type: str, at: str, data: dict[str, Any]) -> bytes:
    """Write the message as it is signed and sent."""
    return json.dumps({"type": message_type, "timestamp": at, "data": data}, separators=(",", ":")).encode()


def signature(secret: str, message_id: str, timestamp: int, body: bytes) -> str:
    """Return ``v1,`` and the signature in base64."""
    key = base64.b64decode(secret.removeprefix(PREFIX))
    digest = hmac.new(key, f"{message_id}.{timestamp}.".encode() + body, sha256).digest()
    return f"v1,{base64.b64encode(digest).decode()}"


def post(url: str, secrets: Iterable[str], *, message_id: str, timestamp: int, body: bytes) -> int:
    """Sign it with each secret, send it, and return the status, which is 2xx. Raises ``NotDelivered``.

    The header holds one signature or several with spaces between them: a receiver takes the message if one fits.
    """
    signatures = []
    for secret in secrets:
        signatures.append(signature(secret, message_id, timestamp, body))
    headers = {
        "webhook-id": message_id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": " ".join(signatures),
    }
    return send_json(url, body, headers)


def send_json(url: str, body: bytes, headers: dict[str, str]) -> int:
    """Send JSON to an address, and return the status, which is 2xx. Raises ``NotDelivered``, which never names the
    address's path, as that may be a secret.

    The address is looked up once and connected to as it was checked, so that it can't turn into an inner one between
    the two; redirects are not followed.
    """
    parts = address_parts(url)
    headers = {"content-type": "application/json", "user-agent": "Offerlift", **headers}
    connection = connect(parts)
    try:
        with at_most(TOTAL_S, connection.sock):
            connection.request("POST", request_target(parts), body, headers)
            answer = connection.getresponse()
    except (OSError, http.client.HTTPException) as error:
        raise NotDelivered(f"The connection failed: {error}") from error
    finally:
        connection.close()
    if 200 <= answer.status < 300:
        return answer.status
    raise refusal(answer.status, answer.getheader("retry-after", ""))


def refusal(status: int, retry_after: str) -> NotDelivered:
    """Return what an answer that is no success means for the message."""
    return NotDelivered(
        f"It answered {status}",
        is_final=400 <= status < 500 and status not in MAY_CHANGE,
        status=status,
        retry_at=time_of(retry_after),
    )


def time_of(retry_after: str) -> datetime | None:
    """Return the time that a ``Retry-After`` header names, in seconds or as a date (RFC 9110, section 10.2.3).

    ``None`` where it names none.
    """
    text = retry_after.strip()
    if text.isascii() and text.isdigit():
        if len(text) > MAX_DIGITS:
            return None
        return timezone.now() + timedelta(seconds=int(text))
    try:
        at = parsedate_to_datetime(text)
    except (TypeError, ValueError, IndexError):
        return None
    if at.tzinfo is None:  # "-0000": a time whose zone nobody knows
        return None
    return at


def address_parts(url: str) -> SplitResult:
    """Return the parts of an address that messages may go to. Raises ``NotDelivered`` for any other."""
    try:
        parts = urlsplit(url)
        is_port = parts.port != 0  # one that is no number, or too large, raises
    except ValueError as error:
        raise NotDelivered(f"The address can't be read: {error}", is_final=True) from error
    schemes = {"https"}
    if settings.WEBHOOKS_TO_PRIVATE_ADDRESSES:
        schemes.add("http")
    if parts.scheme not in schemes or not parts.hostname or parts.username is not None or not is_port:
        raise NotDelivered("The address must begin with https:// and a host", is_final=True)
    return parts


def request_target(parts: SplitResult) -> str:
    """Return path and query as a request line has them: in ASCII."""
    path = parts.path or "/"
    if parts.query:
        path = f"{path}?{parts.query}"
    return iri_to_uri(path)


def connect(parts: SplitResult) -> http.client.HTTPConnection:
    """Connect to the host's checked address. Raises ``NotDelivered``."""
    host, port = parts.hostname or "", parts.port or PORTS[parts.scheme]
    address = public_address(host, port)
    connection = http.client.HTTPConnection(host, port, timeout=TIMEOUT_S)
    try:
        stream = socket.create_connection((address, port), timeout=TIMEOUT_S)
        if parts.scheme == "https":
            connection = http.client.HTTPSConnection(host, port, timeout=TIMEOUT_S)
            with at_most(TOTAL_S, stream):
                stream = ssl.create_default_context().wrap_socket(stream, server_hostname=host)
    except OSError as error:
        raise NotDelivered(f"The connection failed: {error}") from error
    except ValueError as error:  # a host that no certificate can name
        raise NotDelivered(f"The host can't be used: {error}", is_final=True) from error
    connection.sock = stream
    return connection


def public_address(host: str, port: int) -> str:
    """Return the address to connect to. Raises ``NotDelivered`` where any of the host's addresses isn't public."""
    try:
        addresses = addresses_of(host, port)
    except OSError as error:
        raise NotDelivered(f"The host is not known: {error}") from error
    except ValueError as error:  # no host's name: too long, empty between two dots, NUL
        raise NotDelivered(f"The host can't be used: {error}", is_final=True) from error
    # One inner address among several is enough to refuse: which of them is tried would be the host's choice.
    if not settings.WEBHOOKS_TO_PRIVATE_ADDRESSES and not all(map(is_public, addresses)):
        raise NotDelivered("The host is not on the public internet", is_final=True)
    return addresses[0]
