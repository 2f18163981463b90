"""Answers on the confirmation page become the customer's once an order says so, and a low score is a problem."""

from datetime import timedelta

import pytest
from django.utils import timezone

from checkout_widgets.erasure import erase_customer, erase_visitor
from checkout_widgets.models import ConfirmationAnswer
from checkout_widgets.store_export import Person
from checkout_widgets.visitor_export import person_with_key, tables_of
from experiments.models import Order, Store
from journeys.confirmation_answers import WAIT, follow_up
from journeys.contacts.merging import merge_contacts
from journeys.friction import is_silent
from journeys.models import Contact, Friction
from journeys.site_answers import note_answers
from tests import factories
from tests.journeys import followups
from tests.journeys.answers_on_pages import ASKS, of_visitor

pytestmark = pytest.mark.django_db


@pytest.fixture
def store() -> Store:
    return factories.make_live_experiment(factories.make_store(), targeting=ASKS).store


def answer(store: Store, visitor_id: str = "v_1", tag: str = "trail", **fields) -> ConfirmationAnswer:
    given = {"number": 1, "at": timezone.now()} | fields
    return ConfirmationAnswer.objects.create(store=store, visitor_id=visitor_id, tag=tag, **given)


def customer(store: Store, *visitors: str) -> Contact:
    contact = followups.make_contact(store)
    for visitor_id in visitors:
        followups.order_of(contact, visitor_id=visitor_id)
    return contact


def test_browser_has_its_answer_at_once_and_the_customers_other_browsers_once_an_order_names_one(store):
    answer(store)
    answer(factories.make_store(), "v_3")
    note_answers()
    assert [of_visitor(store, name) for name in "123"] == [{"trail"}, set(), set()]
    contact = customer(store, "v_1", "v_2")
    assert follow_up(timezone.now()) == 1
    assert ConfirmationAnswer.objects.get(store=store).customer_key == contact.customer_key
    note_answers()
    assert [of_visitor(store, name) for name in "123"] == [{"trail"}, {"trail"}, set()]
    assert follow_up(timezone.now()) == 0


def test_order_that_is_only_linked_to_the_browser_names_the_customer_too(store):
    answer(store)
    contact = followups.make_contact(store)
    followups.order_of(contact, linked_visitor_id="v_1")
    follow_up(timezone.now())
    assert ConfirmationAnswer.objects.get().customer_key == contact.customer_key


def test_order_of_another_store_names_nobody(store):
    answer(store)
    customer(factories.make_store(), "v_1")
    assert follow_up(timezone.now()) == 0
    assert ConfirmationAnswer.objects.get().customer_key == ""


def test_newest_order_says_whose_a_shared_browsers_answer_is(store):
    customer(store, "v_1")
    second = customer(store, "v_1")
    answer(store)
    follow_up(timezone.now())
    assert ConfirmationAnswer.objects.get().customer_key == second.customer_key


def test_low_score_is_a_problem_until_a_higher_one_takes_its_place(store):
    given = answer(store, tag="score-3")
    contact = customer(store, "v_1")
    for _ in range(2):
        follow_up(timezone.now())
    contact.refresh_from_db()
    assert list(Friction.objects.values_list("contact", "kind")) == [(contact.pk, "low_score")]
    assert is_silent(contact, timezone.now() + timedelta(days=29))
    ConfirmationAnswer.objects.filter(pk=given.pk).update(tag="score-9", is_followed_up=False)
    follow_up(timezone.now())
    contact.refresh_from_db()
    assert not Friction.objects.exists()
    assert not is_silent(contact, timezone.now())


def test_low_score_waits_for_the_contact_and_others_do_not(store):
    for visitor_id, tag in (("v_1", "score-2"), ("v_2", "trail")):
        answer(store, visitor_id, tag)
        factories.make_order(store, visitor_id=visitor_id, customer_key="i_77")
    follow_up(timezone.now())
    waiting = dict(ConfirmationAnswer.objects.values_list("visitor_id", "is_followed_up"))
    assert waiting == {"v_1": False, "v_2": True}
    contact = followups.make_contact(store, "i_77")
    follow_up(timezone.now())
    assert Friction.objects.get().contact == contact


def test_answer_whose_order_never_comes_is_left_alone_after_a_week(store):
    answer(store, at=timezone.now() - WAIT - timedelta(minutes=1))
    customer(store, "v_1")
    assert follow_up(timezone.now()) == 0


def test_merged_contact_keeps_the_answer(store):
    answer(store)
    guest = customer(store, "v_1")
    follow_up(timezone.now())
    kept = followups.make_contact(store, "i_kept")
    merge_contacts(store, kept.customer_key, guest.customer_key)
    assert ConfirmationAnswer.objects.get().customer_key == "i_kept"


def test_answer_is_exported_and_erased_with_the_visitor_and_with_the_customer(store):
    for name in "12":
        answer(store, f"v_{name}")
        order = followups.order_of(followups.make_contact(store, f"i_c{name}"), visitor_id=f"v_{name}")
        Order.objects.filter(pk=order.pk).update(customer_id=f"c{name}")
    follow_up(timezone.now())
    assert [row["visitor_id"] for row in tables_of(store, Person(visitor_id="v_1"))["confirmationanswer"]] == ["v_1"]
    assert [row["visitor_id"] for row in tables_of(store, person_with_key("i_c2"))["confirmationanswer"]] == ["v_2"]
    erase_visitor(store, "v_1", actor="ada")
    assert [given.visitor_id for given in ConfirmationAnswer.objects.all()] == ["v_2"]
    erase_customer(store, "c2", actor="ada")
    assert not ConfirmationAnswer.objects.exists()
    note_answers()
    assert [of_visitor(store, name) for name in "12"] == [set(), set()]
