"""Files that only who holds ``SECRET_KEY`` can read or make: encrypted and signed in one by AES-256-GCM (SP 800-38D).

They hold the stores' secret keys and may lie where others can read, such as on object storage. The key is derived from
``SECRET_KEY`` for this purpose alone. What the settings' fallback keys have sealed can be read as well, so that the key
can be changed while edges run.
"""

import os
from functools import lru_cache
from typing import NamedTuple

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.utils.crypto import salted_hmac

MAGIC = b"OLC1"  # says what the file is, and how it is sealed
NONCE_BYTES = 12
TAG_BYTES = 16
PURPOSE = "offerlift.edge.publication"


class NotSealedByUs(ValueError):
    """A file that nobody with the key has made, or made as another one."""


class Unsealed(NamedTuple):
    """What a file holds; ``is_current`` where the settings' present key has sealed it, not one before."""

    content: bytes
    is_current: bool


@lru_cache(maxsize=8)
def cipher_of(secret: str) -> AESGCM:
    """Return what seals and unseals with the key that is derived from a secret."""
    return AESGCM(salted_hmac(PURPOSE, "AES-256-GCM", secret, algorithm="sha256").digest())


def seal(content: bytes, name: str) -> bytes:
    """Encrypt and sign the content of the file of this name."""
    nonce = os.urandom(NONCE_BYTES)
    return MAGIC + nonce + cipher_of(str(settings.SECRET_KEY)).encrypt(nonce, content, bound_to(name))


def unseal(sealed: bytes, name: str) -> Unsealed:
    """Return what the file of this name holds. Raises ``NotSealedByUs``, also where it is another file of ours."""
    start = len(MAGIC) + NONCE_BYTES
    if not sealed.startswith(MAGIC) or len(sealed) < start + TAG_BYTES:
        raise NotSealedByUs("It isn't a file of a published configuration.")
    nonce, encrypted = sealed[len(MAGIC) : start], sealed[start:]
    for number, secret in enumerate((settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)):
        try:
            content = cipher_of(str(secret)).decrypt(nonce, encrypted, bound_to(name))
        except InvalidTag:
            continue
        return Unsealed(content, is_current=number == 0)
    raise NotSealedByUs(
        "It was changed, or sealed with another SECRET_KEY. The worker and the edges need the same one, "
        "or one of them the other's among SECRET_KEY_FALLBACKS."
    )


def bound_to(name: str) -> bytes:
    """Return what the seal covers beside the content: one file can't be put in the place of another."""
    return MAGIC + name.encode()
