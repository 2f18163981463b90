"""Signed messages to a store's own systems."""

import base64
import hmac
import json
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, HTTPServer
from unittest.mock import patch

import pytest

from experiments import audit
from experiments.models import AuditAction, Endpoint
from experiments.notifications import outgoing, tasks
from experiments.notifications.outgoing import NotDelivered
from tests import factories

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"  # the example of the specification


@contextmanager
def receiver(status: int = 204) -> Iterator[tuple[str, list[tuple[dict[str, str], bytes]]]]:
    received: list[tuple[dict[str, str], bytes]] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            received.append(({name.lower(): value for name, value in self.headers.items()}, body))
            self.send_response(status)
            self.send_header("location", "http://127.0.0.1:1/")
            self.end_headers()

        def log_message(self, *arguments: object) -> None:
            """Say nothing."""

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/hook?a=b", received
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def test_signature_is_that_of_the_specifications_example():
    body = b'{"test": 2432232314}'
    expected = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
    assert outgoing.signature(SECRET, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, body) == expected


@pytest.mark.parametrize(
    ("address", "is_public"),
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
def test_only_addresses_that_everybody_reaches_are_public(address, is_public):
    assert outgoing.is_public(address) is is_public


@pytest.mark.parametrize(
    "url", ["http://shop.example/", "ftp://shop.example/", "https:///path", "https://user@shop.example/", "shop"]
)
def test_post_to_what_is_no_https_address_is_refused_for_good(url):
    with pytest.raises(NotDelivered) as raised:
        outgoing.post(url, SECRET, "msg_1", 1, b"{}")
    assert raised.value.is_final


@pytest.mark.parametrize(
    "url",
    [
        "https://shop.example:99999/",
        "https://shop.example:0/",
        "https://shop.example:port/",
        "https://[::1/",
        "https://[shop]/",
        "https://a..b/",
        f"https://{'a' * 70}.example/",
        "https://shop\x00.example/",
        "https://.example/",
        "https://shop.example\uff0f/",
    ],
)
def test_post_to_a_host_or_port_that_is_none_is_not_delivered(url):
    """Whatever raises on the way: the job notes why, and isn't tried again as if something of ours had failed."""
    with patch("socket.create_connection", side_effect=OSError("no network")), pytest.raises(NotDelivered):
        outgoing.post(url, SECRET, "msg_1", 1, b"{}")


def test_post_to_a_host_that_no_certificate_names_is_refused_for_good():
    found = [(2, 1, 6, "", ("8.8.8.8", 443))]
    with (
        patch("socket.getaddrinfo", return_value=found),
        patch("socket.create_connection", return_value=socket.socket()),
        pytest.raises(NotDelivered) as raised,
    ):
        outgoing.post("https://.example/", SECRET, "msg_1", 1, b"{}")
    assert raised.value.is_final


def test_post_to_a_path_with_other_letters_sends_it_encoded(settings):
    settings.WEBHOOKS_TO_PRIVATE_ADDRESSES = True
    with receiver() as (url, received):
        assert outgoing.post(url.replace("/hook", "/h\u00f6k b"), SECRET, "msg_1", 1, b"{}") == 204
    assert len(received) == 1


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]", "2130706433", "0x7f.1"])
def test_post_into_the_own_network_never_connects(host):
    with patch("socket.create_connection") as connect, pytest.raises(NotDelivered):
        outgoing.post(f"https://{host}/", SECRET, "msg_1", 1, b"{}")
    connect.assert_not_called()


def test_post_where_one_of_several_addresses_is_private_never_connects():
    found = [(2, 1, 6, "", (address, 443)) for address in ("8.8.8.8", "10.0.0.1")]
    with (
        patch("socket.getaddrinfo", return_value=found),
        patch("socket.create_connection") as connect,
        pytest.raises(NotDelivered),
    ):
        outgoing.post("https://shop.example/", SECRET, "msg_1", 1, b"{}")
    connect.assert_not_called()


def test_post_sends_what_it_signs(settings):
    settings.WEBHOOKS_TO_PRIVATE_ADDRESSES = True
    with receiver() as (url, received):
        assert outgoing.post(url, SECRET, "msg_1", 1_700_000_000, b'{"a":1}') == 204
    ((headers, body),) = received
    key = base64.b64decode(SECRET.removeprefix("whsec_"))
    digest = hmac.new(key, b"msg_1.1700000000." + body, sha256).digest()
    assert headers["webhook-signature"] == f"v1,{base64.b64encode(digest).decode()}"
    assert (headers["webhook-id"], headers["webhook-timestamp"], body) == ("msg_1", "1700000000", b'{"a":1}')


@pytest.mark.parametrize(("status", "is_final"), [(500, False), (302, False), (410, True)])
def test_post_answer_that_is_no_success_is_not_delivered(settings, status, is_final):
    settings.WEBHOOKS_TO_PRIVATE_ADDRESSES = True
    with receiver(status) as (url, received), pytest.raises(NotDelivered, match=f"It answered {status}") as raised:
        outgoing.post(url, SECRET, "msg_1", 1, b"{}")
    assert raised.value.is_final is is_final
    assert len(received) == 1


@pytest.mark.django_db
def test_post_message_tells_the_endpoint_and_keeps_what_came_of_it(settings):
    settings.WEBHOOKS_TO_PRIVATE_ADDRESSES = True
    experiment = factories.make_experiment()
    entry = audit.record(
        store=experiment.store, experiment=experiment, action=AuditAction.PAUSED, actor="ada", reason="Slow"
    )
    with receiver() as (url, received):
        endpoint = Endpoint.objects.create(store=experiment.store, url=url)
        tasks.post_message.func(endpoint_id=endpoint.pk, entry_id=entry.pk)
    message = json.loads(received[0][1])
    assert message["type"] == "experiment.paused"
    assert (message["data"]["experiment"], message["data"]["reason"]) == (experiment.key, "Slow")
    assert received[0][0]["webhook-id"] == f"msg_{entry.pk}"
    endpoint.refresh_from_db()
    assert endpoint.last_result == "Answered 204"


@pytest.mark.django_db
def test_post_message_that_fails_asks_for_another_attempt_but_not_for_a_forbidden_address(settings):
    experiment = factories.make_experiment()
    entry = audit.record(store=experiment.store, experiment=experiment, action=AuditAction.PAUSED, actor="ada")
    forbidden = Endpoint.objects.create(store=experiment.store, url="https://127.0.0.1/")
    tasks.post_message.func(endpoint_id=forbidden.pk, entry_id=entry.pk)
    forbidden.refresh_from_db()
    assert forbidden.last_result == "The host is not on the public internet"
    settings.WEBHOOKS_TO_PRIVATE_ADDRESSES = True
    with receiver(503) as (url, _):
        endpoint = Endpoint.objects.create(store=experiment.store, url=url)
        with pytest.raises(NotDelivered):
            tasks.post_message.func(endpoint_id=endpoint.pk, entry_id=entry.pk)
    endpoint.refresh_from_db()
    assert endpoint.last_result == "It answered 503"
