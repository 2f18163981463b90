"""A store with a test, its token, and a client that carries it."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from experiments.models import ApiToken, Experiment, Store
from tests import factories


def make_token(store: Store, **fields: Any) -> str:
    row = ApiToken(store=store, name="Reports", **fields)
    token = row.renew()
    row.save()
    return token


@pytest.fixture
def experiment() -> Experiment:
    return factories.make_experiment(factories.make_store(), key="cart-accessory", name="Care balm")


@pytest.fixture
def token(experiment: Experiment) -> str:
    return make_token(experiment.store)


@pytest.fixture
def get(token: str) -> Callable[..., Any]:
    client = Client(headers={"authorization": f"Bearer {token}"})

    def call(path: str, **query: object) -> Any:
        return client.get(f"/api/v1/{path}", query_params=query)

    return call
