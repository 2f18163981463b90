"""The setup page as it is served."""

import pytest
from django.utils import timezone

from checkout_widgets.models import DeliveryStatus
from tests import factories
from tools import woocommerce_plugin

pytestmark = pytest.mark.django_db

MOST_QUERIES = 20


@pytest.fixture
def store(client):
    store = factories.make_store(slug="tea", name="Tea")
    client.force_login(factories.make_user(store))
    return store


def test_new_store_gets_its_snippet_and_its_addresses(client, store):
    page = client.get("/setup/").content.decode()
    assert f"src=&quot;http://testserver/s/upsell.js&quot; data-key=&quot;{store.site_key}&quot;" in page
    assert "No origins are allowed yet" in page
    assert "http://testserver/v1/webhooks/shopify/tea" in page
    assert "http://testserver/v1/orders" in page
    assert store.secret_key not in page


@pytest.mark.slow
def test_queries_do_not_grow_with_the_store(client, store, django_assert_max_num_queries):
    for _ in range(6):
        experiment = factories.make_live_experiment(store)
        factories.make_exposure(experiment.variants.get(key="control"))
        factories.make_order(store, visitor_id="v_1")
        factories.make_delivery(store)
    with django_assert_max_num_queries(MOST_QUERIES):
        assert client.get("/setup/").status_code == 200


def test_part_that_moves_is_sent_only_when_something_moved(client, store):
    seen = client.get("/setup/").context["page"].fingerprint
    assert client.get("/setup/arrivals/", {"store": "tea", "seen": "old"}).status_code == 200
    factories.make_order(store, visitor_id="v_1", placed_at=timezone.now())
    response = client.get("/setup/arrivals/", {"store": "tea", "seen": seen})
    assert response.status_code == 200
    text = response.content.decode()
    assert "<html" not in text
    assert "from the orders API" in text


def test_part_that_moves_asks_for_the_page_after_logout(client, store):
    client.logout()
    response = client.get("/setup/arrivals/?store=tea")
    assert (response.status_code, response["HX-Refresh"]) == (204, "true")


@pytest.mark.parametrize("path", ["/setup/", "/setup/arrivals/", "/setup/test-orders/", "/setup/guide/"])
def test_foreign_store_is_not_found(client, store, path):
    factories.make_store(slug="foreign")
    assert client.get(path, {"store": "foreign"}).status_code == 404


def test_member_of_no_store_is_told_what_to_do(client):
    client.force_login(factories.make_user(is_staff=True))
    assert "You aren't a member of a store yet" in client.get("/setup/").content.decode()


def test_editor_tries_one_delivery_again(client, store):
    first, second = factories.make_delivery(store), factories.make_delivery(store)
    response = client.post("/setup/tea/try-again/", {"delivery": first.pk}, follow=True)
    assert "Retrying 1 delivery." in response.content.decode()
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.status, second.status) == (DeliveryStatus.PENDING, DeliveryStatus.DEAD)


def test_editor_tries_all_of_the_stores_deliveries_again(client, store):
    factories.make_delivery(store)
    factories.make_delivery(store, DeliveryStatus.FAILED)
    foreign = factories.make_delivery(factories.make_store())
    response = client.post("/setup/tea/try-again/", follow=True)
    assert "Retrying 2 deliveries." in response.content.decode()
    foreign.refresh_from_db()
    assert foreign.status == DeliveryStatus.DEAD


def test_foreign_delivery_is_left_alone(client, store):
    foreign = factories.make_delivery(factories.make_store())
    client.post("/setup/tea/try-again/", {"delivery": foreign.pk})
    foreign.refresh_from_db()
    assert foreign.status == DeliveryStatus.DEAD


def test_viewer_is_told_that_only_editors_try_again(client):
    store = factories.make_store(slug="tea")
    client.force_login(factories.make_user(store, "viewer"))
    delivery = factories.make_delivery(store)
    assert client.post("/setup/tea/try-again/").status_code == 403
    assert "Retry" not in client.get("/setup/").content.decode()
    delivery.refresh_from_db()
    assert delivery.status == DeliveryStatus.DEAD


def test_store_of_others_cannot_be_tried_again(client):
    factories.make_delivery(factories.make_store(slug="tea"))
    client.force_login(factories.make_user(None, "viewer"))
    assert client.post("/setup/tea/try-again/").status_code == 404


def test_trying_again_takes_a_post(client, store):
    assert client.get("/setup/tea/try-again/").status_code == 405


def test_page_asks_less_often_once_all_works(client, store):
    assert 'data-live="4"' in client.get("/setup/").content.decode()


def test_guide_has_the_stores_own_key_and_address(client, store, settings):
    guide = client.get("/setup/guide/").content.decode()
    assert f'src="http://testserver/s/upsell.js" data-key="{store.site_key}"' in guide
    assert "offers.example" not in guide
    assert store.secret_key not in guide
    settings.EDGE_URL = "https://edge.shop.example"
    assert "https://edge.shop.example/v1/orders" in client.get("/setup/guide/").content.decode()
    assert "https://edge.shop.example/v1/webhooks/shopify/tea" in client.get("/setup/").content.decode()


def test_test_orders_ask_for_the_page_after_logout(client, store):
    client.logout()
    response = client.get("/setup/test-orders/?store=tea")
    assert (response.status_code, response["HX-Refresh"]) == (204, "true")


def test_plugin_is_the_zip_that_is_built(client, store, tmp_path):
    client.post("/setup/tea/shop-system/", {"system": "woocommerce"})
    assert 'href="/setup/offerlift.zip"' in client.get("/setup/").content.decode()
    response = client.get("/setup/offerlift.zip")
    woocommerce_plugin.pack(tmp_path / "built.zip")
    assert response.content == (tmp_path / "built.zip").read_bytes()
    assert response["Content-Disposition"] == 'attachment; filename="offerlift.zip"'
    client.logout()
    assert client.get("/setup/offerlift.zip").status_code == 302
