"""A page or the part of it that htmx asks for: the same URL, the same template, the same context."""

from collections.abc import Mapping
from typing import Any, cast

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_vary_headers
from django_htmx.middleware import HtmxDetails


def page_or_part(
    request: HttpRequest, template: str, part: str, context: Mapping[str, Any], *, address: str = ""
) -> HttpResponse:
    """The whole page; to htmx its named part alone, with ``address`` for the browser's address bar and history."""
    if is_part_wanted(request):
        response = render(request, f"{template}#{part}", context)
        push_address(request, response, address)
    else:
        response = render(request, template, context)
    # A cache that knew the address alone would show the part as a page.
    patch_vary_headers(response, ["HX-Request", "HX-History-Restore-Request"])
    return response


def is_part_wanted(request: HttpRequest) -> bool:
    """Whether htmx asks for a part; what it restores from the history it asks for whole."""
    htmx = cast("HtmxDetails", request.htmx)  # type: ignore[attr-defined]
    return bool(htmx) and not htmx.history_restore_request


def push_address(request: HttpRequest, response: HttpResponse, address: str) -> None:
    """Make the browser show this query as the page's; ``?`` alone stands for none."""
    if address:
        response["HX-Push-Url"] = request.path + address.removesuffix("?")
