"""The edge as a WSGI application: its endpoints at once, all else through Django."""

import threading
import time
from collections.abc import Callable, Iterable
from http import HTTPStatus
from typing import Any

from django.db import close_old_connections
from django.urls import URLPattern

from checkout_widgets.edge.endpoint import Endpoint

TEND_S = 2.0
STATUS = {status.value: f"{status.value} {status.phrase}" for status in HTTPStatus}
StartResponse = Callable[..., Any]
Application = Callable[[dict[str, Any], StartResponse], Iterable[bytes]]


class Tended(threading.local):
    """When this thread last looked after its database connections, by the monotonic clock."""

    at = 0.0


tended = Tended()


def tend_connections() -> None:
    """Replace connections that are broken or old, as Django does for each request.

    It costs a query, so this does it once in ``TEND_S``, and again after a failure.
    """
    now = time.monotonic()
    if now - tended.at > TEND_S:
        close_old_connections()
        tended.at = now


def with_endpoints(patterns: Iterable[URLPattern], django: Application) -> Application:
    """The endpoints among ``patterns`` by their path, in front of ``django``."""
    callbacks = ((f"/{pattern.pattern}", pattern.callback) for pattern in patterns)
    endpoints = {path: callback for path, callback in callbacks if isinstance(callback, Endpoint)}

    def application(environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        endpoint = endpoints.get(environ["PATH_INFO"])
        if endpoint is None:
            return django(environ, start_response)
        if endpoint.has_queries:
            tend_connections()
        answer = endpoint.answer(environ)
        if answer.status == 503:
            tended.at = 0.0
        start_response(STATUS[answer.status], answer.headers)
        return [answer.body]

    return application
