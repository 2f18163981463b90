"""A provider for the file, honest at the beginning of each test, and the console set up for it."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib.auth.models import User

from config.single_sign_on import SingleSignOn
from dashboard.single_sign_on import provider as ours
from experiments.models import Store
from tests import factories
from tests.dashboard.single_sign_on.logging_in import ADDRESS
from tests.dashboard.single_sign_on.tampered_provider import TamperedProvider, running_provider

ROLES = {"growth": {"tea": "editor", "pot": "viewer"}, "growth-admins": {"tea": "admin"}}


@pytest.fixture(scope="module")
def one_provider() -> Iterator[TamperedProvider]:
    with running_provider() as provider:
        yield provider


@pytest.fixture
def provider(one_provider: TamperedProvider, settings: Any) -> Iterator[TamperedProvider]:
    one_provider.honest()
    settings.CONSOLE_URL = "http://testserver"
    settings.SINGLE_SIGN_ON = SingleSignOn(
        issuer=one_provider.url,
        client_id="offerlift",
        client_secret="a secret of ours",
        name="Acme",
        scopes="openid email profile",
        groups_claim="groups",
        roles=ROLES,
    )
    ours.app_of.cache_clear()
    yield one_provider
    ours.app_of.cache_clear()


@pytest.fixture
def tea() -> Store:
    return factories.make_store(slug="tea")


@pytest.fixture
def ada(tea: Store) -> User:
    return factories.make_user(tea, username="ada", email=ADDRESS)
