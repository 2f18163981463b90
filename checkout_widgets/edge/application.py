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
from checkout_widgets.edge.endpoint import Endpoint
from checkout_widgets.edge.responses import ApiError

CONNECTION_CHECK_S = 2.0
STATUS = {status.value: f"{status.value} {status.phrase}" for status in HTTPStatus}
HEALTH_PATH = "/healthz"
BAD_HOST = responses.error_answer(ApiError(400, "bad_host", "This host isn't allowed. Add it to ALLOWED_HOSTS."))
StartResponse = Callable[..., Any]
Application = Callable[[dict[str, Any], StartResponse], Iterable[bytes]]


class ConnectionCheck(threading.local):
    """When this thread last looked after its database connections, by the monotonic clock."""

    at = 0.0


tended = ConnectionCheck()


def close_broken_connections() -> None:
    """Replace connections that are broken or old, as Django does for each request.

    It costs a query, so this does it once in ``CONNECTION_CHECK_S``, and again after a failure.
    """
    now = time.monotonic()
    if now - tended.at > CONNECTION_CHECK_S:
        close_old_connections()
        tended.at = now


def is_own_host(environ: dict[str, Any]) -> bool:
    """Return whether the request is for a host of ``ALLOWED_HOSTS``; whoever looks after processes asks by address."""
    if environ["PATH_INFO"] == HEALTH_PATH:
        return True
    host = environ.get("HTTP_HOST") or environ.get("SERVER_NAME", "")
    return is_allowed(host, tuple(settings.ALLOWED_HOSTS))


@lru_cache(maxsize=1_000)
def is_allowed(host: str, allowed_hosts: tuple[str, ...]) -> bool:
    """Return whether a ``Host`` header names one of these; its port doesn't matter."""
    return validate_host(split_domain_port(host)[0], allowed_hosts)


def with_endpoints(patterns: Iterable[URLPattern], django: Application) -> Application:
    """Put the endpoints among ``patterns``, by their path, in front of ``django``."""
    endpoints: dict[str, Endpoint] = {}
    for pattern in patterns:
        if isinstance(pattern.callback, Endpoint):
            endpoints[f"/{pattern.pattern}"] = pattern.callback

    def application(environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        if not is_own_host(environ):
            start_response(STATUS[BAD_HOST.status], BAD_HOST.headers)
            return [BAD_HOST.body]
        endpoint = endpoints.get(environ["PATH_INFO"])
        if endpoint is None:
            return django(environ, start_response)
        if endpoint.has_queries:
            close_broken_connections()
        answer = endpoint.answer(environ)
        if answer.status == 503:
            tended.at = 0.0
        start_response(STATUS[answer.status], answer.headers)
        return [answer.body]

    return application
