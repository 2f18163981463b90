"""Roles by the groups that the provider lists."""

from typing import Any

import pytest
from django.test import Client

from dashboard.models import SignOnLink
from experiments.models import Membership, Role
from tests import factories
from tests.dashboard.single_sign_on.logging_in import (
    come_back,
    link,
    refused,
)

# the provider's warnings about its own libraries
pytestmark = [pytest.mark.django_db, pytest.mark.filterwarnings("ignore::DeprecationWarning")]


@pytest.mark.slow
def test_stranger_without_a_group_is_refused_and_told_what_to_do(provider, ada, client):
    provider.set_person("s-eve", email="eve@shop.example", email_verified=True, groups=["sales"])
    answer = come_back(provider, client, "s-eve")
    refused(answer, client, "unknown")
    assert "ask an admin of your store for an invitation" in answer.content.decode()


def test_stranger_with_a_group_gets_an_account_with_its_roles_and_no_password(provider, tea, client):
    pot = factories.make_store(slug="pot")
    factories.make_user(username="EVE")
    provider.set_person(
        "s-eve", email="eve@shop.example", email_verified=True, preferred_username="eve", groups=["growth"]
    )
    assert come_back(provider, client, "s-eve").status_code == 302
    eve = SignOnLink.objects.get().user
    assert (eve.username, eve.email, eve.has_usable_password(), eve.is_staff) == (
        "eve-2", "eve@shop.example", False, False,
    )  # fmt: skip
    roles = dict(Membership.objects.filter(user=eve).values_list("store__slug", "role"))
    assert roles == {"tea": "editor", "pot": "viewer"}
    assert pot.audit_entries.get().detail == {"member": "eve-2", "role": [None, "viewer"]}


@pytest.mark.slow
def test_groups_give_raise_and_take_roles_in_their_stores_alone(provider, ada, tea):
    other = factories.make_store(slug="other")
    Membership.objects.create(user=ada, store=other, role=Role.ADMIN)
    Membership.objects.filter(user=ada, store=tea).update(role=Role.VIEWER)
    link(provider, ada)

    def roles_with(*groups: str, **more: Any) -> dict[str, str]:
        provider.set_person("s-ada", groups=list(groups), **more)
        come_back(provider, Client())
        return dict(Membership.objects.filter(user=ada).values_list("store__slug", "role"))

    assert roles_with("growth") == {"tea": "editor", "other": "admin"}
    assert roles_with("growth", "growth-admins") == {"tea": "admin", "other": "admin"}
    assert roles_with("sales") == {"other": "admin"}
    assert roles_with("growth") == {"tea": "editor", "other": "admin"}
    assert roles_with(_claim_names={"groups": "src1"}) == {"tea": "editor", "other": "admin"}, "not listed: unknown"
    details = [entry.detail["role"] for entry in tea.audit_entries.order_by("pk")]
    assert details == [["viewer", "editor"], ["editor", "admin"], ["admin", None], [None, "editor"]]
    ada.refresh_from_db()
    assert not ada.is_superuser


def test_groups_come_from_the_user_info_where_the_token_has_none(provider, ada, tea, client):
    link(provider, ada)
    provider.set_person("s-ada", groups=["growth-admins"])
    provider.change_claims(lambda claims: {name: value for name, value in claims.items() if name != "groups"})
    come_back(provider, client)
    assert Membership.objects.get(user=ada, store=tea).role == "admin"
