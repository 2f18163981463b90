"""Metrics for whoever sends a token of ``METRICS_TOKEN``, on the console and on the edge."""

from hmac import compare_digest

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from prometheus_client import CollectorRegistry
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest
from prometheus_client.registry import Collector


def answer(request: HttpRequest, collector: Collector) -> HttpResponse:
    """Return what is collected now, to who has a token. Raises ``Http404`` where none is set."""
    refused = refusal(request)
    if refused is not None:
        return refused
    registry = CollectorRegistry()
    registry.register(collector)
    return HttpResponse(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)


def refusal(request: HttpRequest) -> HttpResponse | None:
    """Return the answer to a request without the token; None where it has it. Raises ``Http404`` where none is set."""
    tokens = settings.METRICS_TOKEN
    if not tokens:
        raise Http404("No token is set.")
    scheme, _blank, given = request.headers.get("authorization", "").partition(" ")
    # compared in constant time, so that nobody finds a token letter by letter
    is_right = False
    for token in tokens:
        is_right |= compare_digest(given.strip().encode(), token.encode())
    if scheme.lower() == "bearer" and is_right:
        return None
    return HttpResponse(
        "The token is missing or wrong. Send METRICS_TOKEN as a bearer token.\n",
        status=401,
        content_type="text/plain",
        headers={"WWW-Authenticate": "Bearer"},
    )
