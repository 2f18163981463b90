"""A sender over a limit is paused once, the team is told, and somebody who turns it on again counts anew."""

from datetime import date, timedelta

import pytest

from experiments.models import AuditAction, AuditEntry, Store
from experiments.notifications.message import message_of
from journeys.deliverability import watching
from journeys.deliverability.counts import MessageCounts, counts_by_day
from journeys.models import CustomerMessage, MessageEvent, MessageState, Sender
from tests import factories
from tests.factories import NOON
from tests.journeys.messages import make_sender

pytestmark = pytest.mark.django_db
DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)


@pytest.fixture
def store() -> Store:
    store = factories.make_store(timezone="Asia/Tokyo")
    make_sender(store)
    return store


def send_many(store: Store, number: int, *, heard: str = "", of: int = 0, at=NOON - DAY, **fields) -> None:
    """Messages that answer an act, which need no send point, and what was heard of the first ones."""
    contact = factories.make_contact(store)
    common = {"store": store, "contact": contact, "answered_act": "preferences_saved", "planned_at": at}
    common |= {"send_by": at + DAY, "next_attempt_at": at, "state": MessageState.SENT, "sent_at": at} | fields
    rows = CustomerMessage.objects.bulk_create([CustomerMessage(**common) for _ in range(number)])
    MessageEvent.objects.bulk_create([MessageEvent(message=row, kind=heard, at=at) for row in rows[:of]])


def sender_of(store: Store) -> Sender:
    return Sender.objects.select_related("store").get(store=store)


def test_sender_over_a_limit_is_paused_and_the_team_told_once(store):
    send_many(store, 100, heard="bounced", of=6)
    watching.watch(sender_of(store), NOON)
    watching.watch(sender_of(store), NOON)
    sender = sender_of(store)
    assert (sender.is_on, sender.paused_at, sender.paused_for) == (False, NOON, "bounces")
    entry = AuditEntry.objects.get(action=AuditAction.SENDER_PAUSED)
    assert entry.detail == {"limit": "bounces", "count": 6, "sent": 100}
    message = message_of(entry)
    assert message is not None
    assert "Nothing is sent until someone turns sending on again" in message.email.text
    assert f"/sender/{store.slug}/deliverability/" in message.email.text


def test_sender_near_a_limit_is_warned_of_until_it_is_kept_again(store):
    send_many(store, 100, heard="bounced", of=3)
    for _ in range(2):
        watching.watch(sender_of(store), NOON)
    assert sender_of(store).is_on
    assert AuditEntry.objects.filter(action=AuditAction.SENDER_WARNED).count() == 1
    later = NOON + 9 * DAY
    watching.watch(sender_of(store), later)
    assert sender_of(store).warned_for == []
    send_many(store, 100, heard="bounced", of=3, at=later - DAY)
    watching.watch(sender_of(store), later)
    assert AuditEntry.objects.filter(action=AuditAction.SENDER_WARNED).count() == 2


def test_sender_that_is_turned_on_again_counts_anew(store):
    send_many(store, 100, heard="complained", of=6)
    watching.watch(sender_of(store), NOON)
    sender = sender_of(store)
    sender.is_on = True
    watching.resume(sender, NOON + MINUTE)
    sender.save()
    watching.watch(sender_of(store), NOON + 2 * MINUTE)
    assert sender_of(store).is_on
    assert sender_of(store).paused_for == ""


def test_other_stores_messages_and_those_of_before_dont_count(store):
    send_many(factories.make_store(), 100, heard="bounced", of=50)
    send_many(store, 100, heard="bounced", of=50, at=NOON - 8 * DAY)
    assert watching.counts_of(sender_of(store), NOON) == MessageCounts()


def test_messages_are_counted_by_the_stores_day(store):
    evening = NOON.replace(hour=20)  # the next morning in Tokyo
    send_many(store, 3, heard="delivered", of=2, at=evening)
    send_many(store, 2, heard="soft_bounced", of=1, at=NOON)
    send_many(store, 1, at=NOON, state=MessageState.FAILED, reason="smtp 550", sent_at=None)
    send_many(store, 1, at=NOON, state=MessageState.UNKNOWN, sent_at=None)
    send_many(store, 1, at=NOON, state=MessageState.CANCELLED, sent_at=None)
    day = NOON.date()
    assert counts_by_day(store, NOON - DAY) == {
        day: MessageCounts(sent=3, hard_bounced=1, soft_bounced=1, unknown=1),
        date.fromordinal(day.toordinal() + 1): MessageCounts(sent=3, delivered=2),
    }
