"""The page of custom metrics, and their choice for a draft."""

from typing import Any

import pytest
from django.test import Client

from experiments import custom_metrics
from experiments.custom_metrics import MetricFields
from experiments.models import ChosenMetric, CustomMetric, Role, Status, Store
from tests import factories

pytestmark = pytest.mark.django_db
FORM = {"name": "Revenue from pots", "counted": "revenue", "skus": "pot, jug\npot", "categories": ["Pots"]}


@pytest.fixture
def store() -> Store:
    store = factories.make_store(slug="tea", name="Tea shop")
    for sku, category in (("pot", "Pots"), ("jug", ""), ("cup", "Cups")):
        factories.make_product(store, sku=sku, category=category)
    return store


def client_of(store: Store, role: str = Role.EDITOR) -> Client:
    client = Client()
    client.force_login(factories.make_user(store, role))
    return client


def metric_of(store: Store, **fields: Any) -> CustomMetric:
    said = {"name": "Pots", "counted": "units", "skus": ["pot"], "categories": []} | fields
    return custom_metrics.define(store, MetricFields(**said), actor="ada")


def test_editor_adds_a_metric_and_sees_it_in_the_list(store):
    client = client_of(store)
    page = client.get("/custom-metrics/?store=tea").content.decode()
    assert "No custom metrics yet" in page
    assert "Pots (1 product)" in page
    answer = client.post("/custom-metrics/?store=tea", FORM, follow=True)
    metric = CustomMetric.objects.get()
    assert (metric.skus, metric.categories, metric.counted) == (["jug", "pot"], ["Pots"], "revenue")
    page = answer.content.decode()
    assert "custom-revenue-from-pots" in page
    assert "2 SKUs: jug, pot" in page


def test_wrong_fields_are_named_and_nothing_is_added(store):
    answer = client_of(store).post(
        "/custom-metrics/?store=tea", FORM | {"name": "", "skus": "pot, vase", "categories": ["No"]}
    )
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "The catalog has no product with this SKU: vase." in page
    assert "This field is required." in page
    assert not CustomMetric.objects.exists()


def test_metric_of_nothing_is_refused_on_the_page(store):
    answer = client_of(store).post("/custom-metrics/?store=tea", FORM | {"skus": "", "categories": []})
    assert answer.status_code == 422
    assert "Choose at least one product or category." in answer.content.decode()


def test_changed_metric_keeps_skus_that_the_catalog_lost(store):
    metric = metric_of(store, skus=["gone"])
    client = client_of(store)
    assert "gone" in client.get(f"/custom-metrics/tea/{metric.pk}/").content.decode()
    answer = client.post(f"/custom-metrics/tea/{metric.pk}/", FORM | {"skus": "gone\ncup", "categories": []})
    assert answer.status_code == 302
    metric.refresh_from_db()
    assert (metric.name, metric.skus) == ("Revenue from pots", ["cup", "gone"])


def test_archived_metric_can_be_restored(store):
    metric, client = metric_of(store), client_of(store)
    client.post(f"/custom-metrics/tea/{metric.pk}/archive/")
    metric.refresh_from_db()
    assert metric.archived_at is not None
    assert "Restore Pots" in client.get("/custom-metrics/?store=tea").content.decode()
    client.post(f"/custom-metrics/tea/{metric.pk}/restore/")
    metric.refresh_from_db()
    assert metric.archived_at is None


def test_viewer_reads_and_changes_nothing_and_another_store_sees_nothing(store):
    metric = metric_of(store)
    draft = factories.make_experiment(store, key="cart", status=Status.DRAFT, started_at=None)
    viewer, stranger = client_of(store, Role.VIEWER), client_of(factories.make_store())
    page = viewer.get("/custom-metrics/?store=tea").content.decode()
    assert "Pots" in page
    assert "Add a metric" not in page
    own = f"/custom-metrics/tea/{metric.pk}/"
    addresses = [own, f"{own}archive/", f"/tests/tea/{draft.key}/custom-metrics/"]
    for address in ("/custom-metrics/?store=tea", *addresses):
        assert viewer.post(address, FORM).status_code == 403
        assert stranger.post(address, FORM).status_code == 404
    assert CustomMetric.objects.get().name == "Pots"


def test_metrics_of_another_store_can_not_be_named(store):
    foreign = metric_of(factories.make_store())
    client = client_of(store)
    assert client.get(f"/custom-metrics/tea/{foreign.pk}/").status_code == 404
    draft = factories.make_experiment(store, key="cart", status=Status.DRAFT, started_at=None)
    client.post(f"/tests/tea/{draft.key}/custom-metrics/", {"metrics": [foreign.pk]})
    assert not ChosenMetric.objects.exists()


@pytest.mark.slow
def test_draft_gets_the_chosen_metrics_and_its_launch_page_shows_them(store):
    metric, client = metric_of(store), client_of(store)
    draft = factories.make_experiment(store, key="cart", status=Status.DRAFT, started_at=None)
    answer = client.post("/tests/tea/cart/custom-metrics/", {"metrics": [metric.pk]}, follow=True)
    page = answer.content.decode()
    assert "The custom metrics are saved." in page
    assert "1 custom metric" in page
    assert list(draft.chosen_metrics.values_list("metric", flat=True)) == [metric.pk]
    client.post("/tests/tea/cart/custom-metrics/", {})
    assert not draft.chosen_metrics.exists()


def test_launched_test_can_not_be_given_metrics(store):
    metric = metric_of(store)
    factories.make_experiment(store, key="cart")
    answer = client_of(store).post("/tests/tea/cart/custom-metrics/", {"metrics": [metric.pk]}, follow=True)
    assert "only before the launch" in answer.content.decode()
    assert not ChosenMetric.objects.exists()
