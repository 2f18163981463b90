"""Which addresses everybody reaches."""

import pytest

from experiments.notifications.public_addresses import is_public


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("8.8.8.8", True),
        ("2606:4700::1111", True),
        ("127.0.0.1", False),
        ("10.1.2.3", False),
        ("192.168.0.1", False),
        ("172.16.0.1", False),
        ("169.254.169.254", False),
        ("100.64.0.1", False),
        ("0.0.0.0", False),
        ("224.0.0.1", False),
        ("255.255.255.255", False),
        ("::1", False),
        ("fe80::1%eth0", False),
        ("fd00::1", False),
        ("::ffff:10.0.0.1", False),
        ("2002:7f00:1::", False),
        ("64:ff9b::a00:1", False),
        ("64:ff9b::808:808", True),
        # IANA's registries of special addresses, and what wraps one
        ("192.0.0.8", False),
        ("192.0.2.1", False),
        ("192.88.99.1", False),
        ("198.18.0.1", False),
        ("203.0.113.9", False),
        ("240.0.0.1", False),
        ("::", False),
        ("::7f00:1", False),
        ("::127.0.0.1", False),
        ("::8.8.8.8", False),
        ("::ffff:0:127.0.0.1", False),
        ("::ffff:127.0.0.1", False),
        ("::ffff:8.8.8.8", True),
        ("64:ff9b:1::a00:1", False),
        ("64:ff9b:1:ffff::8.8.8.8", False),
        ("64:ff9b::7f00:1", False),
        ("100::1", False),
        ("2001::1", False),
        ("2001:0:808:808:0:0:f5ff:fffe", False),  # Teredo, from 10.0.0.1
        ("2001:0:a00:1:0:0:f7f7:f7f7", False),  # Teredo, by way of 10.0.0.1
        ("2001:2::1", False),
        ("2001:10::1", False),
        ("2001:20::1", False),
        ("2001:db8::1", False),
        ("2002:808:808::1", True),
        ("2002:a00:1::1", False),
        ("3fff::1", False),
        ("4000::1", False),
        ("5f00::1", False),
        ("fec0::1", False),
        ("ff02::1", False),
        ("ff0e::1", False),
        ("2a00:1450:4001:82f::200e", True),
    ],
)
def test_only_addresses_that_everybody_reaches_are_public(address, expected):
    assert is_public(address) is expected
