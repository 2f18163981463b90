"""Says whether this process of the edge can answer."""

from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_safe

from checkout_widgets.edge import live_configuration


@require_safe
def health(request: HttpRequest) -> JsonResponse:
    """Answer 200 with the version of the configuration that it answers from; 503 while it has none.

    An edge that has a configuration goes on without a database, and is healthy.
    """
    try:
        return JsonResponse({"status": "ok", "configuration": live_configuration.current().version})
    except Exception:  # whatever keeps the first configuration away
        return JsonResponse({"status": "no configuration"}, status=503, headers={"Retry-After": "5"})
