"""The team's page."""

import pytest
from django.contrib.auth.models import User
from django.test import Client

from experiments.models import Membership, Role
from tests import factories

pytestmark = pytest.mark.django_db


def client_of(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def test_members_are_listed_for_everybody_and_the_rules_change_for_admins_alone():
    store = factories.make_store(slug="tea")
    admin = factories.make_user(store, role=Role.ADMIN, username="ada")
    editor = factories.make_user(store, username="ben", email="ben@shop.example")
    page = client_of(editor).get("/team/").content.decode()
    assert "ada" in page
    assert "ben@shop.example" in page
    assert "/team/approvals/" not in page
    assert client_of(editor).post("/team/approvals/?store=tea", {"rules": ["launch"]}).status_code == 403
    answer = client_of(admin).post("/team/approvals/?store=tea", {"rules": ["launch"]}, follow=True)
    assert "Approval settings saved." in answer.content.decode()
    store.refresh_from_db()
    assert store.approval_rules == ["launch"]


def test_store_with_one_member_cannot_switch_approval_on():
    store = factories.make_store(slug="tea")
    admin = client_of(factories.make_user(store, role=Role.ADMIN))
    answer = admin.post("/team/approvals/?store=tea", {"rules": ["launch"]}, follow=True)
    assert "Approval needs two members" in answer.content.decode()
    assert "Nothing was saved" in admin.post("/team/approvals/?store=tea", {"rules": "x"}, follow=True).content.decode()
    store.refresh_from_db()
    assert store.approval_rules == []


def test_member_of_no_store_is_told_so():
    assert client_of(factories.make_user()).get("/team/").status_code == 200


def test_admin_of_two_stores_can_go_to_the_other_ones_team():
    """What the page knows of the reader, an admin, isn't taken for the admin's pages, which have no menu of stores."""
    admin = factories.make_user(factories.make_store(slug="tea", name="Tea"), role=Role.ADMIN)
    Membership.objects.create(store=factories.make_store(slug="cups", name="Cups"), user=admin, role=Role.ADMIN)
    page = client_of(admin).get("/team/?store=tea").content.decode()
    assert 'href="/team/?store=cups"' in page
