"""What a draft's treatment shows: chosen and written without the admin."""

from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from checkout_widgets.launching.drafts import DraftChoices, create_draft
from checkout_widgets.launching.templates import templates
from checkout_widgets.models import Widget
from experiments.models import AuditAction, Experiment, Role, Status
from tests import factories

pytestmark = pytest.mark.django_db

WORDS = {
    "layout": "card",
    "phone_layout": "line",
    "headline": "A mug for the tea",
    "body": "",
    "reason": "",
    "social_proof": "",
    "accept_label": "Add for {price}",
    "decline_label": "No thanks",
}


@pytest.fixture
def draft() -> Experiment:
    return factories.make_experiment(status=Status.DRAFT, started_at=None)


def client_of(experiment: Experiment, role: str = Role.EDITOR) -> Client:
    client = Client()
    client.force_login(factories.make_user(experiment.store, role=role))
    return client


def url_of(experiment: Experiment, part: str = "", variant: str = "treatment") -> str:
    return f"/tests/{experiment.store.slug}/{experiment.key}/treatments/{variant}/{part}"


def test_treatment_without_a_widget_gets_one(draft):
    offer = factories.make_offer(draft.store, name="Mug")
    response = client_of(draft).post(url_of(draft), WORDS | {"offer": offer.pk})
    assert response["Location"] == f"/tests/{draft.store.slug}/{draft.key}/launch/"
    widget = Widget.objects.get()
    assert (widget.variant.key, widget.offer, widget.headline, widget.phone_layout) == (
        "treatment",
        offer,
        "A mug for the tea",
        "line",
    )


def test_treatment_of_a_template_begins_with_its_words_whenever_the_offer_is_chosen():
    store = factories.make_store()
    template = templates()["reason"]
    draft = create_draft(template, store, DraftChoices(key="mug", name="Mug"), actor="ada")
    arm = template.arms[-1]
    page = client_of(draft).get(url_of(draft, variant=arm.key)).content.decode()
    assert f'value="{arm.headline}"' in page
    assert f'value="{arm.reason}"' in page


def test_treatment_keeps_what_the_form_has_no_field_for_and_notes_what_changed(draft):
    widget = factories.make_widget(draft.variants.get(key="treatment"), theme={"accent": "#0b7a75"})
    client_of(draft).post(url_of(draft), WORDS | {"offer": widget.offer_id})
    before = widget.headline
    widget.refresh_from_db()
    assert widget.theme == {"accent": "#0b7a75"}
    entry = draft.audit_entries.get(action=AuditAction.CHANGED)
    assert entry.detail["headline"] == [before, "A mug for the tea"]


@pytest.mark.parametrize(
    ("changed", "error"),
    [
        ({"headline": ""}, "This field is required"),
        ({"headline": "Only {prize}"}, "Unknown placeholder: {prize}"),
        ({"accept_label": "Add"}, "The accept button must show the price"),
        ({"social_proof": "9,000 sold"}, "Numbers must come from your orders"),
        ({"layout": "comparison"}, "This layout needs a comparison"),
        ({"offer": "0"}, "Select a valid choice"),
    ],
)
def test_treatment_that_cannot_be_shown_is_named_and_not_saved(draft: Experiment, changed: Any, error: str):
    offer = factories.make_offer(draft.store)
    response = client_of(draft).post(url_of(draft), WORDS | {"offer": offer.pk} | changed)
    assert response.status_code == 422
    assert error in response.content.decode()
    assert not Widget.objects.exists()


def test_offers_are_those_of_the_store_and_another_stores_is_refused(draft):
    foreign = factories.make_offer(factories.make_store(slug="other"), name="Foreign one")
    own = factories.make_offer(draft.store, name="Own one")
    client = client_of(draft)
    page = client.get(url_of(draft)).content.decode()
    assert own.name in page
    assert foreign.name not in page
    assert client.post(url_of(draft), WORDS | {"offer": foreign.pk}).status_code == 422


def test_offers_take_the_same_queries_however_many_they_are(draft, django_assert_max_num_queries):
    client = client_of(draft)
    for number in range(12):
        factories.make_offer(draft.store, factories.make_product(draft.store, sku=f"S{number}"), key=f"o{number}")
    with django_assert_max_num_queries(20):
        client.get(url_of(draft))


def test_stage_shows_what_is_typed_and_saves_nothing(draft):
    offer = factories.make_offer(draft.store)
    client = client_of(draft)
    assert b"Choose a treatment and an offer" in client.get(url_of(draft, "stage/")).content
    response = client.post(url_of(draft, "stage/?device=phone"), WORDS | {"offer": offer.pk})
    assert response.status_code == 200
    assert "frame-ancestors 'self'" in response["Content-Security-Policy"]
    assert not Widget.objects.exists()


def test_treatment_of_a_test_that_has_started_stays(draft):
    Experiment.objects.filter(pk=draft.pk).update(started_at=timezone.now(), status=Status.RUNNING)
    offer = factories.make_offer(draft.store)
    response = client_of(draft).post(url_of(draft), WORDS | {"offer": offer.pk})
    assert response["Location"] == f"/tests/{draft.store.slug}/{draft.key}/"
    assert not Widget.objects.exists()


def test_treatment_is_for_editors_of_the_store_alone_and_never_the_control(draft):
    viewer, stranger = client_of(draft, Role.VIEWER), Client()
    stranger.force_login(factories.make_user(factories.make_store(slug="other"), username="eve"))
    for part in ("", "stage/"):
        assert viewer.post(url_of(draft, part), WORDS).status_code == 403
        assert stranger.post(url_of(draft, part), WORDS).status_code == 404
    client = Client()
    client.force_login(factories.make_user(draft.store, username="bob"))
    assert client.get(url_of(draft, variant="control")).status_code == 404
