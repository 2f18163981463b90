"""What members do on the setup page, and who may."""

import pytest

from checkout_widgets.edge import live_configuration
from checkout_widgets.models import Connection, Delivery, TrialOrder
from checkout_widgets.webhooks.deliveries import process
from dashboard.models import ChosenShop
from experiments.models import AuditEntry, Order
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def store():
    store = factories.make_store(slug="tea", name="Tea")
    live_configuration.refresh()
    return store


@pytest.fixture
def sign_in(client, store):
    """Sign in with this role in the store."""

    def sign_in(role):
        client.force_login(factories.make_user(store, role))
        return client

    return sign_in


POSTS = {
    "shop-system/": ("editor", {"system": "shopify"}),
    "test-orders/send/": ("editor", {"system": "other"}),
    "test-orders/remove/": ("editor", {}),
    "connections/secret/": ("admin", {"kind": "shopify", "secret": "s3cret-of-the-shop"}),
    "connections/switch/": ("admin", {"kind": "shopify"}),
}


@pytest.mark.parametrize("path", POSTS)
def test_action_is_refused_to_lower_roles_and_other_stores(sign_in, client, store, path):
    factories.make_connection(store)
    lowest, data = POSTS[path]
    lower = {"editor": ["viewer"], "admin": ["viewer", "editor"]}[lowest]
    for role in lower:
        assert sign_in(role).post(f"/setup/tea/{path}", data).status_code == 403
    client.force_login(factories.make_user(factories.make_store(), "admin"))
    assert client.post(f"/setup/tea/{path}", data).status_code == 404
    assert not AuditEntry.objects.exists()
    assert sign_in(lowest).post(f"/setup/tea/{path}", data).status_code == 302
    assert client.get(f"/setup/tea/{path}").status_code == 405


@pytest.mark.slow
def test_choose_system_shows_its_steps_to_all_members(sign_in, store):
    sign_in("editor").post("/setup/tea/shop-system/", {"system": "woocommerce"})
    page = sign_in("viewer").get("/setup/").content.decode()
    assert "The plugin is connected" in page
    assert store.site_key in page
    sign_in("editor").post("/setup/tea/shop-system/", {"system": "shopify"})
    assert ChosenShop.objects.get().system == "shopify"
    assert sign_in("editor").post("/setup/tea/shop-system/", {"system": "magento"}).status_code == 404


def test_save_secret_connects_a_shop_and_never_shows_the_secret(sign_in, store):
    client = sign_in("admin")
    page = client.post("/setup/tea/connections/secret/", POSTS["connections/secret/"][1], follow=True)
    connection = Connection.objects.get()
    assert (connection.kind, connection.secret) == ("shopify", "s3cret-of-the-shop")
    assert "s3cret" not in page.content.decode()
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.reason) == ("created", "Shopify of Tea")
    assert "s3cret" not in str(entry.detail)


def test_save_secret_replaces_that_of_a_connection(sign_in, store):
    connection = factories.make_connection(store)
    sign_in("admin").post("/setup/tea/connections/secret/", {"kind": "shopify", "secret": "another"})
    connection.refresh_from_db()
    assert (connection.secret, connection.previous_secret) == ("another", "test-secret-not-real")
    assert AuditEntry.objects.get().action == "changed"


def test_save_secret_without_one_makes_a_new_one_for_a_plugin_alone(sign_in, store):
    typed = factories.make_connection(store)
    plugin = factories.make_connection(store, kind="woocommerce", connected_at=factories.NOON)
    client = sign_in("admin")
    for kind in ("shopify", "woocommerce"):
        client.post("/setup/tea/connections/secret/", {"kind": kind, "secret": ""})
    typed.refresh_from_db()
    plugin.refresh_from_db()
    assert typed.secret == "test-secret-not-real"
    assert len(plugin.secret) > 40
    assert plugin.previous_secret == "test-secret-not-real"


def test_save_secret_that_is_too_long_is_an_error_and_nothing_is_saved(sign_in, store):
    page = sign_in("admin").post(
        "/setup/tea/connections/secret/", {"kind": "shopify", "secret": "x" * 201}, follow=True
    )
    assert "at most 200 characters" in page.content.decode()
    assert not Connection.objects.exists()


def test_switch_connection_off_and_on_is_in_the_audit_trail(sign_in, store):
    connection = factories.make_connection(store)
    client = sign_in("admin")
    client.post("/setup/tea/connections/switch/", {"kind": "shopify"})
    client.post("/setup/tea/connections/switch/", {"kind": "shopify"})
    assert Connection.objects.filter(pk=connection.pk, is_active=False).exists()
    client.post("/setup/tea/connections/switch/", {"kind": "shopify", "is_active": "on"})
    assert Connection.objects.filter(pk=connection.pk, is_active=True).exists()
    details = list(AuditEntry.objects.order_by("pk").values_list("detail", flat=True))
    assert details == [{"is_active": [True, False]}, {"is_active": [False, True]}]


@pytest.mark.slow
def test_send_test_order_shows_what_was_understood_and_is_removed(sign_in, store):
    factories.make_connection(store, kind="woocommerce")
    factories.make_product(store, sku="mug-of-ours")
    client = sign_in("editor")
    page = client.post("/setup/tea/test-orders/send/", {"system": "woocommerce"}, follow=True).content.decode()
    assert "Waiting for the worker" in page
    process(Delivery.objects.get().pk)
    trial = TrialOrder.objects.get()
    rows = client.get("/setup/test-orders/", {"store": "tea", "seen": "before"}).content.decode()
    for text in ("€39.18", "mug-of-ours", trial.visitor_id, "wouldn&#x27;t count", "Understood"):
        assert text in rows
    assert "data-live" not in rows
    client.post("/setup/tea/test-orders/remove/", {"trial": str(trial.pk)})
    assert not TrialOrder.objects.exists()
    assert not Delivery.objects.exists()
    assert not Order.objects.exists()


def test_send_test_order_for_a_visitor_that_cannot_be_one_is_an_error(sign_in):
    client = sign_in("editor")
    data = {"system": "other", "visitor_id": "<script>"}
    assert "Enter a visitor ID" in client.post("/setup/tea/test-orders/send/", data, follow=True).content.decode()
    assert not TrialOrder.objects.exists()


def test_send_test_order_without_a_connection_says_so(sign_in):
    page = sign_in("editor").post("/setup/tea/test-orders/send/", {"system": "shopify"}, follow=True)
    assert "The shop isn&#x27;t connected yet." in page.content.decode()


def test_remove_leaves_test_orders_of_others(sign_in, store):
    foreign = TrialOrder.objects.create(store=factories.make_store(), source="api")
    own = TrialOrder.objects.create(store=store, source="api")
    client = sign_in("editor")
    client.post("/setup/tea/test-orders/remove/", {"trial": str(foreign.pk)})
    assert TrialOrder.objects.count() == 2
    client.post("/setup/tea/test-orders/remove/")
    assert list(TrialOrder.objects.all()) == [foreign]
    assert client.post("/setup/tea/test-orders/remove/", {"trial": str(own.pk)[:8]}).status_code == 404
