"""A page or the part of it that htmx asks for: the same URL, the same template, the same context."""

from collections.abc import Mapping
from typing import Any, cast

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_vary_headers
from django_htmx.middleware import HtmxDetails


def answer(
    request: HttpRequest, template: str, part: str, context: Mapping[str, Any], *, address: str = ""
) -> HttpResponse:
    """The whole page; to htmx its named part alone, with ``address`` for the browser's address bar and history.

    Caches keep the two apart. A page that htmx restores from the history is asked for whole.
    """
    htmx = cast("HtmxDetails", request.htmx)  # type: ignore[attr-defined]
    is_part = bool(htmx) and not htmx.history_restore_request
    response = render(request, f"{template}#{part}" if is_part else template, context)
    if is_part and address:
        response["HX-Push-Url"] = request.path + (address if address != "?" else "")
    patch_vary_headers(response, ["HX-Request", "HX-History-Restore-Request"])
    return response
