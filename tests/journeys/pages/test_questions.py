"""An answer is sent by a button, and the last one counts."""

import pytest
from django.test import Client

from journeys.models import CustomerMessage, QuestionAnswer
from journeys.signed_links.signing import AnswerLink, sign
from tests import factories
from tests.journeys.messages import make_message, make_sender, make_step
from tests.journeys.writing.documents import EVERY_BLOCK

pytestmark = pytest.mark.django_db


@pytest.fixture
def message() -> CustomerMessage:
    store = factories.make_store()
    make_sender(store)
    return make_message(make_step(store, document=EVERY_BLOCK))


def url_of(message: CustomerMessage, tag: str) -> str:
    link = AnswerLink(store_id=message.store_id, message_id=message.pk, question="a", tag=tag)
    return f"/m/q/{sign(link)}"


def test_answer_is_shown_first_and_stored_by_the_button(message):
    page = Client().get(url_of(message, "warmth")).content.decode()
    assert "Warmer tea" in page
    assert not QuestionAnswer.objects.exists()
    answer = Client(enforce_csrf_checks=True).post(url_of(message, "warmth"))
    assert "Thank you" in answer.content.decode()
    assert QuestionAnswer.objects.get().tag == "warmth"


def test_last_answer_counts(message):
    for tag in ("warmth", "size"):
        Client().post(url_of(message, tag))
    assert QuestionAnswer.objects.get().tag == "size"


def test_answer_that_the_message_never_had_is_refused(message):
    assert Client().post(url_of(message, "other")).status_code == 404
    assert not QuestionAnswer.objects.exists()
