"""Who may read metrics: whoever sends a token of ``METRICS_TOKEN``, on the console and on the edge."""

from hmac import compare_digest

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse


def refusal(request: HttpRequest) -> HttpResponse | None:
    """Return the answer to a request without the token; None where it has it. Raises ``Http404`` where none is set."""
    tokens = settings.METRICS_TOKEN
    if not tokens:
        raise Http404("No token is set.")
    scheme, _blank, given = request.headers.get("authorization", "").partition(" ")
    # compared in constant time, so that nobody finds a token letter by letter
    fitting = [token for token in tokens if compare_digest(given.strip().encode(), token.encode())]
    if scheme.lower() == "bearer" and fitting:
        return None
    return HttpResponse(
        "The token is missing or wrong. Send METRICS_TOKEN as a bearer token.\n",
        status=401,
        content_type="text/plain",
        headers={"WWW-Authenticate": "Bearer"},
    )
