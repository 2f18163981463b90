"""Signs e-mails that go out by plain SMTP (DKIM, RFC 6376), the headers to unsubscribe included (RFC 8058)."""

from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

import dkim
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

SIGNED_HEADERS = (
    *(b"from", b"to", b"subject", b"date", b"message-id", b"reply-to", b"mime-version", b"content-type"),
    *(b"list-unsubscribe", b"list-unsubscribe-post"),
)


class DkimKey(NamedTuple):
    """What signs for a domain: the selector names the public key's record."""

    domain: str
    selector: str
    private_key: bytes


# Read and parsed once: every message is signed by one of them.
@lru_cache(maxsize=1)
def keys_of(configured: tuple[str, ...]) -> dict[str, DkimKey]:
    """Return the keys by domain, of ``domain:selector:file`` each. Raises ``ImproperlyConfigured``."""
    keys = {}
    for entry in configured:
        domain, _, rest = entry.partition(":")
        selector, _, file = rest.partition(":")
        try:
            keys[domain.lower()] = DkimKey(domain.lower(), selector, Path(file).read_bytes())
        except OSError as error:
            raise ImproperlyConfigured(
                f"DKIM_KEYS: {entry!r} must be domain:selector:file with a private key in the file ({error})."
            ) from error
    return keys


def key_for(address: str) -> DkimKey | None:
    """Return the key of an address's domain, or None."""
    domain = address.rpartition("@")[2].rstrip(">").lower()
    return keys_of(tuple(settings.DKIM_KEYS)).get(domain)


def signed(content: bytes, sender: str) -> bytes:
    """Return the e-mail with its signature, or as it is where there is no key for the sender's domain."""
    key = key_for(sender)
    if key is None:
        return content
    present = [name for name in SIGNED_HEADERS if b"\r\n" + name + b":" in b"\r\n" + content.lower()]
    signature: bytes = dkim.sign(
        content,
        key.selector.encode(),
        key.domain.encode(),
        key.private_key,
        canonicalize=(b"relaxed", b"relaxed"),
        include_headers=present,
    )
    return signature + content
