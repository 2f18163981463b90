"""Opt-outs and opt-ins end the same in whatever order they come, and nobody is written to who opted out last."""

from datetime import timedelta
from itertools import permutations
from typing import Any

import pytest

from journeys.contact_files.importing import import_batch
from journeys.contact_files.rows import ListedOptOut
from journeys.contacts.bulk import ListedContact
from journeys.models import ConsentRecord, Contact, Suppression
from tests import factories
from tests.factories import NOON

pytestmark = pytest.mark.django_db
ADDRESS = "ada@shop.example"
DAY = timedelta(days=1)


def opted_out(days: int, reason: str = "unsubscribed", topic: str = "") -> ListedOptOut:
    return ListedOptOut(address=ADDRESS, topic=topic, reason=reason, at=NOON + days * DAY)


def opted_in(days: int, **fields: Any) -> ListedContact:
    said_at = NOON + days * DAY
    return ListedContact(address=ADDRESS.title(), basis="opt_in", said_at=said_at, at=NOON, **fields)


def take_in(store_id: int, *rows: Any) -> list[tuple[str, str, int]]:
    """What is suppressed in the end, with how many days after NOON it was said."""
    for row in rows:
        import_batch(store_id, "opt_outs" if isinstance(row, ListedOptOut) else "contacts", [row])
    suppressed = Suppression.objects.filter(store=store_id).order_by("topic")
    return [(row.topic, row.reason, (row.at - NOON) // DAY) for row in suppressed]


@pytest.mark.parametrize("order", list(permutations(range(3))))
@pytest.mark.parametrize(
    ("statements", "left"),
    [
        ((opted_out(1), opted_in(2), opted_in(-3)), []),
        ((opted_out(2), opted_in(1), opted_in(-3)), [("", "unsubscribed", 2)]),
        ((opted_out(1), opted_in(2), opted_out(3)), [("", "unsubscribed", 3)]),
        # of one time: what is stricter holds
        ((opted_out(1), opted_in(1), opted_in(0)), [("", "unsubscribed", 1)]),
        # what nobody said themselves, no file takes back
        ((opted_out(1, "complained"), opted_in(2), opted_in(3)), [("", "complained", 1)]),
        # an opt-in to one topic is none to all offers
        ((opted_out(1), opted_in(2, topic="care"), opted_out(1, topic="care")), [("", "unsubscribed", 1)]),
    ],
)
def test_newest_statement_holds_in_any_order(order, statements, left):
    store = factories.make_store()
    assert take_in(store.pk, *(statements[index] for index in order)) == left


def test_opt_out_of_a_stores_address_leaves_those_of_another():
    store, other = factories.make_store(), factories.make_store()
    take_in(other.pk, opted_out(1))
    assert take_in(store.pk, opted_out(1), opted_in(2)) == []
    assert Suppression.objects.get().store == other


def test_import_counts_what_came_of_its_rows():
    store = factories.make_store()
    known = factories.make_address(factories.make_contact(store, customer_key="i_77", locale=""), "known@shop.example")
    factories.make_consent(known, source="import", said_at=NOON)
    rows = [
        ListedContact(address="known@shop.example", basis="opt_in", said_at=NOON, locale="de", at=NOON),
        ListedContact(address="new@shop.example", basis="opt_in", said_at=NOON, at=NOON),
        ListedContact(address="old@shop.example", basis="opt_in", said_at=NOON, at=NOON),
        ListedContact(address="again@shop.example", basis="opt_in", said_at=NOON, at=NOON),
    ]
    later = ListedOptOut(address="old@shop.example", topic="", reason="asked", at=NOON + DAY)
    before = ListedOptOut(address="again@shop.example", topic="", reason="asked", at=NOON - DAY)
    assert import_batch(store.pk, "opt_outs", [later, before]) == {"new_opt_outs": 2}
    assert import_batch(store.pk, "contacts", rows) == {
        "new_addresses": 3,
        "new_statements": 3,
        "opted_in_again": 1,
        "still_opted_out": 1,
    }
    # The address alone was enough to know whose it is, and no second contact was made of them.
    assert Contact.objects.filter(store=store).count() == 4
    assert Contact.objects.get(customer_key="i_77").locale == "de"
    assert import_batch(store.pk, "contacts", rows) == {"still_opted_out": 1}  # the same again
    assert ConsentRecord.objects.count() == 4
