"""Health and metrics: HTTP only."""

from django.db import Error, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_safe

from config import metrics_token
from config.version import version
from dashboard.operations.collector import Offerlift


@require_safe
def health(request: HttpRequest) -> JsonResponse:
    """200 where the database answers, else 503."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except Error:
        # 503 and not 500: whoever balances the load tries again, and nobody is woken for a restart.
        return JsonResponse({"status": "no database"}, status=503, headers={"Retry-After": "5"})
    return JsonResponse({"status": "ok", "version": version()})


@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """The metrics, for who has ``METRICS_TOKEN``; nothing (404) where none is set."""
    return metrics_token.answer(request, Offerlift())
