"""Signs e-mails that go out by plain SMTP (DKIM, RFC 6376), the headers to unsubscribe included (RFC 8058).

What is hashed is dkimpy's word; the signature itself is made by OpenSSL, which takes a tenth of the time.
"""

import re
import time
from base64 import b64encode
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

import dkim
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from dkim.canonicalization import CanonicalizationPolicy

SIGNED_HEADERS = (
    *(b"from", b"to", b"subject", b"date", b"message-id", b"reply-to", b"mime-version", b"content-type"),
    *(b"list-unsubscribe", b"list-unsubscribe-post"),
)
RELAXED = CanonicalizationPolicy.from_c_value(b"relaxed/relaxed")
HEADER_NAME = b"DKIM-Signature"
FOLDED = re.compile(rb".{1,70}")


class DkimKey(NamedTuple):
    """What signs for a domain: the selector names the public key's record."""

    domain: str
    selector: str
    private_key: RSAPrivateKey


# Read and parsed once: every message is signed by one of them.
@lru_cache(maxsize=1)
def keys_of(configured: tuple[str, ...]) -> dict[str, DkimKey]:
    """Return the keys by domain, of ``domain:selector:file`` each. Raises ``ImproperlyConfigured``."""
    keys = {}
    for entry in configured:
        domain, _, rest = entry.partition(":")
        selector, _, file = rest.partition(":")
        try:
            keys[domain.lower()] = DkimKey(domain.lower(), selector, read_key(Path(file)))
        except (OSError, ValueError, TypeError, UnsupportedAlgorithm) as error:
            raise ImproperlyConfigured(
                f"DKIM_KEYS: {entry!r} must be domain:selector:file with a private RSA key in the file ({error})."
            ) from error
    return keys


def read_key(file: Path) -> RSAPrivateKey:
    """Read a private key. Raises ``OSError``, and what OpenSSL says of a file that is none."""
    key = load_pem_private_key(file.read_bytes(), password=None)
    if not isinstance(key, RSAPrivateKey):
        raise TypeError("another kind of key")
    return key


def key_for(address: str) -> DkimKey | None:
    """Return the key of an address's domain, or None."""
    domain = address.rpartition("@")[2].rstrip(">").lower()
    return keys_of(tuple(settings.DKIM_KEYS)).get(domain)


def signed(content: bytes, sender: str) -> bytes:
    """Return the e-mail with its signature, or as it is where there is no key for the sender's domain.

    Its lines end as they do on the wire.
    """
    key = key_for(sender)
    if key is None:
        return content
    return signature_line(content, key, int(time.time())) + content


def signature_line(content: bytes, key: DkimKey, at: int) -> bytes:
    """Return the header that signs an e-mail as of a time, in seconds since 1970."""
    head, _, body = content.partition(b"\r\n\r\n")
    headers, _body = dkim.rfc822_parse(head)
    canonical = RELAXED.canonicalize_headers(headers)
    present = {name for name, _value in canonical}
    names = [name for name in SIGNED_HEADERS if name in present]
    body_hash = b64encode(sha256(RELAXED.canonicalize_body(body)).digest())
    value = b" v=1; a=rsa-sha256; c=relaxed/relaxed; d=%s; s=%s; t=%d;\r\n h=%s;\r\n bh=%s;\r\n b=" % (
        *(key.domain.encode(), key.selector.encode(), at, b":".join(names), body_hash),
    )
    # The header is signed itself, without the signature that will be in it, and without an end of its line.
    ((own_name, own_value),) = RELAXED.canonicalize_headers([(HEADER_NAME, value)])
    hashed = [*dkim.select_headers(canonical, names), (own_name, own_value.rstrip())]
    signed = b"".join(map(b":".join, hashed))
    signature = key.private_key.sign(signed, PKCS1v15(), SHA256())
    return HEADER_NAME + b":" + value + b"\r\n  ".join(FOLDED.findall(b64encode(signature))) + b"\r\n"
