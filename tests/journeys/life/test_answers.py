"""What customers answered is counted by step, over all versions of a journey, and of no other."""

import pytest
from django.utils import timezone

from journeys.life.answers import answers_of
from journeys.models import CustomerMessage, JourneyVersion, QuestionAnswer
from tests import factories
from tests.journeys.messages import make_message, make_step
from tests.journeys.writing.documents import EVERY_BLOCK

pytestmark = pytest.mark.django_db


def answer(message: CustomerMessage, tag: str) -> None:
    QuestionAnswer.objects.create(message=message, contact=message.contact, question="a", tag=tag, at=timezone.now())


def test_answers_are_counted_as_the_message_says_them():
    store = factories.make_store()
    step, other = make_step(store, document=EVERY_BLOCK), make_step(store, document=EVERY_BLOCK)
    for tag in ("warmth", "size", "size", "gone"):
        answer(make_message(step), tag)
    answer(make_message(other), "size")
    [found] = answers_of(step.version.journey)
    assert (found.step_key, found.total, found.promoter_score) == ("care", 4, None)
    assert found.rows == [("More tea", 2), ("Warmer tea", 1), ("gone", 1)]


def test_answers_to_an_older_version_count_with_those_to_the_newest():
    step = make_step(factories.make_store(), document=EVERY_BLOCK)
    answer(make_message(step), "size")
    journey = step.version.journey
    step.pk, step.version = None, JourneyVersion.objects.create(journey=journey, trigger="delivered", number=2)
    step.document = {"subject": "Hi", "blocks": [{"kind": "question", "choices": [{"tag": "size", "text": "Bigger"}]}]}
    step.save()
    answer(make_message(step), "size")
    [found] = answers_of(journey)
    assert found.rows == [("Bigger", 2)]


def test_scores_stand_in_their_order_and_come_to_a_promoter_score():
    step = make_step(factories.make_store())
    for tag in ("score-10", "score-2", "score-9", "score-10", "score-7"):
        answer(make_message(step), tag)
    [found] = answers_of(step.version.journey)
    assert found.rows == [("2", 1), ("7", 1), ("9", 1), ("10", 2)]
    assert found.promoter_score == pytest.approx(40)


def test_journey_without_answers_has_none():
    assert answers_of(make_step(factories.make_store()).version.journey) == []
