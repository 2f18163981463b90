"""Who calls: the client's address, and whom it stands for where one client has many."""

from functools import lru_cache
from ipaddress import IPv6Address, ip_network

from django.conf import settings
from django.http import HttpRequest

# What one line to the internet has at least (RFC 6177): whoever has one IPv6 address has all of these.
LINE_PREFIX = 64


def of(request: HttpRequest) -> str:
    """The client's line: behind ``CONSOLE_PROXIES`` proxies that of the address that the outermost of them saw."""
    seen = [address.strip() for address in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")]
    is_forwarded = 0 < settings.CONSOLE_PROXIES <= len(seen)
    return line_of(seen[-settings.CONSOLE_PROXIES] if is_forwarded else str(request.META.get("REMOTE_ADDR", "")))


@lru_cache(maxsize=10_000)
def line_of(address: str) -> str:
    """What stands for everybody who shares the client's line: an IPv4 address itself, of IPv6 the network's first one.

    Text that is no address stays as it is.
    """
    if ":" not in address:
        return address
    try:
        ip = IPv6Address(address.partition("%")[0])
    except ValueError:
        return address
    if ip.ipv4_mapped is not None:
        return str(ip.ipv4_mapped)
    return str(ip_network((int(ip), LINE_PREFIX), strict=False).network_address)
