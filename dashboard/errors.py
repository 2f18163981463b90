"""What a visitor sees when something went wrong: pages that need no database."""

import sys

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string

from config import request_ids
from config.database_trouble import is_temporary

RETRY_AFTER_S = 10  # about what a database takes to restart


def server_error(request: HttpRequest) -> HttpResponse:
    """500; while the database is away 503, to come again soon. Called while the exception is being handled.

    The pages are made without the request: what surrounds a page asks the database, which is what may be broken.
    """
    if is_temporary(sys.exc_info()[1]):
        page = render_to_string("503.html")
        return HttpResponse(page, status=503, headers={"Retry-After": str(RETRY_AFTER_S)})
    page = render_to_string("500.html", {"request_id": request_ids.current()})
    return HttpResponse(page, status=500)
