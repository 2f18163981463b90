"""Which account a person of the provider gets: the one whose owner has said so."""

import time

import pytest
from django.contrib.auth.models import User
from django.test import Client

from dashboard.models import SignOnLink, SignOnRefusal
from experiments.models import AuditAction
from tests import factories
from tests.dashboard.single_sign_on.logging_in import (
    ADDRESS,
    PASSWORD,
    callback_of,
    come_back,
    is_logged_in,
    link,
    refused,
)

# the provider's warnings about its own libraries
pytestmark = [pytest.mark.django_db, pytest.mark.filterwarnings("ignore::DeprecationWarning"), pytest.mark.slow]


def test_verified_address_is_linked_once_its_owner_has_logged_in_as_before(provider, ada, client):
    provider.set_person("s-ada", email=ADDRESS.upper(), email_verified=True, groups=["growth"])
    answer = come_back(provider, client)
    assert answer["location"].startswith("/login/")
    assert not is_logged_in(client)
    assert "log in once as before" in client.get("/login/").content.decode()
    client.post("/login/", {"username": "ada", "password": PASSWORD})
    assert SignOnLink.objects.get().user == ada
    assert AuditAction.SIGN_ON_LINKED in ada.memberships.first().store.audit_entries.values_list("action", flat=True)
    again = Client()
    assert come_back(provider, again)["location"] == "/"
    assert is_logged_in(again)


def test_verified_address_is_not_linked_by_somebody_elses_login_nor_later(provider, ada, client, tea):
    factories.make_user(tea, username="mallory")
    provider.set_person("s-ada", email=ADDRESS, email_verified=True)
    come_back(provider, client)
    client.post("/login/", {"username": "mallory", "password": PASSWORD})
    assert not SignOnLink.objects.exists()
    assert SignOnRefusal.objects.get().reason == "not_confirmed"
    assert AuditAction.SIGN_ON_REFUSED in tea.audit_entries.values_list("action", flat=True)
    late = Client()
    come_back(provider, late)
    session = late.session
    session["sign_on_unconfirmed"] |= {"at": time.time() - 601}
    session.save()
    late.post("/login/", {"username": "ada", "password": PASSWORD})
    assert is_logged_in(late)
    assert not SignOnLink.objects.exists()


def test_unverified_address_of_an_account_logs_nobody_in_even_with_groups(provider, ada, client):
    for value in (False, None, "false", 1, "yes"):
        SignOnRefusal.objects.all().delete()
        provider.set_person("s-mallory", email=ADDRESS, email_verified=value, groups=["growth-admins"])
        visitor = Client()
        refusal = refused(come_back(provider, visitor, "s-mallory"), visitor, "unverified")
        assert refusal.person == ada
    assert User.objects.count() == 1
    assert not SignOnLink.objects.exists()


def test_address_of_two_accounts_is_nobodys(provider, ada, client):
    factories.make_user(username="other", email=ADDRESS)
    provider.set_person("s-ada", email=ADDRESS, email_verified=True)
    refused(come_back(provider, client), client, "ambiguous")


def test_account_is_linked_by_its_owner_with_the_password_and_by_nobody_elses_answer(provider, ada, client):
    provider.set_person("s-ada", email="home@else.example", email_verified=False)
    client.force_login(ada, backend="django.contrib.auth.backends.ModelBackend")
    assert client.post("/account/sso/", {"password": "wrong"}).status_code == 422
    answer = client.post("/account/sso/", {"password": PASSWORD})
    assert answer["Refresh"] == "0; url=/login/sso/"
    attacker = Client()
    foreign = callback_of(provider, attacker, "s-mallory")
    assert client.get(foreign).status_code == 403, "an answer that this browser hasn't begun"
    assert not SignOnLink.objects.exists()
    client.post("/account/sso/", {"password": PASSWORD})
    assert come_back(provider, client)["location"] == "/account/"
    assert SignOnLink.objects.get().user == ada
    assert "Unlink" in client.get("/account/").content.decode()


def test_subject_that_is_linked_is_not_linked_to_another_account(provider, ada, tea, client):
    link(provider, ada)
    mallory = factories.make_user(tea, username="mallory")
    client.force_login(mallory, backend="django.contrib.auth.backends.ModelBackend")
    client.post("/account/sso/", {"password": PASSWORD})
    answer = come_back(provider, client)
    assert answer.status_code == 403
    assert SignOnLink.objects.get().user == ada


def test_unlinking_takes_the_password_ends_other_sessions_and_is_not_for_who_has_no_other_way(provider, ada, client):
    link(provider, ada)
    elsewhere = Client()
    come_back(provider, elsewhere)
    client.force_login(ada, backend="django.contrib.auth.backends.ModelBackend")
    assert client.post("/account/sso/unlink/", {"password": "wrong"}).status_code == 422
    assert client.post("/account/sso/unlink/", {"password": PASSWORD}).status_code == 302
    assert not is_logged_in(elsewhere)
    assert not SignOnLink.objects.exists()
    link(provider, ada)
    ada.set_unusable_password()
    ada.save()
    client = Client()
    come_back(provider, client)
    assert is_logged_in(client)
    assert "Add a passkey first" in client.post("/account/sso/unlink/", {"x": "y"}).content.decode()
    assert SignOnLink.objects.exists()
