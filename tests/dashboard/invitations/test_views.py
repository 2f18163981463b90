"""Invitations, from the admin who makes one to the member who accepts it."""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core import mail
from django.test import Client
from django.utils import timezone

from dashboard import tasks
from dashboard.invitations import inviting
from dashboard.models import Invitation
from experiments.models import AuditAction, Membership, Role, Store
from tests import factories

pytestmark = pytest.mark.django_db
PASSWORD = "a long enough phrase"


@pytest.fixture
def store():
    return factories.make_store(slug="tea", name="Tea shop")


def client_of(user: User) -> Client:
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def invited(store: Store, **fields: Any) -> Invitation:
    return inviting.invite(
        store=store, actor="ada", **{"email": "new@shop.example", "role": Role.EDITOR.value} | fields
    )


def path_of(invitation: Invitation) -> str:
    return f"/invitations/{invitation.token}/"


def test_admin_invites_and_the_link_makes_one_member_with_that_role(store):
    admin = client_of(factories.make_user(store, role=Role.ADMIN, username="ada"))
    admin.post("/team/invitations/?store=tea", {"email": "new@shop.example", "role": "viewer"})
    invitation = Invitation.objects.get()
    tasks.send_invitation(invitation_id=invitation.pk)
    (sent,) = mail.outbox
    assert (sent.to, invitation.token in sent.body) == (["new@shop.example"], True)
    visitor = Client()
    assert "Join Tea shop" in visitor.get(path_of(invitation)).content.decode()
    answer = visitor.post(path_of(invitation), {"username": "new", "password": PASSWORD, "again": PASSWORD})
    assert answer["location"] == "/?store=tea"
    assert visitor.get("/").status_code == 200, "logged in"
    member = Membership.objects.get(user__username="new")
    assert (member.store, member.role, member.user.email) == (store, Role.VIEWER, "new@shop.example")
    assert not member.user.is_staff
    again = Client().post(path_of(invitation), {"username": "two", "password": PASSWORD, "again": PASSWORD})
    assert again.status_code == 404
    assert not User.objects.filter(username="two").exists()
    actions = list(store.audit_entries.order_by("pk").values_list("action", "actor"))
    assert actions == [(AuditAction.INVITED, "ada"), (AuditAction.JOINED, "new")]


@pytest.mark.parametrize("role", [Role.EDITOR, Role.VIEWER])
def test_only_admins_invite_see_links_and_revoke(store, role):
    invitation = invited(store)
    member = client_of(factories.make_user(store, role=role))
    assert invitation.token not in member.get("/team/").content.decode()
    assert member.post("/team/invitations/?store=tea", {"email": "x@y.example", "role": "admin"}).status_code == 403
    assert member.post(f"/team/invitations/{invitation.pk}/revoke/?store=tea").status_code == 403
    admin = client_of(factories.make_user(store, role=Role.ADMIN))
    assert invitation.token in admin.get("/team/").content.decode()


def test_admin_of_another_store_revokes_nothing(store):
    invitation = invited(store)
    foreign = factories.make_store(slug="other")
    admin = client_of(factories.make_user(foreign, role=Role.ADMIN))
    assert admin.post(f"/team/invitations/{invitation.pk}/revoke/?store=other").status_code == 404
    assert admin.post(f"/team/invitations/{invitation.pk}/revoke/?store=tea").status_code == 404
    assert Invitation.objects.open(timezone.now()).exists()


def test_revoked_expired_and_forged_links_show_nothing(store):
    revoked, expired = invited(store), invited(store, email="b@shop.example")
    inviting.revoke(invitation=revoked, actor="ada")
    Invitation.objects.filter(pk=expired.pk).update(expires_at=timezone.now() - timedelta(seconds=1))
    forged = f"{expired.key}.{'A' * 43}"
    open_one = invited(store, email="c@shop.example")
    swapped = f"{open_one.key}.{revoked.token.partition('.')[2]}"
    for token in (revoked.token, expired.token, forged, swapped, "x"):
        answer = Client().get(f"/invitations/{token}/")
        assert answer.status_code == 404, token
        assert "Tea shop" not in answer.content.decode()


def test_invitation_lasts_seven_days_and_a_newer_one_replaces_it(store):
    first = invited(store)
    assert first.expires_at - first.created_at == timedelta(days=7)
    second = invited(store, email="NEW@shop.example", role=Role.ADMIN)
    assert list(Invitation.objects.open(timezone.now())) == [second]


def test_member_who_is_logged_in_joins_another_store_and_keeps_the_role_in_this(store):
    other = factories.make_store(slug="other")
    user = factories.make_user(other, role=Role.VIEWER)
    invitation = invited(store, role=Role.ADMIN)
    assert client_of(user).post(path_of(invitation)).status_code == 302
    assert dict(user.memberships.values_list("store__slug", "role")) == {"tea": "admin", "other": "viewer"}
    again = invited(store, email="me@shop.example", role=Role.VIEWER)
    assert client_of(user).post(path_of(again)).status_code == 422
    assert user.memberships.get(store=store).role == Role.ADMIN


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({"username": "taken"}, "This username is taken"),
        ({"username": "TAKEN"}, "This username is taken"),
        ({"password": "short", "again": "short"}, "too short"),
        ({"password": "password123456", "again": "other"}, "The passwords don&#x27;t match"),
        ({"username": "a b"}, "Enter a valid username"),
        ({"username": "new\x00"}, "Null characters"),
    ],
)
def test_account_that_cannot_be_is_refused_and_the_invitation_stays(store, sent, said):
    factories.make_user(username="taken")
    invitation = invited(store)
    answer = Client().post(path_of(invitation), {"username": "new", "password": PASSWORD, "again": PASSWORD, **sent})
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert Invitation.objects.open(timezone.now()).count() == 1


def test_revoked_invitation_that_was_queued_is_not_sent(store):
    invitation = invited(store)
    inviting.revoke(invitation=invitation, actor="ada")
    tasks.send_invitation(invitation_id=invitation.pk)
    assert mail.outbox == []


def test_too_many_open_invitations_are_refused(store, monkeypatch):
    monkeypatch.setattr(inviting, "MOST_OPEN", 1)
    invited(store)
    admin = client_of(factories.make_user(store, role=Role.ADMIN))
    answer = admin.post("/team/invitations/?store=tea", {"email": "b@shop.example", "role": "viewer"})
    assert (answer.status_code, Invitation.objects.count()) == (422, 1)
