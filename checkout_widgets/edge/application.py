"""The edge as a WSGI application: its endpoints at once, all else through Django."""

import threading
import time
from collections.abc import Callable, Iterable
from functools import lru_cache
from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.db import close_old_connections
from django.http.request import split_domain_port, validate_host
from django.urls import URLPattern

from checkout_widgets.edge import responses
from checkout_widgets.edge.endpoint import Endpoint, Postponed
from checkout_widgets.edge.responses import Answer, ApiError
from checkout_widgets.edge.traced_endpoint import traced_endpoint

CONNECTION_CHECK_S = 2.0
# Python 3.13 has other words for some: an answer is the same on each.
PHRASES = {413: "Request Entity Too Large", 414: "Request-URI Too Long", 422: "Unprocessable Entity"}
STATUS = {status.value: f"{status.value} {PHRASES.get(status.value, status.phrase)}" for status in HTTPStatus}
HEALTH_PATH = "/healthz"
METRICS_PATH = "/metrics"
SCRIPTS_PATH = "/s/"
BAD_HOST = ApiError(400, "bad_host", "This host isn't allowed. Add it to ALLOWED_HOSTS.")
StartResponse = Callable[..., Any]
Wsgi = Callable[[dict[str, Any], StartResponse], Iterable[bytes]]


class LastConnectionCheck(threading.local):
    """When this thread last looked after its database connections, by the monotonic clock."""

    at = 0.0


tended = LastConnectionCheck()


def close_broken_connections() -> None:
    """Replace connections that are broken or old, as Django does for each request.

    It costs a query, so this does it once in ``CONNECTION_CHECK_S``, and again after a failure.
    """
    now = time.monotonic()
    if now - tended.at > CONNECTION_CHECK_S:
        close_old_connections()
        tended.at = now


@lru_cache(maxsize=1_000)
def is_allowed(host: str, allowed_hosts: tuple[str, ...]) -> bool:
    """Return whether a ``Host`` header names one of these; its port doesn't matter."""
    return validate_host(split_domain_port(host)[0], allowed_hosts)


class EdgeApplication:
    """The endpoints by their path, in front of Django."""

    def __init__(self, patterns: Iterable[URLPattern], django: Wsgi) -> None:
        self.django = django
        self.allowed_hosts = tuple(settings.ALLOWED_HOSTS)  # once: to ask a lazy setting takes as long as to look it up
        self.endpoints: dict[str, Endpoint] = {}
        for pattern in patterns:
            if isinstance(pattern.callback, Endpoint):
                path = f"/{pattern.pattern}"
                self.endpoints[path] = traced_endpoint(pattern.callback, path)

    def __call__(self, environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        """Answer as any WSGI server asks for it: all of it in the thread that asks."""
        begun = self.begin(environ)
        if begun is None:
            return self.django(environ, start_response)
        if isinstance(begun, Postponed):
            begun = finished(begun)
        start_response(STATUS[begun.status], begun.headers)
        return [begun.body]

    def begin(self, environ: dict[str, Any]) -> Answer | Postponed | None:
        """Return the answer, or what is left to do for it where that asks the database; None of what is Django's."""
        path = environ["PATH_INFO"]
        host = environ.get("HTTP_HOST") or environ.get("SERVER_NAME", "")
        # whoever looks after processes asks for their health by address
        if not is_allowed(host, self.allowed_hosts) and path != HEALTH_PATH:
            return responses.error_answer(BAD_HOST)
        endpoint = self.endpoints.get(path)
        if endpoint is None:
            return None
        return endpoint.begin(environ)


def finished(postponed: Postponed) -> Answer:
    """Return the answer to what asks the database, over a connection that works."""
    close_broken_connections()
    answer = postponed.finish()
    if answer.status == 503:
        tended.at = 0.0
    return answer


def has_no_query(environ: dict[str, Any]) -> bool:
    """Return whether what Django answers here comes from memory: it has to be there while the database is stuck."""
    path: str = environ["PATH_INFO"]
    return path in (HEALTH_PATH, METRICS_PATH) or path.startswith(SCRIPTS_PATH)
