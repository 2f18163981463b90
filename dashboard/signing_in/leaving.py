"""Where a login leads to."""

from django.conf import settings
from django.http import HttpRequest, HttpResponseRedirect
from django.shortcuts import resolve_url
from django.utils.http import url_has_allowed_host_and_scheme


def is_of_console(request: HttpRequest, url: str) -> bool:
    """Whether an address that a request names is one of the console's own."""
    return url_has_allowed_host_and_scheme(url, allowed_hosts={request.get_host()}, require_https=request.is_secure())


def after_login(request: HttpRequest, next_url: str) -> HttpResponseRedirect:
    """Lead to the page that was asked for, else to the first one; never to another site."""
    if next_url and is_of_console(request, next_url):
        return HttpResponseRedirect(next_url)
    return HttpResponseRedirect(resolve_url(settings.LOGIN_REDIRECT_URL))
