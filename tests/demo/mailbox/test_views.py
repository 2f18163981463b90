"""The mailbox's pages."""

import pytest

from demo.after_order import making
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


def test_clock_waits_while_customers_are_made_and_pages_say_how_far_they_are(client, store):
    making.note_progress(34)
    posted = client.post("/demo/mailbox/clock/", follow=True)
    assert "The customers are still being made." in posted.text
    assert "day 34 of 90" in posted.text
    making.marker().unlink()
    assert "of 90" not in client.get("/demo/mailbox/").text
