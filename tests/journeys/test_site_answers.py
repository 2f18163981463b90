"""Answers reach a store's pages while a test asks for them, and not an instant longer than they are somebody's."""

import pytest
from django.utils import timezone

from checkout_widgets.edge import loading
from checkout_widgets.models import ShopperAnswers
from experiments.models import Experiment, Store
from journeys.contacts.personal_data import erase_contacts
from journeys.models import QuestionAnswer
from journeys.site_answers import note_answers
from tests import factories
from tests.journeys import followups
from tests.journeys.answers_on_pages import ASKS, of_visitor
from tests.journeys.messages import make_message, make_step

pytestmark = pytest.mark.django_db


@pytest.fixture
def store() -> Store:
    experiment = factories.make_live_experiment(factories.make_store(), targeting=ASKS)
    return experiment.store


def answered(store: Store, name: str, tag: str) -> QuestionAnswer:
    message = make_message(make_step(store))
    contact = message.contact
    followups.order_of(contact, visitor_id=f"v_{name}")
    return QuestionAnswer.objects.create(message=message, contact=contact, question="a", tag=tag, at=timezone.now())


def test_answers_of_known_visitors_reach_the_pages_of_their_store(store):
    other = factories.make_live_experiment(factories.make_store(), targeting=ASKS).store
    for name, tag in (("1", "size"), ("2", "warmth")):
        answered(store, name, tag)
    answered(other, "1", "score-3")
    note_answers()
    assert [of_visitor(store, name) for name in ("1", "2", "3")] == [{"size"}, {"warmth"}, set()]
    assert of_visitor(other, "1") == {"score-3"}


def test_changed_answer_takes_the_place_of_the_old_one_and_the_same_writes_nothing(store):
    answer = answered(store, "1", "size")
    note_answers()
    version = loading.current_version()
    note_answers()
    assert loading.current_version() == version
    QuestionAnswer.objects.filter(pk=answer.pk).update(tag="warmth", at=timezone.now())
    note_answers()
    assert of_visitor(store, "1") == {"warmth"}


def test_erased_customer_is_gone_with_the_next_round(store):
    answer = answered(store, "1", "size")
    answered(store, "2", "size")
    note_answers()
    erase_contacts(store, [answer.contact.customer_key])
    note_answers()
    assert [of_visitor(store, name) for name in ("1", "2")] == [set(), {"size"}]


@pytest.mark.parametrize("change", [{"targeting": {}}, {"status": "stopped"}])
def test_answers_leave_the_pages_once_no_test_asks(store, change):
    answered(store, "1", "size")
    note_answers()
    Experiment.objects.update(**change)
    note_answers()
    assert not ShopperAnswers.objects.exists()
