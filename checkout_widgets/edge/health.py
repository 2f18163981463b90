"""Says whether this process of the edge can answer, and from which configuration."""

from typing import Any

from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_safe

from checkout_widgets.edge import live_configuration


@require_safe
def health(request: HttpRequest) -> JsonResponse:
    """Answer 200 with the version of the configuration that it answers from; 503 while it has none.

    An edge that has a configuration goes on without a database, and is healthy. Where it follows what is published, it
    says when that was published or confirmed, when it last heard of it, and what it refused.
    """
    try:
        version = live_configuration.current().version
    except Exception:  # whatever keeps the first configuration away
        body = {"status": "no configuration"} | publication_state()
        return JsonResponse(body, status=503, headers={"Retry-After": "5"})
    return JsonResponse({"status": "ok", "configuration": version} | publication_state())


def publication_state() -> dict[str, Any]:
    """Return what is known of the configuration that is published; nothing where the edge asks the database."""
    follower = live_configuration.publication()
    if follower is None:
        return {}
    published_at = None
    if follower.index is not None:
        published_at = follower.index.published_at
    return {
        "published_at": published_at,
        "heard_at": follower.heard_at,
        "refused": dict(follower.refusals),
    }
