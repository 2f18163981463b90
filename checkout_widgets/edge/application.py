"""The edge as a WSGI application: its endpoints at once, all else through Django."""

from collections.abc import Callable, Iterable
from http import HTTPStatus
from typing import Any

from django.db import close_old_connections
from django.urls import URLPattern

from checkout_widgets.edge.endpoint import Endpoint

STATUS = {status.value: f"{status.value} {status.phrase}" for status in HTTPStatus}
StartResponse = Callable[..., Any]
Application = Callable[[dict[str, Any], StartResponse], Iterable[bytes]]


def with_endpoints(patterns: Iterable[URLPattern], django: Application) -> Application:
    """The endpoints among ``patterns`` by their path, in front of ``django``."""
    callbacks = ((f"/{pattern.pattern}", pattern.callback) for pattern in patterns)
    endpoints = {path: callback for path, callback in callbacks if isinstance(callback, Endpoint)}

    def application(environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        endpoint = endpoints.get(environ["PATH_INFO"])
        if endpoint is None:
            return django(environ, start_response)
        if endpoint.has_queries:
            close_old_connections()
        answer = endpoint.answer(environ)
        start_response(STATUS[answer.status], answer.headers)
        return [answer.body]

    return application
