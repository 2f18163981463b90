"""Connections in the admin: the secret goes in and never comes out."""

from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from checkout_widgets.models import Connection
from experiments.models import Role, Store
from tests import factories

URL = "/admin/checkout_widgets/connection/"
SECRET = "shpss_0123456789abcdef"
pytestmark = pytest.mark.django_db


def client_of(store: Store, role: str) -> Client:
    client = Client()
    client.force_login(factories.make_user(store, role=role, is_staff=True))
    return client


def add(client: Client, store: Store, **fields: Any) -> Any:
    return client.post(
        f"{URL}add/", {"store": store.pk, "kind": "shopify", "is_active": "on", "new_secret": SECRET} | fields
    )


def test_connection_is_made_with_its_secret_which_no_page_shows():
    store = factories.make_store(slug="tea")
    client = client_of(store, Role.ADMIN)
    assert add(client, store).status_code == 302
    connection = Connection.objects.get()
    assert (connection.kind, connection.secret) == ("shopify", SECRET)
    for url in (URL, f"{URL}{connection.pk}/change/", f"{URL}{connection.pk}/history/"):
        page = client.get(url).content.decode()
        assert SECRET not in page
        assert "history" in url or "/v1/webhooks/shopify/tea" in page


def test_connection_without_a_secret_is_refused():
    store = factories.make_store()
    response = add(client_of(store, Role.ADMIN), store, new_secret="")
    assert response.status_code == 200
    assert "Enter the secret that the shop signs its webhooks with." in response.content.decode()
    assert not Connection.objects.exists()


def test_connection_new_secret_replaces_the_old_with_an_overlap_and_blank_keeps_it():
    store = factories.make_store()
    connection = factories.make_connection(store, secret="old")
    client = client_of(store, Role.ADMIN)
    url = f"{URL}{connection.pk}/change/"
    assert client.post(url, {"new_secret": ""}).status_code == 302
    connection.refresh_from_db()
    assert (connection.secret, connection.previous_secret, connection.is_active) == ("old", "", False)
    assert client.post(url, {"new_secret": SECRET, "is_active": "on"}).status_code == 302
    connection.refresh_from_db()
    assert connection.secrets(timezone.now()) == [SECRET, "old"]
    assert connection.is_active


@pytest.mark.parametrize("role", [Role.VIEWER, Role.EDITOR])
def test_connection_is_changed_by_admins_of_the_store_alone(role):
    store = factories.make_store()
    connection = factories.make_connection(store, secret="old")
    client = client_of(store, role)
    assert client.post(f"{URL}{connection.pk}/change/", {"new_secret": SECRET}).status_code == 403
    assert add(client, store, kind="woocommerce").status_code == 403
    connection.refresh_from_db()
    assert connection.secret == "old"


@pytest.mark.slow
def test_connection_of_another_store_can_neither_be_seen_nor_made():
    store, other = factories.make_store(), factories.make_store(name="Somebody else's")
    user = factories.make_user(store, role=Role.ADMIN, is_staff=True)
    viewed = factories.make_store(name="Only viewed")
    viewed.memberships.create(user=user, role=Role.EDITOR)
    client = Client()
    client.force_login(user)
    factories.make_connection(other)
    assert "Somebody else" not in client.get(URL).content.decode()
    for foreign in (other, viewed):
        assert add(client, foreign).status_code == 200
    assert Connection.objects.get().store == other
