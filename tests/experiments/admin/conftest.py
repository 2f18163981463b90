"""The people who use the admin."""

import pytest
from django.test import Client

from experiments.models import Role, Store
from tests import factories


@pytest.fixture
def superuser_client(db: None) -> Client:
    client = Client()
    client.force_login(factories.make_user(is_staff=True, is_superuser=True))
    return client


@pytest.fixture
def store(db: None) -> Store:
    return factories.make_store(name="Tea shop", slug="tea", currency="EUR")


def client_of(store: Store, role: str) -> Client:
    client = Client()
    client.force_login(factories.make_user(store, role=role, is_staff=True))
    return client


@pytest.fixture
def viewer_client(store: Store) -> Client:
    return client_of(store, Role.VIEWER)


@pytest.fixture
def editor_client(store: Store) -> Client:
    return client_of(store, Role.EDITOR)


@pytest.fixture
def admin_of_store_client(store: Store) -> Client:
    return client_of(store, Role.ADMIN)
