"""What a store's journeys came to in a week is the sum of their send points, and of no other store's."""

from datetime import timedelta

import pytest

from journeys.life.spans import SpanFigures, journey_spans, total
from journeys.models import JourneyStatus, MessageEvent, SendPoint
from journeys.planning.rounds import plan_due
from tests import factories
from tests.factories import NOON
from tests.journeys import followups

pytestmark = pytest.mark.django_db
WEEK = timedelta(days=7)


@pytest.fixture
def store():
    return followups.make_sending_store()


def test_figures_of_a_week_are_counted_by_journey(store):
    journey = followups.make_journey(store)
    reached, refused = followups.make_contact(store), followups.make_contact(store, basis="none")
    for contact in (reached, refused):
        followups.make_run(journey, contact)
    plan_due(NOON)
    message = followups.message_of(reached)
    message.state, message.sent_at = "sent", NOON
    message.save()
    for kind in ("clicked", "unsubscribed"):
        MessageEvent.objects.create(message=message, kind=kind, at=NOON)
    (span,) = journey_spans(store, NOON - WEEK, NOON + WEEK)
    assert span.journey == journey
    assert span.figures == SpanFigures(due=2, control=0, sent=1, clicked=1, opted_out=1)
    assert journey_spans(store, NOON + WEEK, NOON + 2 * WEEK)[0].figures == SpanFigures()
    assert total([span, span]).due == SendPoint.objects.count() * 2


def test_drafts_and_journeys_of_other_stores_are_left_out(store):
    draft = followups.make_journey(store)
    draft.status = JourneyStatus.DRAFT
    draft.save()
    followups.make_journey(factories.make_store())
    assert journey_spans(store, NOON - WEEK, NOON) == []
    assert total([]) == SpanFigures()
