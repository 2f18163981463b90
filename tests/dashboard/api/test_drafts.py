"""Drafts by the API: made by tokens that may, complete as the console's, and never launched."""

from typing import Any

import pytest
from django.test import Client

from experiments.models import AuditEntry, Experiment, Status
from tests import factories
from tests.dashboard.api.conftest import make_token

pytestmark = pytest.mark.django_db


@pytest.fixture
def draft(experiment):
    client = Client(headers={"authorization": f"Bearer {make_token(experiment.store, can_draft=True)}"})

    def call(**sent: Any) -> Any:
        return client.post("/api/v1/drafts/", sent, content_type="application/json")

    return call


def test_draft_is_the_templates_with_what_was_sent(experiment, draft):
    offer = factories.make_offer(experiment.store, key="balm")
    answer = draft(template="offer-or-nothing", name="Balm?", hypothesis="It sells.", offers=["balm"], planned_days=21)
    assert answer.status_code == 201
    made = Experiment.objects.get(key=answer.json()["key"])
    assert (made.store, made.status, made.name, made.hypothesis) == (
        experiment.store,
        Status.DRAFT,
        "Balm?",
        "It sells.",
    )
    assert (made.planned_days, made.moment) == (21, "cart")
    assert made.variants.get(is_control=False).widget.offer == offer
    assert answer.json()["url"] == f"http://testserver/tests/{made.store.slug}/{made.key}/launch/"
    entry = AuditEntry.objects.get(experiment=made)
    assert (entry.action, entry.actor) == ("created", "API: Reports")


def test_draft_without_words_has_the_templates(draft):
    made = draft(template="offer-or-nothing").json()
    assert made["name"] == "Offer or no offer"
    assert made["hypothesis"]
    assert draft(template="offer-or-nothing").json()["key"] != made["key"]


@pytest.mark.parametrize(
    ("sent", "name"),
    [
        ({}, "template"),
        ({"template": "party"}, "template"),
        ({"template": "offer-or-nothing", "moment": "follow_up"}, "moment"),
        ({"template": "offer-or-nothing", "offers": ["nothing"]}, "offers"),
        ({"template": "offer-or-nothing", "offers": ["balm", "balm"]}, "offers"),
        ({"template": "offer-or-nothing", "offers": ["foreign"]}, "offers"),
        ({"template": "offer-or-nothing", "planned_sample": 3}, "planned_sample"),
        ({"template": "offer-or-nothing", "name": "a\x00b"}, "name"),
    ],
)
def test_draft_that_cannot_be_names_the_field(experiment, draft, sent, name):
    factories.make_offer(experiment.store, key="balm")
    factories.make_offer(factories.make_store(slug="foreign"), key="foreign")
    answer = draft(**sent)
    assert answer.status_code == 400
    assert list(answer.json()) == [name]
    assert Experiment.objects.count() == 1


def test_token_that_may_not_is_told_how_to_get_leave(token, experiment):
    client = Client(headers={"authorization": f"Bearer {token}"})
    answer = client.post("/api/v1/drafts/", {"template": "offer-or-nothing"}, content_type="application/json")
    assert answer.status_code == 403
    assert "An admin of the store can allow it" in answer.json()["detail"]


def test_templates_say_what_can_be_drafted(get):
    listed = {template["key"]: template for template in get("templates/").json()}
    assert listed["offer-or-nothing"]["can_be_drafted"]
    messages = [template for template in listed.values() if template["moment"] == "follow_up"]
    assert messages
    assert not any(template["can_be_drafted"] for template in messages)


def test_offers_are_the_stores(experiment, get):
    factories.make_offer(experiment.store, key="balm", price_minor=790)
    factories.make_offer(factories.make_store(slug="foreign"), key="foreign")
    (offer,) = get("offers/").json()["results"]
    assert (offer["key"], offer["price_minor"], offer["is_active"]) == ("balm", 790, True)
