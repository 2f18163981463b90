"""What the doctor says of single sign-on's provider: one that we didn't write, and ways in which it doesn't fit."""

import dataclasses
from collections.abc import Iterator
from typing import Any

import pytest

from config.single_sign_on import SingleSignOn
from dashboard.operations.doctor.sign_on_checks import check_single_sign_on
from dashboard.single_sign_on import provider as ours
from tests import factories
from tests.dashboard.single_sign_on.tampered_provider import TamperedProvider, running_provider

pytestmark = [pytest.mark.django_db, pytest.mark.filterwarnings("ignore::DeprecationWarning")]
WRONG_CLIENT = b'{"error": "invalid_client"}'


@pytest.fixture(scope="module")
def one_provider() -> Iterator[TamperedProvider]:
    with running_provider() as provider:
        yield provider


@pytest.fixture
def provider(one_provider: TamperedProvider, settings: Any) -> Iterator[TamperedProvider]:
    one_provider.honest()
    settings.SINGLE_SIGN_ON = SingleSignOn(one_provider.url, "us", "secret", "Acme", "openid", "groups", {})
    ours.app_of.cache_clear()
    yield one_provider
    ours.app_of.cache_clear()


def found() -> dict[str, str]:
    return {one.subject: one.severity for one in check_single_sign_on()}


def test_nothing_is_said_where_none_is_set_up(settings):
    settings.SINGLE_SIGN_ON = None
    assert found() == {}


@pytest.mark.slow
def test_provider_that_fits_is_said_to_with_the_redirect_uri_to_register(provider, settings):
    settings.CONSOLE_URL = "https://offers.example"
    (one,) = check_single_sign_on()
    assert one.severity == "ok"
    assert "https://offers.example/login/sso/callback/" in one.text


def test_another_providers_document_and_one_that_is_away_are_problems(provider, settings):
    provider.metadata = {"issuer": "https://evil.example"}
    assert found() == {"OIDC_ISSUER": "problem"}
    settings.SINGLE_SIGN_ON = dataclasses.replace(settings.SINGLE_SIGN_ON, issuer="http://127.0.0.1:9")
    assert found() == {"OIDC_ISSUER": "problem"}


def test_features_that_the_provider_lacks_are_named(provider, settings):
    settings.SINGLE_SIGN_ON = dataclasses.replace(settings.SINGLE_SIGN_ON, roles={"growth": {"tea": "editor"}})
    factories.make_store(slug="tea")
    provider.metadata = {"code_challenge_methods_supported": ["plain"], "claims_supported": ["sub", "email"]}
    assert found() == {"OIDC_ISSUER": "warning", "OIDC_GROUPS_CLAIM": "warning"}
    ours.app_of.cache_clear()
    provider.metadata = {"id_token_signing_alg_values_supported": ["HS256"]}
    assert found() == {"OIDC_ISSUER": "problem"}


def test_store_of_a_mapping_that_there_is_not_is_a_problem(provider, settings):
    settings.SINGLE_SIGN_ON = dataclasses.replace(settings.SINGLE_SIGN_ON, roles={"growth": {"nowhere": "editor"}})
    (one, _) = check_single_sign_on()
    assert (one.subject, one.severity) == ("OIDC_ROLES", "problem")
    assert "nowhere" in one.text


def test_client_that_the_provider_does_not_know_is_a_problem(provider):
    provider.refusal = WRONG_CLIENT
    assert found() == {"OIDC_CLIENT_SECRET": "problem"}
