"""A request to the edge on its way to an answer: its body, and who sends it."""

from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

from django.conf import settings
from django.http.request import split_domain_port, validate_host
from msgspec.json import Decoder

from checkout_widgets.edge import body_reading
from checkout_widgets.edge.configuration import Configuration, StoreConfiguration
from checkout_widgets.edge.rate import RateLimit, share_of_limit
from checkout_widgets.edge.responses import ApiError
from config import client_address

NOT_A_SITE_KEY = "The \"key\" is no store's site key (pk_...). Copy it from the store's setup page."
NOT_A_SERVER = 'The header "Authorization: Bearer sk_..." does not hold a store\'s secret key.'
# Where the server leaves a body that it has read, in the WSGI environment; None where it hasn't.
TAKEN_BODY = "offerlift.body"
MAX_DIGITS = 18  # of a length; Python refuses to read thousands of digits as a number
rate_limit = RateLimit(share_of_limit(settings.EDGE_CALLS_PER_MINUTE, settings.EDGE_PROCESSES))


def too_large(max_bytes: int) -> ApiError:
    """Return the refusal of a body that has more bytes."""
    return ApiError(413, "too_large", f"The body can have {max_bytes} bytes at most.")


class Call:
    """A WSGI request (PEP 3333).

    ``store`` is set once it is known, and ``has_allowed_origin`` where it allows the calling page's.
    """

    body = b""
    is_read = False
    store: StoreConfiguration | None = None
    has_allowed_origin = False

    def __init__(self, environ: dict[str, Any], configuration: Configuration) -> None:
        self.environ = environ
        self.configuration = configuration
        self.now = datetime.now(UTC)
        self.origin: str = environ.get("HTTP_ORIGIN", "").lower()
        self.is_from_server = "HTTP_AUTHORIZATION" in environ  # a shop's; a page has no key that is secret

    def read(self, max_bytes: int) -> None:
        """Take the body, once, and never much more than it can have. Raises ``ApiError``, as often as it is asked."""
        if not self.is_read:
            self.take(max_bytes)
        if len(self.body) > max_bytes:
            raise too_large(max_bytes)

    def take(self, max_bytes: int) -> None:
        """Take the body, which the server may have read already. Raises ``ApiError``."""
        environ = self.environ
        taken = environ.get(TAKEN_BODY)
        if taken is None:
            taken = self.arriving(max_bytes)
        self.body = taken
        self.is_read = True

    def arriving(self, max_bytes: int) -> bytes:
        """Read the body, and no more than one byte above what it can have. Raises ``ApiError``."""
        environ = self.environ
        length = environ.get("CONTENT_LENGTH") or "0"
        if not length.isdecimal() or len(length) > MAX_DIGITS or int(length) > max_bytes:
            raise too_large(max_bytes)
        bytes_to_read = int(length)
        if environ.get("HTTP_TRANSFER_ENCODING", "").lower() == "chunked":  # that tells no length
            bytes_to_read = max_bytes + 1  # one more than allowed shows whether it is too large
        try:
            content: bytes = environ["wsgi.input"].read(bytes_to_read)
        except OSError as error:
            raise ApiError(400, "bad_json", "The request body didn't arrive. Send the request again.") from error
        return content

    def decode(self, decoder: Decoder[body_reading.Body]) -> body_reading.Body:
        """Return the body as a typed value. Raises ``ApiError``."""
        return body_reading.read(decoder, self.body)

    def store_for_page(self, key: str | None) -> StoreConfiguration:
        """Return the store whose page or server calls: by its public key and origin, or by its secret key.

        Raises ``ApiError``.
        """
        if self.is_from_server:
            server = self.store_for_server()
            if key not in (None, server.site_key):
                raise ApiError(401, "unknown_key", NOT_A_SITE_KEY)
            return server
        store = self.configuration.by_site_key.get(key or "")
        if store is None:
            raise ApiError(401, "unknown_key", NOT_A_SITE_KEY)
        self.store = store
        if self.origin:
            if self.origin not in store.origins and not self.is_from_own_host():
                raise ApiError(
                    403,
                    "bad_origin",
                    "This origin isn't one of the store's allowed origins. Add it in the store's settings.",
                )
            self.has_allowed_origin = True
        self.enforce_rate_limit(store)
        return store

    def store_for_server(self) -> StoreConfiguration:
        """Return the store whose server calls, by its secret key. Raises ``ApiError``."""
        scheme, _, key = self.environ.get("HTTP_AUTHORIZATION", "").partition(" ")
        digest = sha256(key.strip().encode("utf-8", "replace")).digest()
        store = self.configuration.by_secret.get(digest)
        if scheme.lower() != "bearer" or store is None or key.strip() not in store.secret_keys(self.now):
            raise ApiError(401, "unknown_key", NOT_A_SERVER)
        self.store = store
        return store

    def header(self, name: str) -> str:
        """Return a header of the request, empty where there is none."""
        return str(self.environ.get(f"HTTP_{name.upper().replace('-', '_')}", ""))

    def is_from_own_host(self) -> bool:
        """Return whether the calling page comes from this very host."""
        host = self.environ.get("HTTP_HOST", "").lower()
        is_same_host = self.origin.partition("://")[2] == host
        return is_same_host and validate_host(split_domain_port(host)[0], settings.ALLOWED_HOSTS)

    def enforce_rate_limit(self, store: StoreConfiguration) -> None:
        """Count the call against its address. Raises ``ApiError`` where there were too many."""
        line = client_address.of_edge_call(self.environ)
        seconds = line and rate_limit.seconds_to_wait(store.id, line)
        if seconds:
            raise ApiError(
                429, "slow_down", "Too many requests from this IP address. Try again later.", retry_after_s=seconds
            )

    def may_be_read(self) -> bool:
        """Return whether the calling page may read the answer."""
        if self.store is None:  # of a call that names no store: pages of any
            return self.origin in self.configuration.origins or self.is_from_own_host()
        return self.origin in self.store.origins or self.is_from_own_host()
