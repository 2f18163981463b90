"""Who calls the console."""

from django.conf import settings
from django.http import HttpRequest


def of(request: HttpRequest) -> str:
    """The client's address: behind ``CONSOLE_PROXIES`` proxies the one that the outermost of them saw."""
    seen = [address.strip() for address in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")]
    is_forwarded = 0 < settings.CONSOLE_PROXIES <= len(seen)
    return seen[-settings.CONSOLE_PROXIES] if is_forwarded else str(request.META.get("REMOTE_ADDR", ""))
