"""An answer is sent by a button, and the last one counts."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from journeys.friction import is_silent
from journeys.models import CustomerMessage, Friction, QuestionAnswer
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


@pytest.fixture
def scored() -> CustomerMessage:
    store = factories.make_store()
    make_sender(store)
    document = {"subject": "One question", "blocks": [{"kind": "score", "id": "a", "text": "Would you recommend us?"}]}
    return make_message(make_step(store, document=document))


def problems(message: CustomerMessage) -> list[str]:
    return list(Friction.objects.filter(contact=message.contact).values_list("kind", flat=True))


def test_low_score_is_a_problem_until_a_higher_one_takes_its_place(scored):
    assert "6" in Client().get(url_of(scored, "score-6")).content.decode()
    assert not problems(scored)
    for _ in range(2):
        Client().post(url_of(scored, "score-6"))
    assert problems(scored) == ["low_score"]
    scored.contact.refresh_from_db()
    assert is_silent(scored.contact, timezone.now() + timedelta(days=29))
    assert not is_silent(scored.contact, timezone.now() + timedelta(days=31))
    Client().post(url_of(scored, "score-7"))
    assert not problems(scored)
    scored.contact.refresh_from_db()
    assert not is_silent(scored.contact, timezone.now())
    assert QuestionAnswer.objects.get().tag == "score-7"


def test_high_score_leaves_other_problems_alone(scored):
    Friction.objects.create(
        contact=scored.contact, kind="low_score", external_id="other", source="score", opened_at=timezone.now()
    )
    Client().post(url_of(scored, "score-10"))
    assert problems(scored) == ["low_score"]


@pytest.mark.parametrize("tag", ["score-11", "11", "warmth"])
def test_score_that_nobody_can_give_is_refused(scored, tag):
    assert Client().post(url_of(scored, tag)).status_code == 404
    assert not QuestionAnswer.objects.exists()
