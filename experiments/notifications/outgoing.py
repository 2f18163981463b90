"""Signed messages to a store's own systems, by the Standard Webhooks specification (standardwebhooks.com, 1.0.0).

The receiver checks ``webhook-signature``: HMAC-SHA256 over ``{webhook-id}.{webhook-timestamp}.{body}``, keyed with the
bytes that the secret behind ``whsec_`` stands for. A message keeps its id over all attempts.
"""

import base64
import hmac
import http.client
import ipaddress
import json
import socket
import ssl
from collections.abc import Iterable
from hashlib import sha256
from typing import Any
from urllib.parse import SplitResult, urlsplit

from django.conf import settings
from django.utils.encoding import iri_to_uri

TIMEOUT_S = 5

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network
# IANA's registries of special addresses, where ``is_global`` says otherwise in some version of Python that we run on.
# Of IPv6 nothing outside 2000::/3 is anybody's: not ::/96 (IPv4-compatible), 64:ff9b:1::/48 (local NAT64), fec0::/10
# (site-local), 5f00::/16 (segment routing).
GLOBAL_UNICAST = ipaddress.IPv6Network("2000::/3")
NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
SPECIAL_IPV4 = [ipaddress.IPv4Network(text) for text in ("192.0.0.0/24", "192.88.99.0/24", "240.0.0.0/4")]
SPECIAL_IPV6 = [ipaddress.IPv6Network(text) for text in ("2001::/23", "2001:db8::/32", "3fff::/20")]
PREFIX = "whsec_"


class NotDelivered(Exception):
    """The message didn't arrive; ``is_final`` where another attempt can't help."""

    def __init__(self, reason: str, *, is_final: bool = False) -> None:
        super().__init__(reason)
        self.is_final = is_final


def body_of(message_type: str, at: str, data: dict[str, Any]) -> bytes:
    """The message as it is signed and sent."""
    return json.dumps({"type": message_type, "timestamp": at, "data": data}, separators=(",", ":")).encode()


def signature(secret: str, message_id: str, timestamp: int, body: bytes) -> str:
    """``v1,`` and the signature in base64."""
    key = base64.b64decode(secret.removeprefix(PREFIX))
    digest = hmac.new(key, f"{message_id}.{timestamp}.".encode() + body, sha256).digest()
    return f"v1,{base64.b64encode(digest).decode()}"


def post(url: str, secret: str, message_id: str, timestamp: int, body: bytes) -> int:
    """Send it, and return the status, which is 2xx. Raises ``NotDelivered``.

    The address is looked up once and connected to as it was checked, so that it can't turn into an inner one between
    the two; redirects are not followed.
    """
    parts = split(url)
    headers = {
        "content-type": "application/json",
        "user-agent": "Offerlift",
        "webhook-id": message_id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": signature(secret, message_id, timestamp, body),
    }
    connection = connect(parts)
    try:
        connection.request("POST", target(parts), body, headers)
        status = connection.getresponse().status
    except (OSError, http.client.HTTPException) as error:
        raise NotDelivered(f"The connection failed: {error}") from error
    finally:
        connection.close()
    if not 200 <= status < 300:
        raise NotDelivered(f"It answered {status}", is_final=status == http.HTTPStatus.GONE)
    return status


def split(url: str) -> SplitResult:
    """The parts of an address that may be told. Raises ``NotDelivered`` for any other."""
    try:
        parts = urlsplit(url)
        is_port = parts.port != 0  # one that is no number, or too large, raises
    except ValueError as error:
        raise NotDelivered(f"The address can't be read: {error}", is_final=True) from error
    schemes = {"https", "http"} if settings.WEBHOOKS_TO_PRIVATE_ADDRESSES else {"https"}
    if parts.scheme not in schemes or not parts.hostname or parts.username is not None or not is_port:
        raise NotDelivered("The address has to begin with https:// and a host", is_final=True)
    return parts


def target(parts: SplitResult) -> str:
    """Path and query as a request line has them: in ASCII."""
    return iri_to_uri(f"{parts.path or '/'}{'?' + parts.query if parts.query else ''}")


def connect(parts: SplitResult) -> http.client.HTTPConnection:
    """A connection to the host's checked address."""
    host, port = parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)
    try:
        stream = socket.create_connection((public_address(host, port), port), timeout=TIMEOUT_S)
        if parts.scheme == "https":
            stream = ssl.create_default_context().wrap_socket(stream, server_hostname=host)
    except OSError as error:
        raise NotDelivered(f"The connection failed: {error}") from error
    except ValueError as error:  # a host that no certificate can name
        raise NotDelivered(f"The host can't be used: {error}", is_final=True) from error
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    connection = kind(host, port, timeout=TIMEOUT_S)
    connection.sock = stream
    return connection


def public_address(host: str, port: int) -> str:
    """The address to connect to. Raises ``NotDelivered`` where any of the host's addresses isn't a public one."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except OSError as error:
        raise NotDelivered(f"The host is not known: {error}") from error
    except ValueError as error:  # no host's name: too long, empty between two dots, NUL
        raise NotDelivered(f"The host can't be used: {error}", is_final=True) from error
    addresses = [str(entry[4][0]) for entry in found]
    if not settings.WEBHOOKS_TO_PRIVATE_ADDRESSES and not all(map(is_public, addresses)):
        raise NotDelivered("The host is not on the public internet", is_final=True)
    return addresses[0]


def is_public(address: str) -> bool:
    """Whether an IP address is reachable by everybody; one that is wrapped in another counts as what is inside."""
    ip = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(ip, ipaddress.IPv4Address):
        return ip.is_global and not ip.is_multicast and not is_in(ip, SPECIAL_IPV4)
    inner = wrapped(ip)
    if inner:
        return all(map(is_public, inner))
    return ip in GLOBAL_UNICAST and ip.is_global and not is_in(ip, SPECIAL_IPV6)


def is_in(ip: Address, networks: Iterable[Network]) -> bool:
    """Whether an address is in any of the networks."""
    return any(ip in network for network in networks)


def wrapped(ip: ipaddress.IPv6Address) -> list[str]:
    """The IPv4 addresses that an IPv6 address leads to by way of a translator or a tunnel; mostly none."""
    if ip.ipv4_mapped:
        return [str(ip.ipv4_mapped)]
    if ip.sixtofour:
        return [str(ip.sixtofour)]
    if ip.teredo:
        return [str(part) for part in ip.teredo]
    if ip in NAT64:
        return [str(ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF))]
    return []
