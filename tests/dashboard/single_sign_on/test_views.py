"""Single sign-on against a provider that none of us wrote: who gets in, who doesn't, and what is left of it."""

import base64
from hashlib import sha256
from urllib.parse import parse_qs, urlsplit

import pytest
from django.contrib.auth.models import User
from django.test import Client

from dashboard.models import SignOnRefusal
from dashboard.single_sign_on import provider as ours
from experiments.models import Role
from tests import factories
from tests.dashboard.single_sign_on.logging_in import (
    PASSWORD,
    begin,
    callback_of,
    come_back,
    is_logged_in,
    link,
    refused,
)

# the provider's warnings about its own libraries
pytestmark = [pytest.mark.django_db, pytest.mark.filterwarnings("ignore::DeprecationWarning")]


@pytest.mark.slow
def test_login_page_offers_it_and_it_asks_with_state_nonce_and_pkce(provider, ada, client):
    page = client.get("/login/?next=/offers/").content.decode()
    assert "Log in with Acme" in page
    asked = parse_qs(urlsplit(begin(client, "?next=/offers/")).query)
    assert asked["response_type"] == ["code"]
    assert asked["code_challenge_method"] == ["S256"]
    assert asked["redirect_uri"] == ["http://testserver/login/sso/callback/"]
    assert min(len(asked[name][0]) for name in ("state", "nonce", "code_challenge")) >= 20
    other = parse_qs(urlsplit(begin(client)).query)
    assert all(asked[name] != other[name] for name in ("state", "nonce", "code_challenge"))


@pytest.mark.slow
def test_person_who_is_linked_logs_in_by_the_subject_whatever_the_address(provider, ada, client, settings):
    link(provider, ada)
    provider.set_person("s-ada", email="married@shop.example", email_verified=True, groups=["growth"])
    address = begin(client, "?next=/team/")
    answer = client.get(provider.consent(address, "s-ada").removeprefix("http://testserver"))
    assert answer["location"] == "/team/"
    assert is_logged_in(client)
    assert client.session.get_expiry_age() <= 12 * 3600
    challenge = parse_qs(urlsplit(address).query)["code_challenge"][0]
    verifier = provider.asked[-1]["code_verifier"][0]
    assert base64.urlsafe_b64encode(sha256(verifier.encode()).digest()).decode().rstrip("=") == challenge


def test_person_whose_session_a_new_password_has_ended_logs_in(provider, ada, client):
    link(provider, ada)
    client.force_login(ada, backend="django.contrib.auth.backends.ModelBackend")
    ada.set_password("another one")
    ada.save()
    assert come_back(provider, client).status_code == 302
    assert is_logged_in(client)


def test_deactivated_person_is_refused(provider, ada, client):
    link(provider, ada)
    User.objects.filter(pk=ada.pk).update(is_active=False)
    assert refused(come_back(provider, client), client, "deactivated").person == ada


@pytest.mark.slow
def test_answer_counts_once_and_in_the_browser_that_began_alone(provider, ada, client):
    link(provider, ada)
    callback = callback_of(provider, client)
    thief = Client()
    begin(thief)
    refused(thief.get(callback), thief, "wrong_state")
    assert client.get(callback).status_code == 302
    assert is_logged_in(client)
    client.post("/logout/")
    SignOnRefusal.objects.all().delete()
    refused(client.get(callback), client, "wrong_state")


def test_code_of_another_login_is_refused_with_a_fresh_state(provider, ada, client):
    link(provider, ada)
    used = parse_qs(urlsplit(callback_of(provider, client)).query)
    assert client.get(f"/login/sso/callback/?code={used['code'][0]}&state={used['state'][0]}").status_code == 302
    thief = Client()
    state = parse_qs(urlsplit(begin(thief)).query)["state"][0]
    refused(thief.get(f"/login/sso/callback/?code={used['code'][0]}&state={state}"), thief, "wrong_token")


def test_operator_logs_in_while_the_provider_is_away(provider, client, settings):
    factories.make_user(username="root", is_superuser=True, is_staff=True)
    provider.metadata = {"issuer": "https://evil.example"}
    ours.app_of.cache_clear()
    assert client.post("/login/", {"username": "root", "password": PASSWORD})["location"] == "/"


def test_without_a_provider_there_is_nothing(client, settings):
    settings.SINGLE_SIGN_ON = None
    assert "sso" not in client.get("/login/").content.decode()
    assert client.get("/login/sso/").status_code == 404
    assert client.get("/login/sso/callback/?code=x&state=y").status_code == 404


@pytest.mark.slow
def test_too_many_attempts_of_one_line_are_refused(provider, client):
    for _ in range(60):
        client.get("/login/sso/callback/?code=x&state=y")
    assert client.get("/login/sso/callback/?code=x&state=y").status_code == 429
    assert SignOnRefusal.objects.count() == 60


def test_login_begun_at_another_name_of_the_console_goes_on_at_its_own(provider, settings):
    settings.ALLOWED_HOSTS = ["testserver", "localhost"]
    elsewhere = Client(SERVER_NAME="localhost").get("/login/sso/?next=/offers/")
    assert elsewhere["location"] == "http://testserver/login/sso/?next=%2Foffers%2F&moved=1"


def test_refusals_are_seen_by_superusers_alone(ada, tea, client):
    SignOnRefusal.objects.create(at=factories.NOON, reason="wrong_token", detail="BadSignatureError")
    client.force_login(factories.make_user(tea, role=Role.ADMIN, is_staff=True))
    assert client.get("/admin/dashboard/signonrefusal/").status_code == 403
    client.force_login(factories.make_user(is_staff=True, is_superuser=True))
    assert "BadSignatureError" in client.get("/admin/dashboard/signonrefusal/").content.decode()
