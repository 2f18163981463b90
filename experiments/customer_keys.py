"""A customer's key: the same on whatever device and in whatever order the customer buys."""

import hashlib
import hmac
import re
import unicodedata

from django.conf import settings

CUSTOMER_PREFIX = "c:"  # before a key, where an exposure has a visitor's id otherwise
LONGEST_ID = 60  # a key has 62 characters, so that it fits into an exposure's visitor with "c:" before it


def customer_key(store_id: int, *, customer_id: str = "", address: str = "") -> str:
    """Return the key of a customer: of the shop's ID where there is one, else of the address; empty without either.

    A guest's key is a keyed hash, so that nobody who reads an order can try addresses on it. So is that of a customer
    whose ID is an address.
    """
    if "@" in customer_id:
        address, customer_id = address or customer_id, private_id(store_id, customer_id)
    if GUEST_KEY.fullmatch(customer_id):
        return customer_id
    if customer_id and len(customer_id) <= LONGEST_ID:
        return f"i_{customer_id}"
    if customer_id:
        return f"h_{hashlib.sha256(customer_id.encode()).hexdigest()[:32]}"
    return guest_key(store_id, address)


def private_id(store_id: int, customer_id: str) -> str:
    """Return the shop's own ID of a customer as it is kept: in the place of an email address the key that it gives.

    Shops that know customers by their address alone are served as before, and no address is kept in clear. Empty where
    no key is set to hash it with.
    """
    if "@" not in customer_id or not is_address(customer_id):
        return customer_id
    return guest_key(store_id, customer_id)


GUEST_KEY = re.compile(r"a_[0-9a-f]{32}")
# What cash desks and importers write for want of an address would make one customer of all guests.
ADDRESS = re.compile(r"[^\s@\x00\ud800-\udfff]+@[^\s@\x00\ud800-\udfff]+\.[^\s@\x00\ud800-\udfff]+")
LONGEST_ADDRESS = 254  # RFC 5321, section 4.5.3.1.3


NOBODYS = ".invalid"  # RFC 2606: WooCommerce writes deleted@site.invalid for all whose data it has erased


def is_address(address: str) -> bool:
    """Whether a text can be an email address: it is refused only where nothing could be sent to it."""
    if len(address) > LONGEST_ADDRESS or is_nobodys(address):
        return False
    return ADDRESS.fullmatch(address.strip()) is not None


def is_nobodys(address: str) -> bool:
    """Whether an address is one that nobody can have, written where there must be one."""
    return address.strip().casefold().endswith(NOBODYS)


def is_of_known_customer(key: str) -> bool:
    """Whether a key is the shop's own ID of the customer, which can be read from it."""
    return key.startswith("i_")


def id_of(key: str) -> str:
    """Return the shop's own ID that such a key is made of."""
    return key.removeprefix("i_")


def guest_key(store_id: int, address: str) -> str:
    """Return the key that an email address gives; empty for anything else, and where no key is set to hash it with."""
    if not is_address(address):
        return ""
    digest = address_digest(store_id, address)
    return digest and f"a_{digest[:32]}"


def address_digest(store_id: int, address: str) -> str:
    """Return the keyed hash that finds an address in one store: 64 hexadecimal digits, or empty."""
    # Of each store its own, so that two stores' rows don't say that they have a customer in common.
    key, normalized = str(settings.ADDRESS_DIGEST_KEY), normalized_address(address)
    if not key or not normalized:
        return ""
    return hmac.new(key.encode(), f"{store_id}:{normalized}".encode(), hashlib.sha256).hexdigest()


def normalized_address(address: str) -> str:
    """Return an email address as it is compared: no mail server in use tells letters apart by their case."""
    return unicodedata.normalize("NFKC", address).strip().casefold()
