"""A test of messages shows what its variants send, also to those who only have the link."""

import pytest

from dashboard.preview.pictures import is_shown, variant_pictures
from tests import factories
from tests.journeys import followups

pytestmark = pytest.mark.django_db

DOCUMENT = {"subject": "A lid for your pot", "blocks": [{"kind": "headline", "id": "h", "text": "It keeps tea warm"}]}


def frame_of(key: str) -> str:
    raise AssertionError(f"{key} has no frame")


def test_message_is_shown_by_its_subject_and_first_words_and_control_shows_none():
    store = factories.make_store()
    experiment = followups.make_step_test(store)
    followups.make_journey(store, {"experiment": experiment, "document": DOCUMENT})
    pictures = variant_pictures(experiment, frame_of)
    assert [(picture.variant.is_control, picture.subject, picture.opening) for picture in pictures] == [
        (True, "", ""),
        (False, "A lid for your pot", "It keeps tea warm"),
    ]
    assert is_shown(pictures)


def test_messages_against_one_another_are_shown_each():
    store = factories.make_store()
    experiment = followups.make_step_test(store)
    other = DOCUMENT | {"subject": "Keep your tea warm"}
    document = DOCUMENT | {"variants": {"treatment": other}}
    journey = followups.make_journey(store, {"document": document})
    step = followups.step_of(journey)
    step.experiment = experiment
    step.save()
    assert [picture.subject for picture in variant_pictures(experiment, frame_of)] == [
        "A lid for your pot",
        "Keep your tea warm",
    ]
