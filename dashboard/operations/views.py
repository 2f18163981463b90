"""Health and metrics: HTTP only."""

from hmac import compare_digest

from django.conf import settings
from django.db import Error, connection
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_safe
from prometheus_client import CollectorRegistry
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest

from config.version import version
from dashboard.operations.collector import Offerlift


@require_safe
def health(request: HttpRequest) -> JsonResponse:
    """200 where the database answers, else 503."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except Error:
        return JsonResponse({"status": "no database"}, status=503, headers={"Retry-After": "5"})
    return JsonResponse({"status": "ok", "version": version()})


@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """The metrics, for who has ``METRICS_TOKEN``; nothing (404) where none is set."""
    token = settings.METRICS_TOKEN
    if not token:
        raise Http404("No token is set.")
    scheme, _blank, given = request.headers.get("authorization", "").partition(" ")
    # compared in constant time, so that nobody finds the token letter by letter
    if scheme.lower() != "bearer" or not compare_digest(given.strip().encode(), token.encode()):
        return HttpResponse(
            "The token is missing or wrong. Send METRICS_TOKEN as a bearer token.\n",
            status=401,
            content_type="text/plain",
            headers={"WWW-Authenticate": "Bearer"},
        )
    registry = CollectorRegistry()
    registry.register(Offerlift())
    return HttpResponse(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)
