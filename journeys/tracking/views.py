"""``POST /v1/message-events/<provider>``: check the signature, keep the bytes, answer; the worker does the rest."""

import logging
from functools import partial

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt

from checkout_widgets.edge.call import Call
from checkout_widgets.edge.endpoint import Endpoint
from checkout_widgets.edge.responses import ApiError
from journeys.tracking import deliveries
from journeys.tracking.providers import VIEWS, BadSignature, NotSetUp, UnreadableBody, kept_headers, verifier_of

logger = logging.getLogger(__name__)

MAX_BYTES = 5_000_000  # providers send up to some thousand events at once
UNKNOWN_PROVIDER = ApiError(404, "unknown_provider", "Messages here don't go out by this provider.")
BAD_SIGNATURE = ApiError(401, "bad_signature", "The signature or the password is wrong.")


@csrf_exempt
def message_events(request: HttpRequest, provider: str) -> HttpResponse:
    """Answer a provider that says what became of messages."""
    if request.method == "HEAD":  # some ask so whether there is anything at the address
        return HttpResponse()
    return Endpoint(partial(receive, provider), max_bytes=MAX_BYTES, is_public=False)(request)


def receive(provider: str, call: Call) -> dict[str, bool]:
    """Keep what a provider signed. Raises ``ApiError``."""
    if provider not in VIEWS or provider != settings.MESSAGE_PROVIDER:
        raise UNKNOWN_PROVIDER
    try:
        verifier_of(provider).verify(call.environ, call.body)
    except NotSetUp as error:
        logger.error("%s", error)
        raise ApiError(401, "not_set_up", str(error)) from error
    except BadSignature as error:
        raise BAD_SIGNATURE from error
    except UnreadableBody as error:
        raise ApiError(400, "bad_body", f"This isn't what {provider} sends.") from error
    deliveries.keep(
        provider,
        body=call.body,
        content_type=str(call.environ.get("CONTENT_TYPE", ""))[:200],
        headers=kept_headers(call.environ),
        now=call.now,
    )
    return {"received": True}
