"""Signs exposure tokens with the settings' ``SECRET_KEY``: HMAC-SHA256, in the form of Django's ``Signer``.

A decision signs a token for each moment: what the hash makes of the key is kept for as long as the key is the same.
"""

from base64 import urlsafe_b64encode
from functools import lru_cache
from hashlib import sha256

from django.conf import settings
from django.core.signing import Signer
from django.utils.encoding import force_bytes

SALT = "upsell.exposure"
BLOCK_BYTES = 64  # of SHA-256
INNER_PAD = bytes(byte ^ 0x36 for byte in range(256))
OUTER_PAD = bytes(byte ^ 0x5C for byte in range(256))


class KeyedHash:
    """HMAC-SHA256 (RFC 2104, section 4): both hashes have taken in the padded key, and are copied for each text."""

    def __init__(self, key: bytes) -> None:
        padded = key.ljust(BLOCK_BYTES, b"\0")
        self.inner = sha256(padded.translate(INNER_PAD))
        self.outer = sha256(padded.translate(OUTER_PAD))

    def signature(self, text: bytes) -> str:
        """Return the HMAC of the text in base64url, without its padding."""
        inner, outer = self.inner.copy(), self.outer.copy()
        inner.update(text)
        outer.update(inner.digest())
        return urlsafe_b64encode(outer.digest()).rstrip(b"=").decode()


class ExposureSigner(Signer):
    """Django's signer, with what the hash makes of each key kept."""

    def signature(self, value: str | bytes, key: str | bytes | None = None) -> str:
        """Return the HMAC-SHA256 of the value, in base64url."""
        return keyed_hash(key or self.key).signature(force_bytes(value))


@lru_cache(maxsize=16)
def keyed_hash(secret: str | bytes) -> KeyedHash:
    """Return the hash with a key that is made of the secret for this purpose alone."""
    return KeyedHash(sha256(SALT.encode() + force_bytes(secret)).digest())


class SigningKey:
    """The settings' ``SECRET_KEY``, ready to sign.

    It is told apart by identity: to hash a lazy setting for a lookup costs as much as a token.
    """

    secret: str | bytes | None = None
    hash: KeyedHash

    def current(self) -> KeyedHash:
        """Return the hash with the key that the settings have now."""
        secret = settings.SECRET_KEY
        if secret is not self.secret:
            self.hash = keyed_hash(secret)
            self.secret = secret
        return self.hash


_key = SigningKey()


def sign(text: str) -> str:
    """Return the text with its signature after a colon."""
    return f"{text}:{_key.current().signature(text.encode())}"


def unsign(signed: str) -> str:
    """Return the text, signed with the settings' ``SECRET_KEY`` or a fallback of it. Raises ``BadSignature``."""
    return signer_of(settings.SECRET_KEY, tuple(settings.SECRET_KEY_FALLBACKS)).unsign(signed)


@lru_cache(maxsize=8)
def signer_of(key: str, fallback_keys: tuple[str, ...]) -> ExposureSigner:
    """Return the signer of these keys."""
    return ExposureSigner(key=key, salt=SALT, fallback_keys=list(fallback_keys))
