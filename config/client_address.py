"""Who calls: the client's address, and whom it stands for where one client has many."""

from collections.abc import Mapping
from functools import lru_cache
from ipaddress import IPv6Address, ip_network
from typing import Any

from django.conf import settings
from django.http import HttpRequest

# What one line to the internet has at least (RFC 6177): whoever has one IPv6 address has all of these.
LINE_PREFIX = 64


def of_console_request(request: HttpRequest) -> str:
    """Return the line of the console's client: behind ``CONSOLE_PROXIES`` proxies, as the outermost of them saw it."""
    forwarded = forwarded_for(request.META, settings.CONSOLE_PROXIES)
    return line_of(forwarded or str(request.META.get("REMOTE_ADDR", "")))


def of_edge_call(environ: Mapping[str, Any]) -> str:
    """Return the line of the edge's client: behind ``EDGE_PROXIES`` proxies, as the outermost of them saw it.

    Empty behind a proxy that the settings don't know: then all shoppers would share its address.
    """
    if environ.get("HTTP_X_FORWARDED_FOR"):
        return line_of(forwarded_for(environ, settings.EDGE_PROXIES))
    return line_of(str(environ.get("REMOTE_ADDR", "")))


def forwarded_for(environ: Mapping[str, Any], proxies: int) -> str:
    """Return the address that the outermost of so many proxies of ours saw; empty where fewer have passed it on.

    Each proxy adds the address that it saw at the end, so what a client claims stands before all of theirs.
    """
    addresses = str(environ.get("HTTP_X_FORWARDED_FOR", "")).split(",")
    if not 0 < proxies <= len(addresses):
        return ""
    return addresses[-proxies].strip()


@lru_cache(maxsize=10_000)
def line_of(address: str) -> str:
    """Return what stands for all on the client's line: an IPv4 address itself, of IPv6 the network's first one.

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
