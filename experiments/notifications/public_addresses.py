"""Which IP addresses are reachable by everybody: nothing is sent to any other.

Why this is our own: requests-hardened and AntiSSRF, the clients with such a filter that companies maintain, let
IPv4-compatible and unassigned IPv6 addresses through (the former site-local ones too) and refuse NAT64, by which
networks without IPv4 reach everybody.
"""

import ipaddress
import socket
from collections.abc import Iterable

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network
# IANA's registries of special addresses, where ``is_global`` says otherwise in some version of Python that we run on.
# Of IPv6 nothing outside 2000::/3 is anybody's: not ::/96 (IPv4-compatible), 64:ff9b:1::/48 (local NAT64), fec0::/10
# (site-local), 5f00::/16 (segment routing).
GLOBAL_UNICAST = ipaddress.IPv6Network("2000::/3")
NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
SPECIAL_IPV4 = [ipaddress.IPv4Network(text) for text in ("192.0.0.0/24", "192.88.99.0/24", "240.0.0.0/4")]
SPECIAL_IPV6 = [ipaddress.IPv6Network(text) for text in ("2001::/23", "2001:db8::/32", "3fff::/20")]


def addresses_of(host: str, port: int) -> list[str]:
    """Look up a host's addresses. Raises ``OSError`` for one that is not known, ``ValueError`` for what is no name."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(entry[4][0]) for entry in found]


def is_public(address: str) -> bool:
    """Whether an IP address is reachable by everybody; one that is wrapped in another counts as what is inside."""
    ip = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(ip, ipaddress.IPv4Address):
        return ip.is_global and not ip.is_multicast and not is_in(ip, SPECIAL_IPV4)
    inner = wrapped_in(ip)
    if inner:
        return all(map(is_public, inner))
    return ip in GLOBAL_UNICAST and ip.is_global and not is_in(ip, SPECIAL_IPV6)


def is_in(ip: Address, networks: Iterable[Network]) -> bool:
    """Whether an address is in any of the networks."""
    return any(ip in network for network in networks)


def wrapped_in(ip: ipaddress.IPv6Address) -> list[str]:
    """Return the IPv4 addresses that it leads to by way of a translator or a tunnel; mostly none."""
    if ip.ipv4_mapped:
        return [str(ip.ipv4_mapped)]
    if ip.sixtofour:
        return [str(ip.sixtofour)]
    if ip.teredo:
        return [str(part) for part in ip.teredo]
    if ip in NAT64:
        return [str(ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF))]
    return []
