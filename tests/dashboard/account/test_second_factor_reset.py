"""Who may reset whose second factor, and what happens then."""

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core import mail
from django.core.management import call_command
from django.test import Client
from django_otp.plugins.otp_totp.models import TOTPDevice

from dashboard import tasks
from dashboard.account import second_factor_reset
from dashboard.models import Passkey
from experiments.models import AuditAction, Membership, Role, Store
from tests import factories

pytestmark = pytest.mark.django_db
PASSWORD = "correct horse"


@pytest.fixture
def stores():
    return factories.make_store(slug="tea"), factories.make_store(slug="pot")


def client_of(user: User) -> Client:
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def make_person(*stores: Store, **fields: Any) -> User:
    person = factories.make_user(**fields)
    for store in stores:
        Membership.objects.create(user=person, store=store, role=Role.VIEWER)
    TOTPDevice.objects.create(user=person, confirmed=True)
    return person


def may_reset(admin: User, person: User) -> bool:
    return second_factor_reset.resettable(admin, [person]) == {person.pk}


def test_admin_of_every_store_of_the_person_may_and_of_some_may_not(stores):
    tea, pot = stores
    admin = factories.make_user(tea, role=Role.ADMIN)
    assert may_reset(admin, make_person(tea))
    assert not may_reset(admin, make_person(tea, pot))
    assert not may_reset(admin, make_person(pot))
    assert not may_reset(admin, make_person()), "who belongs to no store is no one's"
    Membership.objects.create(user=admin, store=pot, role=Role.EDITOR)
    both = make_person(tea, pot)
    assert not may_reset(admin, both)
    Membership.objects.filter(user=admin, store=pot).update(role=Role.ADMIN)
    assert may_reset(admin, both)


def test_nobody_resets_who_may_do_more_nor_themselves(stores):
    tea = stores[0]
    admin = factories.make_user(tea, role=Role.ADMIN)
    assert not may_reset(admin, make_person(tea, is_superuser=True))
    assert not may_reset(admin, make_person(tea, is_staff=True))
    assert not may_reset(admin, admin)
    staff = factories.make_user(tea, role=Role.ADMIN, is_staff=True)
    assert may_reset(staff, make_person(tea, is_staff=True))
    assert not may_reset(factories.make_user(tea), make_person(tea))
    assert may_reset(factories.make_user(is_superuser=True), make_person(tea, is_superuser=True))


def test_reset_by_an_admin_takes_the_password_ends_sessions_and_is_told_and_kept(stores):
    tea = stores[0]
    admin = factories.make_user(tea, role=Role.ADMIN, username="ada")
    person = make_person(tea, username="ben", email="ben@shop.example")
    signed_in, other = client_of(person), client_of(make_person(tea))
    url = f"/team/members/{person.pk}/second-factor/?store=tea"
    browser = client_of(admin)
    assert browser.post(url, {"password": "wrong"}).status_code == 422
    assert TOTPDevice.objects.filter(user=person).exists()
    assert browser.post(url, {"password": PASSWORD}).status_code == 302
    assert not TOTPDevice.objects.filter(user=person).exists()
    assert signed_in.get("/account/").status_code == 302
    assert other.get("/account/").status_code == 200
    assert browser.get("/account/").status_code == 200
    entry = tea.audit_entries.get(action=AuditAction.SECOND_FACTOR_RESET)
    assert (entry.actor, entry.detail) == ("ada", {"member": "ben"})
    tasks.tell_of_reset(user_id=person.pk, actor="ada")
    assert mail.outbox[0].to == ["ben@shop.example"]


def test_reset_takes_the_passkeys_and_one_is_enough_to_be_resettable(stores):
    tea = stores[0]
    admin, person = factories.make_user(tea, role=Role.ADMIN), factories.make_user(tea, username="ben")
    Passkey.objects.create(user=person, name="Laptop", credential_id="x", credential=b"x", created_at=factories.NOON)
    assert second_factor_reset.with_second_factor([person, admin]) == {person.pk}
    client_of(admin).post(f"/team/members/{person.pk}/second-factor/?store=tea", {"password": PASSWORD})
    assert not Passkey.objects.exists()


def test_reset_by_who_may_not_is_refused(stores):
    tea, pot = stores
    person = make_person(tea, pot)
    for user, status in (
        (factories.make_user(tea, role=Role.ADMIN), 403),
        (factories.make_user(tea), 403),
        (factories.make_user(factories.make_store(), role=Role.ADMIN), 404),
    ):
        answer = client_of(user).post(f"/team/members/{person.pk}/second-factor/?store=tea", {"password": PASSWORD})
        assert answer.status_code == status
    assert TOTPDevice.objects.filter(user=person).exists()


def test_operator_resets_by_a_command(stores, capsys):
    person = make_person(*stores, username="ben")
    call_command("reset_second_factor", "ben")
    assert "ben logs in with the password alone" in capsys.readouterr().out
    assert not TOTPDevice.objects.filter(user=person).exists()
    assert AuditAction.SECOND_FACTOR_RESET in stores[1].audit_entries.values_list("action", flat=True)
