"""The page of stages: days by category, saved together, and refused with the row that is wrong."""

import pytest
from django.test import Client

from experiments.models import Store
from journeys.customer_stages import refresh
from journeys.models import ContactStage, StageSettings
from tests import factories
from tests.factories import NOON
from tests.journeys import followups

pytestmark = pytest.mark.django_db
URL = "/stages/?store=tea"


@pytest.fixture
def store() -> Store:
    store = factories.make_store(slug="tea")
    for sku, category in (("a", "Coffee"), ("b", "Coffee"), ("c", "Pots")):
        factories.make_product(store, sku=sku, category=category)
    return store


def signed_in(store: Store, role: str = "editor") -> Client:
    client = Client()
    client.force_login(factories.make_user(store, role=role))
    return client


def test_days_of_categories_are_saved_and_shown_again(store):
    editor = signed_in(store)
    assert 'aria-labelledby="counts-title"' not in editor.get(URL).text
    sent = {"is_on": "on", "arrival_days": "3", "0-usage": "5", "1-lasts": "14"}
    assert editor.post(URL, sent)["Location"] == URL
    settings = StageSettings.objects.get()
    assert (settings.store, settings.is_on, settings.arrival_days) == (store, True, 3)
    assert settings.thresholds == {"": {"usage": 5}, "Coffee": {"lasts": 14}}
    page = editor.get(URL).text
    assert 'name="0-usage" value="5"' in page
    assert 'name="1-lasts" value="14"' in page
    assert page.index("Coffee") < page.index("Pots")
    assert "Being calculated." in page
    # Emptied, a category is as all others again.
    editor.post(URL, sent | {"1-lasts": "", "0-usage": ""})
    assert StageSettings.objects.get().thresholds == {}


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({"1-usage": "40"}, "must begin one after the other"),
        ({"0-care": "90"}, "must begin one after the other"),
        ({"1-lasts": "0"}, "1 or more"),
        ({"1-lasts": "900"}, "730 or less"),
        ({"1-lasts": "1.5"}, "whole number"),
        ({"arrival_days": "0"}, "1 or more"),
        ({"arrival_days": ""}, "required"),
    ],
)
def test_days_that_cannot_be_are_refused_with_the_reason(store, sent, said):
    answer = signed_in(store).post(URL, {"is_on": "on", "arrival_days": "4"} | sent)
    assert answer.status_code == 422
    assert said in answer.text
    assert not StageSettings.objects.exists()


def test_counts_are_of_the_store_alone(store):
    for of in (store, factories.make_store()):
        settings = StageSettings.objects.create(store=of, is_on=True)
        followups.order_of(followups.make_contact(of), placed_at=NOON)
        refresh.refresh(settings, NOON)
    assert ContactStage.objects.count() == 2
    page = signed_in(store).get(URL)
    assert sum(number for _stage, number in page.context["counts"]) == 1
    assert "Calculated" in page.text


def test_viewer_sees_the_days_and_cannot_save_them(store):
    viewer = signed_in(store, "viewer")
    assert "Only editors of the store can change this." in viewer.get(URL).text
    assert viewer.post(URL, {"is_on": "on", "arrival_days": "4"}).status_code == 403
    assert not StageSettings.objects.exists()


def test_category_that_left_the_catalog_keeps_its_row(store):
    StageSettings.objects.create(store=store, thresholds={"Grinders": {"care": 20}})
    editor = signed_in(store)
    assert "Grinders" in editor.get(URL).text
    editor.post(URL, {"arrival_days": "4", "1-care": "25"})
    assert StageSettings.objects.get().thresholds == {"Grinders": {"care": 25}}


def test_categories_beyond_the_page_keep_their_days(store, monkeypatch):
    monkeypatch.setattr("dashboard.stages.forms.MOST_CATEGORIES", 1)
    StageSettings.objects.create(store=store, thresholds={"Aprons": {"care": 20}, "Bags": {"care": 21}})
    signed_in(store).post(URL, {"arrival_days": "4", "1-care": "25"})
    assert StageSettings.objects.get().thresholds == {"Aprons": {"care": 25}, "Bags": {"care": 21}}


def test_days_of_all_others_that_break_a_category_beyond_the_page_are_refused(store, monkeypatch):
    monkeypatch.setattr("dashboard.stages.forms.MOST_CATEGORIES", 1)
    StageSettings.objects.create(store=store, thresholds={"Aprons": {"care": 20}, "Bags": {"care": 21}})
    answer = signed_in(store).post(URL, {"arrival_days": "4", "0-usage": "25", "1-care": "28"})
    assert answer.status_code == 422
    assert "must begin one after the other" in answer.text
