"""The mailbox's pages."""

import pytest

from demo.mailbox import reading
from tests.demo.mailbox.conftest import deliver

pytestmark = pytest.mark.django_db


def test_messages_and_message_are_shown_and_the_html_can_do_nothing(client, store):
    deliver("Tea & cake")
    listed = client.get("/demo/mailbox/")
    assert "Tea &amp; cake" in listed.text
    assert "ada@example.com" in listed.text
    (message,) = reading.newest()
    page = client.get(f"/demo/mailbox/{message.key}/")
    assert 'sandbox="allow-popups allow-popups-to-escape-sandbox"' in page.text
    assert "frame-src 'self'" in page.headers["Content-Security-Policy"]
    assert "alert(1)" not in page.text
    html = client.get(f"/demo/mailbox/{message.key}/html/")
    assert "alert(1)" in html.text
    policy = html.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "script-src" not in policy
    assert "sandbox" in policy.split(";")[-1].split()
    assert html.headers["X-Frame-Options"] == "SAMEORIGIN"


def test_message_that_is_not_there_is_404_and_buttons_need_a_post(client, store):
    deliver()
    (message,) = reading.newest()
    assert client.get("/demo/mailbox/nothing/").status_code == 404
    assert client.get("/demo/mailbox/nothing/html/").status_code == 404
    for act in ("clock", f"{message.key}/unsubscribe", f"{message.key}/scan"):
        assert client.get(f"/demo/mailbox/{act}/").status_code == 405


def test_button_says_once_what_the_program_did(client, store):
    deliver()
    (message,) = reading.newest()
    posted = client.post(f"/demo/mailbox/{message.key}/unsubscribe/")
    assert posted.url == f"/demo/mailbox/{message.key}/"
    # nobody listens at the address of the test
    assert "no answer: ConnectionRefusedError" in client.get(posted.url).text
    assert "What the program did" not in client.get(posted.url).text
