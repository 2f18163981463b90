"""Signs exposure tokens with the settings' ``SECRET_KEY``: HMAC-SHA256, in the form of Django's ``Signer``.

A decision signs a token for each moment: what the hash makes of the key is kept for as long as the key is the same.
"""

from binascii import b2a_base64
from functools import cache, lru_cache
from hmac import compare_digest

from django.conf import settings
from django.core.signing import Signer
from django.utils.encoding import force_bytes

from experiments.assignment.short_hashes import sha256

SALT = "upsell.exposure"
TO_BASE64URL = bytes.maketrans(b"+/", b"-_")  # RFC 4648, section 5
BLOCK_BYTES = 64  # of SHA-256
INNER_PAD = bytes(byte ^ 0x36 for byte in range(256))
OUTER_PAD = bytes(byte ^ 0x5C for byte in range(256))


class KeyedHash:
    """HMAC-SHA256 (RFC 2104, section 4): both hashes have taken in the padded key, and are copied for each text."""

    def __init__(self, key: bytes) -> None:
        padded = key.ljust(BLOCK_BYTES, b"\0")
        self.inner = sha256(padded.translate(INNER_PAD))
        self.outer = sha256(padded.translate(OUTER_PAD))

    def signed(self, text: bytes) -> bytes:
        """Return the text with its HMAC after a colon, in base64url without padding."""
        inner, outer = self.inner.copy(), self.outer.copy()
        inner.update(text)
        outer.update(inner.digest())
        return text + b":" + b2a_base64(outer.digest()).translate(TO_BASE64URL, b"=\n")


class ExposureSigner(Signer):
    """Django's signer, with what the hash makes of each key kept."""

    def signature(self, value: str | bytes, key: str | bytes | None = None) -> str:
        """Return the HMAC-SHA256 of the value, in base64url."""
        _, _, signature = keyed_hash(key or self.key).signed(force_bytes(value)).rpartition(b":")
        return signature.decode()


@lru_cache(maxsize=16)
def keyed_hash(secret: str | bytes) -> KeyedHash:
    """Return the hash with a key that is made of the secret for this purpose alone."""
    return KeyedHash(sha256(SALT.encode() + force_bytes(secret)).digest())


@cache  # a process keeps its settings, and to ask a lazy one for each token takes a third of the signature
def own_hash() -> KeyedHash:
    """Return the hash with the settings' key."""
    return keyed_hash(settings.SECRET_KEY)


def sign(content: bytes) -> bytes:
    """Return the bytes in base64url, with their signature after a colon."""
    return own_hash().signed(b2a_base64(content, newline=False).translate(TO_BASE64URL))


def unsign(signed: str) -> str:
    """Return the text, signed with the settings' ``SECRET_KEY`` or a fallback of it. Raises ``BadSignature``."""
    whole = signed.encode()
    text, _, _ = whole.rpartition(b":")
    # Nearly all are of the current key, and Django's signer takes ten times as long for these.
    if compare_digest(own_hash().signed(text), whole):
        return text.decode()
    return signer_of(settings.SECRET_KEY, tuple(settings.SECRET_KEY_FALLBACKS)).unsign(signed)


@lru_cache(maxsize=8)
def signer_of(key: str, fallback_keys: tuple[str, ...]) -> ExposureSigner:
    """Return the signer of these keys."""
    return ExposureSigner(key=key, salt=SALT, fallback_keys=list(fallback_keys))
