"""Messages as the pages show them."""

from demo.mailbox import reading
from tests.demo.mailbox.conftest import BASE, deliver


def test_read_message_has_its_parts_headers_and_each_link_once():
    deliver("Grüße")
    (message,) = reading.newest()
    assert (message.subject, message.to) == ("Grüße", "ada@example.com")
    assert message.message_id == 7
    assert message.unsubscribe_url == f"{BASE}/m/u/t"
    assert message.links == [f"{BASE}/m/offer", "https://elsewhere.example/x"]
    assert "Hello, see" in message.text
    assert ("List-Unsubscribe-Post", "List-Unsubscribe=One-Click") in message.headers


def test_read_key_of_another_file_is_nothing(box):
    deliver()
    (box.parent / "secret_key").write_text("secret")
    assert reading.read("../../secret_key") is None


def test_own_messages_are_found_beyond_the_newest_of_the_list(monkeypatch):
    monkeypatch.setattr(reading, "NEWEST", 0)
    deliver("Mine")
    assert [message.subject for message in reading.newest_to("ada@example.com")] == ["Mine"]
    assert list(reading.newest_to("bea@example.com")) == []
    assert list(reading.newest()) == []
