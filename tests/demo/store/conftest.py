"""A shop with two products, and its shopper."""

from typing import Any

import pytest
from django.test import Client

from experiments.models import Store
from tests.factories import make_product, make_store


@pytest.fixture
def store(db) -> Store:
    store = make_store(
        slug="demo", name="Pennyfold", currency="GBP", site_key="pk_demo", allowed_origins=["http://127.0.0.1:9"]
    )
    make_product(store, sku="22423", title="Regency Cakestand", category="tableware", price_minor=1275)
    make_product(store, sku="21238", title="Red Retrospot Cup", category="tableware", price_minor=85)
    return store


@pytest.fixture
def shopper(store: Store) -> Client:
    return Client()


def add(shopper: Client, sku: str, quantity: object = 1) -> Any:
    return shopper.post("/demo/cart/add/", {"sku": sku, "quantity": quantity})
