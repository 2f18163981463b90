"""Signs who may answer a store's question: the token names the store, the question and the visitor.

It is opaque: fields in MessagePack, base64url, signed like exposure tokens with a key of its own purpose.
"""

from base64 import urlsafe_b64decode
from binascii import b2a_base64
from functools import lru_cache
from hmac import compare_digest

import msgspec
from django.conf import settings
from django.utils.encoding import force_bytes

from checkout_widgets.edge.exposure_signing import TO_BASE64URL, KeyedHash
from experiments.assignment.short_hashes import sha256

SALT = b"upsell.question"
LIFETIME_S = 48 * 3600


class BadQuestionToken(ValueError):
    """A token that nobody with the key has signed."""


class QuestionToken(msgspec.Struct, array_like=True, frozen=True):
    """Who was asked which question of which store, until when in seconds since 1970."""

    store_id: int
    number: int
    visitor_id: str
    expires_at: int


encode = msgspec.msgpack.Encoder().encode
_decoder = msgspec.msgpack.Decoder(QuestionToken)


@lru_cache(maxsize=16)
def hash_of(secret: str | bytes) -> KeyedHash:
    """Return the hash with a key that is made of the secret for this purpose alone."""
    return KeyedHash(sha256(SALT + force_bytes(secret)).digest())


def sign(token: QuestionToken) -> bytes:
    """Return the token as text, with its signature after a colon."""
    content = b2a_base64(encode(token), newline=False).translate(TO_BASE64URL)
    return hash_of(settings.SECRET_KEY).signed(content)


def read(text: str) -> QuestionToken:
    """Return the token that ``text`` carries, expired or not. Raises ``BadQuestionToken``."""
    whole = text.encode()
    content, _, _ = whole.rpartition(b":")
    for secret in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS):
        if compare_digest(hash_of(secret).signed(content), whole):
            return _decoder.decode(urlsafe_b64decode(content))
    raise BadQuestionToken("The question token is not one of ours.")
