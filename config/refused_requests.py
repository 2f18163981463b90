"""Requests that are refused as they should be: an answer, and one line in the log."""

import logging
from collections.abc import Callable

from django.http import HttpRequest, JsonResponse
from django.http.response import HttpResponse, HttpResponseBase
from django.template.loader import render_to_string
from django.utils.translation import gettext, gettext_noop

from experiments import refused_values

logger = logging.getLogger(__name__)
MESSAGE = gettext_noop(
    "A value can't be stored: it is too long, out of range, or contains characters that aren't allowed."
)


class WithoutTraceback(logging.Filter):
    """Takes the traceback from what Django logs of a refusal: nothing failed.

    That is a status below 500, such as 403, and what its ``django.security`` loggers say, such as of a foreign host.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        """Let every record through, some of them shortened."""
        # A fault of ours has a status of 500 or more, and keeps its traceback.
        status = getattr(record, "status_code", None)
        is_refusal = record.name == "django.request" and isinstance(status, int) and status < 500
        if is_refusal or record.name.startswith("django.security."):
            record.exc_info = record.exc_text = None
        return True


class RefusedValues:
    """Answers 400 where the database refuses a value for good that no form or view has refused before."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer as the views do."""
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Return a page that says so, or JSON to the API; ``None`` for any other exception."""
        if not refused_values.is_permanent(exception):
            return None
        logger.warning("%s was sent a value that can't be stored: %s", request.path, refused_values.name_of(exception))
        if request.path_info.startswith("/api/"):
            return JsonResponse({"detail": MESSAGE}, status=400)
        page = render_to_string("400.html", {"message": gettext(MESSAGE)}, request)
        return HttpResponse(page, status=400)
