"""Signs what a link says. A link names no address, and one of a store does nothing in another."""

import hashlib
import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import TypeVar

import msgspec
from django.conf import settings

from journeys.addresses import derived

# 128 bits: nobody guesses one, and the links stay short enough for a line of plain text.
MAC_BYTES = 16
KEY_BYTES = 32
LONGEST = 400  # characters: what we sign has fewer


class BadLink(ValueError):
    """Nobody with the key has signed this, or for something else."""


class OfferLink(msgspec.Struct, array_like=True, frozen=True):
    """Leads to the page of what a message offered: at which price, in minor units, and until when, in seconds.

    ``sold`` are the row IDs of the products, where the offer sells pairs, and ``pairs_version`` is of which version of
    the pairs. Links of before there were any have neither.
    """

    store_id: int
    message_id: int
    offer_id: int
    price_minor: int
    expires_at: int
    sold: tuple[int, ...] = ()
    pairs_version: int = 0


class AnswerLink(msgspec.Struct, array_like=True, frozen=True):
    """Leads to the page that asks once more whether this is the answer."""

    store_id: int
    message_id: int
    question: str
    tag: str


class AddressLink(msgspec.Struct, array_like=True, frozen=True):
    """Leads to what an address gets: its preferences, and the way out. It never expires.

    ``digest`` is the address's own in this store (32 bytes), so that the link works when all else is erased.
    """

    store_id: int
    digest: bytes
    topic: str
    message_id: int
    locale: str


SignedLink = OfferLink | AnswerLink | AddressLink
Kind = TypeVar("Kind", bound=msgspec.Struct)

# Not the classes' names: those may change, and links that were sent stay.
PURPOSES: dict[type[msgspec.Struct], str] = {
    OfferLink: "link.offer",
    AnswerLink: "link.answer",
    AddressLink: "link.address",
}


def sign(link: SignedLink) -> str:
    """Return the link's token, safe in an address."""
    body = msgspec.msgpack.encode(link)
    return urlsafe_b64encode(body + mac_of(body, type(link))).decode().rstrip("=")


def read(token: str, kind: type[Kind]) -> Kind:
    """Return what a token says. Raises ``BadLink``."""
    if len(token) > LONGEST:
        raise BadLink("The link is too long.")
    try:
        signed = urlsafe_b64decode(token.encode("ascii") + b"=" * (-len(token) % 4))
    except (ValueError, UnicodeEncodeError) as error:
        raise BadLink("The link is not whole.") from error
    body, mac = signed[:-MAC_BYTES], signed[-MAC_BYTES:]
    # Encoded anew: one token is one text, so that nobody makes another that says the same.
    is_whole = hmac.compare_digest(mac, mac_of(body, kind)) and token == urlsafe_b64encode(signed).decode().rstrip("=")
    if not is_whole:
        raise BadLink("The link is not whole.")
    return msgspec.msgpack.decode(body, type=kind)


def mac_of(body: bytes, kind: type[msgspec.Struct]) -> bytes:
    """Return what only we can make of the body; each kind of link has a key of its own.

    The keys come from the one that never changes: somebody may unsubscribe by a message of years ago.
    """
    secret = str(settings.ADDRESS_DIGEST_KEY)
    if not secret:
        raise BadLink("ADDRESS_DIGEST_KEY is not set.")
    key = derived(secret, PURPOSES[kind], KEY_BYTES)
    return hmac.digest(key, body, hashlib.sha256)[:MAC_BYTES]
