"""Whose call it is, behind proxies and on one line."""

import pytest
from django.test import RequestFactory

from config import client_address


@pytest.mark.parametrize(
    ("forwarded", "proxies", "console", "edge"),
    [
        (None, 0, "192.0.2.1", "192.0.2.1"),
        (None, 1, "192.0.2.1", "192.0.2.1"),
        ("", 1, "192.0.2.1", "192.0.2.1"),
        ("203.0.113.9", 0, "192.0.2.1", ""),
        ("203.0.113.9", 1, "203.0.113.9", "203.0.113.9"),
        ("6.6.6.6, 203.0.113.9", 1, "203.0.113.9", "203.0.113.9"),
        ("6.6.6.6, 203.0.113.9, 10.0.0.1", 2, "203.0.113.9", "203.0.113.9"),
        ("203.0.113.9", 2, "192.0.2.1", ""),
        ("2001:db8:1:2:3::4", 1, "2001:db8:1:2::", "2001:db8:1:2::"),
    ],
)
def test_client_is_the_one_that_the_outermost_proxy_saw(settings, forwarded, proxies, console, edge):
    settings.CONSOLE_PROXIES = settings.EDGE_PROXIES = proxies
    request = RequestFactory().get("/", REMOTE_ADDR="192.0.2.1")
    if forwarded is not None:
        request.META["HTTP_X_FORWARDED_FOR"] = forwarded
    assert client_address.of_console_request(request) == console
    assert client_address.of_edge_call(request.META) == edge


@pytest.mark.parametrize(
    ("address", "line"),
    [
        ("203.0.113.9", "203.0.113.9"),
        ("2001:db8:1:2:ffff::1", "2001:db8:1:2::"),
        ("fe80::1%eth0", "fe80::"),
        ("::ffff:203.0.113.9", "203.0.113.9"),
        ("unknown", "unknown"),
        ("a:b", "a:b"),
        ("", ""),
    ],
)
def test_line_stands_for_all_addresses_of_a_client(address, line):
    assert client_address.line_of(address) == line
