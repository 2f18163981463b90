"""A test of timing: both arms have the same send point, the earliest, and one of the messages goes out later."""

from typing import Any

import pytest

from experiments.models import Exposure
from journeys.checks.claims import why_not
from journeys.life.drafts import create_journey
from journeys.life.step_tests import ensure_tests
from journeys.life.templates import journey_templates
from journeys.models import CustomerMessage, JourneyStep, SendPoint, SendVerdict
from journeys.writing.document import read
from tests.factories import NOON
from tests.journeys import followups
from tests.journeys.followups import DAY, plan

pytestmark = pytest.mark.django_db


@pytest.fixture
def sent():
    """The messages of twenty customers at a step that compares at once with three days later, by variant."""
    store = followups.make_sending_store()
    document: dict[str, Any] = {"subject": "Hi", "blocks": [{"kind": "text", "id": "t", "text": "Hi"}]}
    document |= {"variants": {"message-b": document | {"delay_hours": 72}}}
    journey = followups.make_journey(store, {"document": document})
    (experiment,) = ensure_tests(journey.versions.get(), "ada")
    experiment.status = "running"
    experiment.save()
    for _ in range(20):
        contact = followups.make_contact(store)
        followups.make_run(journey, contact, followups.order_of(contact))
    plan(journey)
    return {key: list(CustomerMessage.objects.filter(send_point__variant__key=key)) for key in ("control", "message-b")}


def test_both_arms_are_exposed_at_the_earliest_send_point_and_one_message_waits(sent):
    at_once, later = sent["control"], sent["message-b"]
    assert len(at_once) + len(later) == 20
    assert min(len(at_once), len(later)) > 3
    assert set(SendPoint.objects.values_list("at", "verdict")) == {(NOON, "send")}
    assert Exposure.objects.count() == 20
    assert set(Exposure.objects.values_list("exposed_at", flat=True)) == {NOON}
    assert {(message.next_attempt_at, message.send_by) for message in at_once} == {(NOON, NOON + DAY)}
    assert {(message.next_attempt_at, message.send_by) for message in later} == {(NOON + 3 * DAY, NOON + 4 * DAY)}


def test_who_orders_before_the_later_message_gets_none_and_stays_in_the_test(sent):
    ordered, waiting = sent["message-b"][:2]
    followups.order_of(ordered.contact, placed_at=NOON + 2 * DAY)
    assert why_not(ordered, NOON + 3 * DAY).verdict == SendVerdict.EXIT_ORDERED
    assert why_not(waiting, NOON + 3 * DAY).may_go_out
    assert Exposure.objects.filter(visitor_id=f"c:{ordered.contact.customer_key}").exists()


def test_templates_of_tests_compare_what_they_say():
    store = followups.make_sending_store()
    compared = {}
    for key in (
        *("sooner-or-later", "one-or-two-products", "reason-or-none", "subject-lines"),
        *("curated-or-recommended", "answer-or-order"),
    ):
        create_journey(journey_templates()[key], store, key=key, name=key, actor="ada")
        step = JourneyStep.objects.filter(version__journey__key=key).latest("position")
        (other,) = step.other_documents.values()
        own, further = (read(document | {"offer": "any"}) for document in (step.own_document, other))
        compared[key] = {name for name in own.__struct_fields__ if getattr(own, name) != getattr(further, name)}
        assert [len(variants) for variants in (ensure_tests(step.version, "ada")[0].variants.all(),)] == [2]
    assert compared == {
        "sooner-or-later": {"delay_hours"}, "one-or-two-products": {"blocks"}, "reason-or-none": {"blocks"},
        "subject-lines": {"subject"},
        "curated-or-recommended": set(), "answer-or-order": {"blocks"},  # beside the offers, which each chooses
    }  # fmt: skip
