"""Customers' addresses: encrypted at rest by AES-256-GCM (NIST SP 800-38D), shown masked, found by a digest.

The keys of ``ADDRESS_KEYS`` encrypt; the first one writes, all of them read, so that a key can be replaced. Each
purpose has a key of its own, derived by HKDF (RFC 5869). Digests have another key, ``ADDRESS_DIGEST_KEY``, which never
changes: ``experiments/customer_keys.py``.
"""

import os
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

from experiments.customer_keys import address_digest
from journeys.models import Address, Channel

FORMAT = b"\x01"  # says how a value is encrypted, so that another way can come beside it
# What AES-GCM takes (NIST SP 800-38D): a nonce of 96 bits, a tag of 128.
NONCE_BYTES = 12
TAG_BYTES = 16
KEY_BYTES = 32
KEY_ID_BYTES = 8
SAMPLED_PER_KEY = 3  # rows that show whether the keys fit them: more would be no more certain

NO_ADDRESS_KEYS = "ADDRESS_KEYS is not set, so customers' addresses can't be stored."
NO_DIGEST_KEY = "ADDRESS_DIGEST_KEY is not set, so unsubscribed customers can't be recognized."


class UnreadableAddress(ValueError):
    """An address that none of the keys opens."""


class MissingKeys(RuntimeError):
    """Nothing may be sent: the message says why, and what to do."""


class SealedAddress(NamedTuple):
    """An encrypted address, and the ID of the key that opens it."""

    value: bytes
    key_id: str


# Deriving takes longer than opening an address with what was derived; there are few keys and purposes.
@lru_cache(maxsize=32)
def derived(secret: str, purpose: str, length: int) -> bytes:
    """Derive a key for one purpose: whoever learns it learns none of the others."""
    info = f"offerlift.addresses.{purpose}".encode()
    return HKDF(algorithm=SHA256(), length=length, salt=None, info=info).derive(secret.encode())


@lru_cache(maxsize=32)
def cipher_of(secret: str) -> AESGCM:
    """Return what seals and opens with a key."""
    return AESGCM(derived(secret, "encryption", KEY_BYTES))


def key_id_of(secret: str) -> str:
    """Return what names a key and tells nothing of it: 16 hexadecimal digits."""
    return derived(secret, "key-id", KEY_ID_BYTES).hex()


def secrets() -> list[str]:
    """Return the keys, the one that writes first; none where the operator has set none."""
    return list(map(str, settings.ADDRESS_KEYS))


def newest_key_id() -> str:
    """Return the ID of the key that writes; empty where there is none."""
    keys = secrets()
    if not keys:
        return ""
    return key_id_of(keys[0])


def can_store() -> bool:
    """Return whether addresses can be stored at all: both keys are there."""
    return bool(secrets()) and bool(str(settings.ADDRESS_DIGEST_KEY))


def seal(text: str, store_id: int, channel: str = Channel.EMAIL) -> SealedAddress:
    """Encrypt an address of a store. Raises ``MissingKeys``."""
    return seal_bytes(text.encode(), store_id, channel)


def seal_bytes(data: bytes, store_id: int, purpose: str) -> SealedAddress:
    """Encrypt what has addresses of a store in it. Raises ``MissingKeys``."""
    keys = secrets()
    if not keys:
        raise MissingKeys(NO_ADDRESS_KEYS)
    nonce = os.urandom(NONCE_BYTES)
    encrypted = cipher_of(keys[0]).encrypt(nonce, data, bound_to(store_id, purpose))
    return SealedAddress(FORMAT + nonce + encrypted, key_id_of(keys[0]))


def open_address(address: Address) -> str:
    """Return the address as it was written. Raises ``UnreadableAddress``."""
    sealed = SealedAddress(bytes(address.value), address.key_id)
    try:
        return open_bytes(sealed, address.store_id, address.channel).decode()
    except UnreadableAddress as error:
        raise UnreadableAddress(f"Address {address.pk}: {error}") from None


def open_bytes(sealed: SealedAddress, store_id: int, purpose: str) -> bytes:
    """Decrypt what ``seal_bytes`` encrypted. Raises ``UnreadableAddress``."""
    for secret in secrets():
        if key_id_of(secret) == sealed.key_id:
            return open_value(sealed.value, secret, store_id, purpose)
    raise UnreadableAddress(f"It is encrypted with the key {sealed.key_id}, which isn't in ADDRESS_KEYS. Add that key.")


def open_value(value: bytes, secret: str, store_id: int, purpose: str) -> bytes:
    """Decrypt a value. Raises ``UnreadableAddress`` where it was changed, or moved from another store."""
    start = len(FORMAT) + NONCE_BYTES
    if not value.startswith(FORMAT) or len(value) < start + TAG_BYTES:
        raise UnreadableAddress("The value isn't an encrypted address.")
    nonce, encrypted = value[len(FORMAT) : start], value[start:]
    try:
        return cipher_of(secret).decrypt(nonce, encrypted, bound_to(store_id, purpose))
    except InvalidTag:
        raise UnreadableAddress("The encrypted address was changed, or is another store's.") from None


def bound_to(store_id: int, purpose: str) -> bytes:
    """Return what is authenticated beside the address: a row can't be put into another store."""
    return f"{store_id}:{purpose}".encode()


def mask(text: str) -> str:
    """Return an address as whoever may not see it does: ``ada@shop.example`` as ``a…@s….example``."""
    name, _, domain = text.strip().rpartition("@")
    if not name or not domain:
        return "…"
    host, _, ending = domain.rpartition(".")
    if not host:
        return f"{name[0]}…@{domain[0]}…"
    return f"{name[0]}…@{host[0]}….{ending}"


def masked(address: Address) -> str:
    """Return a stored address masked; three dots where it can't be read."""
    try:
        return mask(open_address(address))
    except UnreadableAddress:
        return "…"


def require_keys() -> None:
    """Raise ``MissingKeys`` where the keys aren't there, or aren't those that the stored addresses need.

    For whoever is about to send: without the digest key, somebody who unsubscribed would get messages again.
    """
    for trouble in key_troubles():
        raise MissingKeys(f"{trouble} See docs/operations.md, the keys of addresses.")


def key_troubles() -> Iterator[str]:
    """Say what is wrong with the keys, a sentence each. Asks the database for a few addresses of each key."""
    if not secrets():
        yield NO_ADDRESS_KEYS
    if not str(settings.ADDRESS_DIGEST_KEY):
        yield NO_DIGEST_KEY
    if can_store():
        yield from troubles_of_stored()


def troubles_of_stored() -> Iterator[str]:
    """Say which stored addresses the keys don't open, and whether digests have been made with another key."""
    known = set(map(key_id_of, secrets()))
    used = key_ids_in_use()
    for key_id in sorted(used - known):
        yield f"Stored addresses need the key {key_id}, which isn't in ADDRESS_KEYS."
    for key_id in sorted(used & known):
        for address in Address.objects.filter(key_id=key_id).order_by("-pk")[:SAMPLED_PER_KEY]:
            try:
                text = open_address(address)
            except UnreadableAddress as error:
                yield f"Address {address.pk} can't be opened: {error}"
                continue
            if address_digest(address.store_id, text) != address.digest:
                yield "ADDRESS_DIGEST_KEY is not the one that the stored addresses were recognized with."
                return


def key_ids_in_use() -> set[str]:
    """Return the IDs of the keys that stored addresses are encrypted with.

    A step for each key instead of a DISTINCT, which would read every address.
    """
    used: set[str] = set()
    addresses = Address.objects.order_by("key_id")
    key_id = addresses.values_list("key_id", flat=True).first()
    while key_id is not None:
        used.add(key_id)
        key_id = addresses.filter(key_id__gt=key_id).values_list("key_id", flat=True).first()
    return used
