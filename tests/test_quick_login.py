"""Who is logged in quickly is logged in as by the form, until the password changes."""

import pytest
from django.test import Client

from tests import factories

pytestmark = pytest.mark.django_db


def test_client_is_logged_in_by_one_statement_until_the_password_changes(django_assert_num_queries):
    person = factories.make_user(factories.make_store())
    client = Client()
    with django_assert_num_queries(1):
        client.force_login(person)
    assert client.get("/account/").status_code == 200
    person.set_password("another one")
    person.save()
    assert client.get("/account/").status_code == 302


def test_client_that_was_somebody_else_becomes_the_other():
    store = factories.make_store()
    client = Client()
    for name in ("ada", "eve"):
        client.force_login(factories.make_user(store, username=name))
        assert client.get("/account/").context["user"].username == name
