"""Signed messages to a store's own systems."""

import base64
import hmac
import socket
import threading
import time
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from unittest.mock import patch

import pytest
import trustme

from experiments.notifications import outgoing
from experiments.notifications.outgoing import NotDelivered
from tests.experiments.notifications.receiver import receiver

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"  # the example of the specification


def test_signature_is_that_of_the_specifications_example():
    body = b'{"test": 2432232314}'
    expected = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
    assert outgoing.signature(SECRET, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, body) == expected


@pytest.mark.parametrize(
    "url", ["http://shop.example/", "ftp://shop.example/", "https:///path", "https://user@shop.example/", "shop"]
)
def test_post_to_what_is_no_https_address_is_refused_for_good(url):
    with pytest.raises(NotDelivered) as raised:
        outgoing.post(url, [SECRET], message_id="msg_1", timestamp=1, body=b"{}")
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
        outgoing.post(url, [SECRET], message_id="msg_1", timestamp=1, body=b"{}")


def test_post_to_a_host_that_no_certificate_names_is_refused_for_good():
    found = [(2, 1, 6, "", ("8.8.8.8", 443))]
    with (
        patch("socket.getaddrinfo", return_value=found),
        patch("socket.create_connection", return_value=socket.socket()),
        pytest.raises(NotDelivered) as raised,
    ):
        outgoing.post("https://.example/", [SECRET], message_id="msg_1", timestamp=1, body=b"{}")
    assert raised.value.is_final


def test_post_to_a_path_with_other_letters_sends_it_encoded(settings):
    settings.WEBHOOKS_TO_PRIVATE_ADDRESSES = True
    with receiver() as (url, received):
        assert (
            outgoing.post(url.replace("/hook", "/h\u00f6k b"), [SECRET], message_id="msg_1", timestamp=1, body=b"{}")
            == 204
        )
    assert len(received) == 1


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]", "2130706433", "0x7f.1"])
def test_post_into_the_own_network_never_connects(host):
    with patch("socket.create_connection") as connect, pytest.raises(NotDelivered):
        outgoing.post(f"https://{host}/", [SECRET], message_id="msg_1", timestamp=1, body=b"{}")
    connect.assert_not_called()


def test_post_where_one_of_several_addresses_is_private_never_connects():
    found = [(2, 1, 6, "", (address, 443)) for address in ("8.8.8.8", "10.0.0.1")]
    with (
        patch("socket.getaddrinfo", return_value=found),
        patch("socket.create_connection") as connect,
        pytest.raises(NotDelivered),
    ):
        outgoing.post("https://shop.example/", [SECRET], message_id="msg_1", timestamp=1, body=b"{}")
    connect.assert_not_called()


def test_post_sends_what_it_signs(settings):
    settings.WEBHOOKS_TO_PRIVATE_ADDRESSES = True
    with receiver() as (url, received):
        assert outgoing.post(url, [SECRET], message_id="msg_1", timestamp=1_700_000_000, body=b'{"a":1}') == 204
    ((headers, body),) = received
    key = base64.b64decode(SECRET.removeprefix("whsec_"))
    digest = hmac.new(key, b"msg_1.1700000000." + body, sha256).digest()
    assert headers["webhook-signature"] == f"v1,{base64.b64encode(digest).decode()}"
    assert (headers["webhook-id"], headers["webhook-timestamp"], body) == ("msg_1", "1700000000", b'{"a":1}')


def test_post_is_signed_with_each_secret_while_one_is_replaced(settings):
    settings.WEBHOOKS_TO_PRIVATE_ADDRESSES = True
    older = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD"
    with receiver() as (url, received):
        outgoing.post(url, [SECRET, older], message_id="msg_1", timestamp=1_700_000_000, body=b"{}")
    ((headers, body),) = received
    expected = [outgoing.signature(secret, "msg_1", 1_700_000_000, body) for secret in (SECRET, older)]
    assert headers["webhook-signature"].split(" ") == expected


@pytest.mark.parametrize(
    ("status", "is_final"),
    [
        *((500, False), (502, False), (503, False), (301, False), (302, False), (307, False)),
        *((400, True), (401, True), (404, True), (410, True), (422, True), (499, True)),
        *((408, False), (425, False), (429, False)),
    ],
)
def test_post_answer_that_is_no_success_is_not_delivered(settings, status, is_final):
    settings.WEBHOOKS_TO_PRIVATE_ADDRESSES = True
    with receiver(status) as (url, received), pytest.raises(NotDelivered, match=f"It answered {status}") as raised:
        outgoing.post(url, [SECRET], message_id="msg_1", timestamp=1, body=b"{}")
    assert (raised.value.is_final, raised.value.status) == (is_final, status)
    assert len(received) == 1


def test_post_to_a_host_whose_address_changes_meanwhile_connects_to_the_one_that_was_checked():
    answers = [[(2, 1, 6, "", ("8.8.8.8", 443))], [(2, 1, 6, "", ("127.0.0.1", 443))]]
    with (
        patch("socket.getaddrinfo", side_effect=answers) as looked_up,
        patch("socket.create_connection", side_effect=OSError("no network")) as connect,
        pytest.raises(NotDelivered),
    ):
        outgoing.post("https://shop.example/", [SECRET], message_id="msg_1", timestamp=1, body=b"{}")
    assert looked_up.call_count == 1
    assert connect.call_args.args == (("8.8.8.8", 443),)


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("120", 120),
        (" 0 ", 0),
        ("Wed, 21 Oct 2026 07:30:00 GMT", 120),
        ("Wed, 21 Oct 2026 07:27:00 GMT", -60),
        *((text, None) for text in ("", "soon", "-5", "1.5", "\u00b2", "9" * 11, "Wed, 99 Oct 2026 99:00:00 GMT")),
        ("Wed, 21 Oct 2026 07:30:00 -0000", None),
    ],
)
def test_time_of_a_retry_after_is_in_seconds_or_a_date_or_none(monkeypatch, header, seconds):
    now = datetime(2026, 10, 21, 7, 28, tzinfo=UTC)
    monkeypatch.setattr("django.utils.timezone.now", lambda: now)
    expected = now + timedelta(seconds=seconds) if seconds is not None else None
    assert outgoing.time_of(header) == expected


@pytest.mark.parametrize("beginning", [b"", b"HTTP/1.1 200 ", b"HTTP/1.1 200 OK\r\nx: "])
def test_post_to_a_receiver_that_answers_byte_by_byte_ends(settings, monkeypatch, beginning):
    settings.WEBHOOKS_TO_PRIVATE_ADDRESSES = True
    monkeypatch.setattr(outgoing, "TOTAL_S", 1)
    with socket.create_server(("127.0.0.1", 0)) as server:

        def drip() -> None:
            connection, _ = server.accept()
            with connection, suppress(OSError):
                connection.sendall(beginning)
                for _ in range(200):  # 40 s, unless the other end hangs up
                    connection.sendall(b"y")
                    time.sleep(0.2)

        receiving = threading.Thread(target=drip)
        receiving.start()
        url, started = f"http://127.0.0.1:{server.getsockname()[1]}/", time.monotonic()
        with pytest.raises(NotDelivered, match="The connection failed") as raised:
            outgoing.post(url, [SECRET], message_id="msg_1", timestamp=1, body=b"{}")
        assert time.monotonic() - started < 20
        assert not raised.value.is_final
        receiving.join()


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    """An authority of the test's own, which no system trusts; it lives as long as the test."""
    return trustme.CA()


@pytest.fixture
def trusted(authority: trustme.CA, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let what this test sends trust the authority."""
    file = tmp_path / "authority.pem"
    authority.cert_pem.write_to_path(file)
    monkeypatch.setenv("SSL_CERT_FILE", str(file))


@pytest.mark.usefixtures("trusted")
def test_post_by_https_sends_to_whom_the_certificate_names(settings, authority):
    settings.WEBHOOKS_TO_PRIVATE_ADDRESSES = True
    with receiver(certificate=authority.issue_cert("localhost")) as (url, received):
        assert outgoing.post(url, [SECRET], message_id="msg_1", timestamp=1, body=b"{}") == 204
    assert len(received) == 1


@pytest.mark.usefixtures("trusted")
def test_post_by_https_sends_nothing_to_a_host_that_the_certificate_does_not_name(settings, authority):
    settings.WEBHOOKS_TO_PRIVATE_ADDRESSES = True
    with (
        receiver(certificate=authority.issue_cert("shop.example")) as (url, received),
        pytest.raises(NotDelivered, match="CERTIFICATE_VERIFY_FAILED"),
    ):
        outgoing.post(url, [SECRET], message_id="msg_1", timestamp=1, body=b"{}")
    assert not received


def test_post_by_https_sends_nothing_where_no_authority_vouches_for_the_certificate(settings, authority):
    settings.WEBHOOKS_TO_PRIVATE_ADDRESSES = True
    with (
        receiver(certificate=authority.issue_cert("localhost")) as (url, received),
        pytest.raises(NotDelivered, match="CERTIFICATE_VERIFY_FAILED"),
    ):
        outgoing.post(url, [SECRET], message_id="msg_1", timestamp=1, body=b"{}")
    assert not received
