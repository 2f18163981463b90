"""Settings of single sign-on: what they mean, and what is refused with a sentence that names the setting."""

import pytest
from django.core.exceptions import ImproperlyConfigured

from config import single_sign_on

GOOD = {"OIDC_ISSUER": "https://id.example", "OIDC_CLIENT_ID": "us", "OIDC_CLIENT_SECRET": "secret"}


@pytest.fixture
def read(monkeypatch):
    def read(**variables: str):
        for name, value in variables.items():
            monkeypatch.setenv(name, value)
        return single_sign_on.from_environment()

    return read


def test_settings_without_a_provider_are_none(read):
    assert read() is None


def test_settings_of_a_provider_have_defaults_and_hide_the_secret(read):
    found = read(**GOOD)
    assert (found.issuer, found.name, found.groups_claim) == ("https://id.example", "id.example", "groups")
    assert "secret'" not in repr(found)
    assert read(OIDC_ISSUER="https://id.example/.well-known/openid-configuration").issuer == "https://id.example"
    assert read(OIDC_ISSUER="http://localhost:8080/realms/tea/").issuer == "http://localhost:8080/realms/tea"


@pytest.mark.parametrize(
    ("variables", "named"),
    [
        ({"OIDC_ISSUER": "http://id.example"}, "OIDC_ISSUER"),
        ({"OIDC_ISSUER": "id.example"}, "OIDC_ISSUER"),
        ({"OIDC_ISSUER": "https://user:pass@id.example"}, "OIDC_ISSUER"),
        ({"OIDC_ISSUER": "https://id.example/?tenant=1"}, "OIDC_ISSUER"),
        ({"OIDC_CLIENT_ID": ""}, "OIDC_CLIENT_ID"),
        ({"OIDC_CLIENT_SECRET": ""}, "OIDC_CLIENT_SECRET"),
        ({"OIDC_SCOPES": "email"}, "OIDC_SCOPES"),
        ({"OIDC_ISSUER": ""}, "OIDC_CLIENT_ID is set without OIDC_ISSUER"),
        ({"OIDC_ROLES": "growth=tea:editor"}, "OIDC_ROLES"),
        ({"OIDC_ROLES": '["growth"]'}, "OIDC_ROLES"),
        ({"OIDC_ROLES": '{"growth": "editor"}'}, "OIDC_ROLES"),
        ({"OIDC_ROLES": '{"growth": {"tea": "owner"}}'}, "OIDC_ROLES"),
    ],
)
def test_settings_that_can_not_work_are_refused_by_name(read, variables, named):
    with pytest.raises(ImproperlyConfigured, match=named):
        read(**(GOOD | variables))


def test_role_of_several_groups_is_the_one_that_may_most(read):
    roles = '{"a": {"tea": "viewer", "pot": "editor"}, "b": {"tea": "admin"}, "c": {"tea": "editor"}}'
    found = read(**GOOD, OIDC_ROLES=roles)
    assert found.stores == {"tea", "pot"}
    assert found.role_in("tea", frozenset("ac")) == "editor"
    assert found.role_in("tea", frozenset("abc")) == "admin"
    assert found.role_in("pot", frozenset("b")) is None
    assert found.role_in("other", frozenset("abc")) is None
