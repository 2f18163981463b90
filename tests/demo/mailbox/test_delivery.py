"""The folder that the demo's emails go to."""

from demo.mailbox import delivery, reading
from tests.demo.mailbox.conftest import deliver


def test_delivery_keeps_the_newest_messages_alone(monkeypatch):
    monkeypatch.setattr(delivery, "KEPT_MESSAGES", 2)
    for subject in ("first", "second", "third"):
        deliver(subject)
    assert [message.subject for message in reading.newest()] == ["third", "second"]
    delivery.empty()
    assert list(reading.newest()) == []
