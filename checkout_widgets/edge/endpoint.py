"""What all endpoints of the edge share: methods, sizes, keys, origins, and refusals with a code."""

import logging
from collections.abc import Callable
from datetime import UTC, datetime
from functools import wraps
from hashlib import sha256
from typing import Any

from django.conf import settings
from django.core.exceptions import DisallowedHost
from django.db import Error
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from msgspec.json import Decoder

from checkout_widgets.edge import payloads, responses, snapshot
from checkout_widgets.edge.configuration import Configuration, StoreConfiguration
from checkout_widgets.edge.rate import RateLimit
from checkout_widgets.edge.responses import ApiError
from experiments import ingestion

logger = logging.getLogger(__name__)

RETRY_AFTER_S = 5
UNKNOWN_KEY = ApiError(401, "unknown_key", "The key belongs to no store.")
rate_limit = RateLimit(settings.EDGE_CALLS_PER_MINUTE)


class Call:
    """A request on its way to an answer; ``store`` is set once it is known."""

    def __init__(self, request: HttpRequest, configuration: Configuration) -> None:
        self.request = request
        self.configuration = configuration
        self.now = datetime.now(UTC)
        self.origin: str = request.META.get("HTTP_ORIGIN", "").lower()
        self.body = b""
        self.store: StoreConfiguration | None = None

    def read(self, max_bytes: int) -> None:
        """Take the body, and never more than ``max_bytes`` of it. Raises ``ApiError``."""
        length = self.request.META.get("CONTENT_LENGTH") or "0"
        if not length.isdecimal() or int(length) > max_bytes:
            raise ApiError(413, "too_large", f"The body can have {max_bytes} bytes at most.")
        try:
            self.body = self.request.read()
        except OSError as error:
            raise ApiError(400, "bad_json", "The body did not arrive.") from error

    def decode(self, decoder: Decoder[payloads.Body]) -> payloads.Body:
        """The body as a typed value. Raises ``ApiError``."""
        return payloads.read(decoder, self.body)

    def shop(self, key: str | None) -> StoreConfiguration:
        """The store whose page or server calls: by its public key and origin, or by its secret key.

        Raises ``ApiError``.
        """
        if "HTTP_AUTHORIZATION" in self.request.META:
            server = self.server()
            if key not in (None, server.site_key):
                raise UNKNOWN_KEY
            return server
        store = self.configuration.by_site_key.get(key or "")
        if store is None:
            raise UNKNOWN_KEY
        self.store = store
        if self.origin and not self.is_own_origin(store.origins):
            raise ApiError(403, "bad_origin", "The store does not allow calls from this origin.")
        self.take_turn(store)
        return store

    @property
    def user_agent(self) -> str:
        """What the shopper's browser calls itself; empty where a store's server calls for the shopper."""
        return "" if "HTTP_AUTHORIZATION" in self.request.META else self.request.META.get("HTTP_USER_AGENT", "")

    def server(self) -> StoreConfiguration:
        """The store whose server calls, by its secret key. Raises ``ApiError``."""
        scheme, _, key = self.request.META.get("HTTP_AUTHORIZATION", "").partition(" ")
        digest = sha256(key.strip().encode("utf-8", "replace")).digest()
        store = self.configuration.by_secret.get(digest)
        if scheme.lower() != "bearer" or store is None or key.strip() not in store.secret_keys(self.now):
            raise UNKNOWN_KEY
        self.store = store
        return store

    def is_own_origin(self, origins: frozenset[str]) -> bool:
        """Whether the calling page is one of ``origins``, or comes from this very host."""
        if self.origin in origins:
            return True
        try:
            return self.origin.partition("://")[2] == self.request.get_host().lower()
        except DisallowedHost:
            return False

    def take_turn(self, store: StoreConfiguration) -> None:
        """Count the call against its address. Raises ``ApiError`` where there were too many."""
        address = self.address()
        seconds = rate_limit.seconds_to_wait(store.id, address) if address else 0
        if seconds:
            raise ApiError(429, "slow_down", "Too many calls from this address.", retry_after_s=seconds)

    def address(self) -> str:
        """The client's address: behind ``EDGE_PROXIES`` proxies the one that the outermost of them saw.

        Empty behind a proxy that the settings don't know: then all shoppers would share its address.
        """
        forwarded = self.request.META.get("HTTP_X_FORWARDED_FOR")
        if not forwarded:
            return str(self.request.META.get("REMOTE_ADDR", ""))
        addresses = forwarded.split(",")
        return addresses[-settings.EDGE_PROXIES].strip() if 0 < settings.EDGE_PROXIES <= len(addresses) else ""

    def allows_reading(self) -> bool:
        """Whether the calling page may read the answer."""
        origins = self.store.origins if self.store else self.configuration.origins
        return bool(self.origin) and self.is_own_origin(origins)


View = Callable[[Call], Any]


def endpoint(
    *, max_bytes: int, is_public: bool = True, source: str = ""
) -> Callable[[View], Callable[[HttpRequest], HttpResponse]]:
    """Make a Django view of a function that answers a ``Call`` with what is to be sent as JSON.

    Refusals are counted for the store under ``source``, where one is given. Only pages call a public endpoint, so
    that others send no header that lets pages read the answer.
    """

    def decorate(view: View) -> Callable[[HttpRequest], HttpResponse]:
        @csrf_exempt
        @wraps(view)
        def answer(request: HttpRequest) -> HttpResponse:
            try:
                call = Call(request, snapshot.current())
            except Error as error:
                return responses.error_response(unavailable(error))
            response = respond(call, view, max_bytes, source)
            if is_public:
                response["Vary"] = "Origin"
                if call.allows_reading():
                    responses.allow_origin(response, call.request.META["HTTP_ORIGIN"])
            return response

        return answer

    return decorate


def respond(call: Call, view: View, max_bytes: int, source: str) -> HttpResponse:
    """The view's answer, or its refusal."""
    try:
        if call.request.method == "OPTIONS" and call.origin:
            return preflight(call)
        if call.request.method != "POST":
            raise ApiError(405, "method_not_allowed", "Send this as POST.")
        call.read(max_bytes)
        return responses.json_response(view(call))
    except ApiError as error:
        return refuse(call, error, source)
    except Error as error:
        return responses.error_response(unavailable(error))


def preflight(call: Call) -> HttpResponse:
    """Whether a page of this origin may call: yes, where any store allows it. Raises ``ApiError``."""
    if not call.allows_reading():
        raise ApiError(403, "bad_origin", "No store allows calls from this origin.")
    return responses.preflight_response()


def refuse(call: Call, error: ApiError, source: str) -> HttpResponse:
    """The refusal as an answer, counted where the store is known."""
    store = call.store or (store_of(call) if source else None)
    if store and source:
        try:
            ingestion.count_rejections(store.id, source, [error.code], call.now)
        except Error as failure:
            return responses.error_response(unavailable(failure))
    response = responses.error_response(error)
    if error.status == 405:
        response["Allow"] = "POST, OPTIONS"
    return response


def store_of(call: Call) -> StoreConfiguration | None:
    """The store that a body names which can't be read otherwise."""
    try:
        return call.configuration.by_site_key.get(call.decode(payloads.keyed).key)
    except ApiError:
        return None


def unavailable(error: Error) -> ApiError:
    """The refusal while the database is away."""
    logger.warning("The database did not answer: %s", error)
    return ApiError(503, "unavailable", "Try again in a moment.", retry_after_s=RETRY_AFTER_S)


@csrf_exempt
def not_found(request: HttpRequest, path: str = "") -> HttpResponse:
    """Any address below ``/v1/`` that is none of ours."""
    return responses.error_response(ApiError(404, "not_found", "There is nothing at this address."))
