"""Passkeys: added, used, and removed, and what is refused."""

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django_otp.oath import totp
from django_otp.plugins.otp_static.models import StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice

from dashboard.models import Passkey
from experiments.models import AuditAction
from tests import factories
from tests.dashboard.passkeys.device import FLAG, Device

pytestmark = pytest.mark.django_db
PASSWORD = "correct horse"
HOST = "console.example"


@pytest.fixture(autouse=True)
def hosts(settings):
    settings.ALLOWED_HOSTS = ["testserver", HOST, "evil.console.example", "127.0.0.1"]


@pytest.fixture
def user() -> User:
    return factories.make_user(factories.make_store(slug="tea"), username="ada", email="ada@shop.example")


def browser(user: User | None = None) -> Client:
    client = Client(SERVER_NAME=HOST)
    if user is not None:
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def options_to_add(client: Client, **fields: str) -> Any:
    return client.post("/account/passkeys/options/", {"name": "Laptop", "password": PASSWORD} | fields).json()


def added(user: User, **fields: Any) -> Device:
    """A device that has made a passkey for the person."""
    client, device = browser(user), Device(**fields)
    answer = client.post("/account/passkeys/", {"answer": device.make(options_to_add(client))})
    assert answer.status_code == 302
    assert answer["location"] in {"/account/", "/account/second-factor/"}
    return device


def options_to_log_in(client: Client, step: str = "") -> Any:
    return client.post("/login/passkey/options/", {"step": step}).json()


def is_logged_in(client: Client) -> bool:
    return client.get("/account/").status_code == 200


def send(client: Client, answer: str, **fields: str) -> bool:
    """Whether a device's answer logs somebody in."""
    assert client.post("/login/passkey/", {"answer": answer} | fields).status_code == 302
    return is_logged_in(client)


def test_passkey_is_added_with_the_password_and_shown_with_recovery_codes_once(user):
    client = browser(user)
    refused = client.post("/account/passkeys/options/", {"name": "", "password": "wrong"})
    assert (refused.status_code, sorted(refused.json()["errors"])) == (422, ["name", "password"])
    device = Device()
    options = options_to_add(client)
    assert options["rp"]["id"] == HOST
    assert options["authenticatorSelection"]["userVerification"] == "required"
    page = client.post("/account/passkeys/", {"answer": device.make(options)}, follow=True).content.decode()
    assert page.count("<li><code>") == 10
    assert "Laptop" in client.get("/account/").content.decode()
    assert user.memberships.get().store.audit_entries.filter(action=AuditAction.PASSKEY_ADDED).exists()


def test_passkey_logs_in_alone_and_leads_to_the_page_that_was_asked_for(user):
    device, client = added(user), browser()
    answer = client.post(
        "/login/passkey/", {"answer": device.sign(options_to_log_in(client)), "next": "/team/?store=tea"}
    )
    assert answer["location"] == "/team/?store=tea"
    assert is_logged_in(client)
    assert Passkey.objects.get().last_used_at is not None
    elsewhere = browser()
    sent = {"answer": device.sign(options_to_log_in(elsewhere)), "next": "https://evil.example/"}
    assert elsewhere.post("/login/passkey/", sent)["location"] == "/"


def test_password_asks_for_the_passkey_and_then_takes_it(user):
    device, client = added(user), browser()
    answer = client.post("/login/", {"username": "ada", "password": PASSWORD, "next": "/offers/"})
    assert answer["location"] == "/login/second-step/"
    assert not is_logged_in(client)
    assert "Use a passkey" in client.get("/login/second-step/").content.decode()
    options = options_to_log_in(client, "second")
    assert len(options["allowCredentials"]) == 1
    answer = client.post("/login/passkey/", {"answer": device.sign(options, FLAG.UP), "step": "second"})
    assert answer["location"] == "/offers/"
    assert is_logged_in(client)


def test_recovery_code_logs_in_who_has_lost_the_only_passkey(user):
    added(user)
    client = browser()
    client.post("/login/", {"username": "ada", "password": PASSWORD})
    code = StaticToken.objects.first().token
    assert client.post("/login/second-step/", {"code": code}).status_code == 302
    assert is_logged_in(client)


def test_passkey_of_somebody_else_is_no_second_factor(user):
    added(user)
    mallory = factories.make_user(username="mallory")
    device, client = added(mallory), browser()
    client.post("/login/", {"username": "ada", "password": PASSWORD})
    assert not send(client, device.sign(options_to_log_in(client, "second")), step="second")
    assert user.memberships.get().store.audit_entries.filter(action=AuditAction.PASSKEY_REFUSED).exists()


def test_device_that_does_not_know_who_unlocked_it_does_not_log_in_alone(user):
    device, client = added(user), browser()
    assert not send(client, device.sign(options_to_log_in(client), FLAG.UP))


@pytest.mark.slow
def test_answer_of_another_site_another_challenge_or_another_key_is_refused(user):
    device = added(user)
    other_key = Device(credential_id=device.credential_id, user_handle=device.user_handle)
    other_host = Device(
        key=device.key, credential_id=device.credential_id, user_handle=device.user_handle, host="evil.example"
    )
    other_origin = Device(
        key=device.key, credential_id=device.credential_id, user_handle=device.user_handle,
        origin="http://evil.console.example",
    )  # fmt: skip
    for forged in (other_key, other_host, other_origin):
        client = browser()
        assert not send(client, forged.sign(options_to_log_in(client)))
    client = browser()
    old = options_to_log_in(client)
    options_to_log_in(client)
    assert not send(client, device.sign(old))


def test_answer_counts_once(user):
    device, client = added(user), browser()
    answer = device.sign(options_to_log_in(client))
    assert send(client, answer)
    client.post("/logout/")
    assert not send(client, answer)
    thief = browser()
    options_to_log_in(thief)
    assert not send(thief, answer)


@pytest.mark.slow
def test_copy_of_a_device_is_refused_by_its_counter(user):
    device, client = added(user, count=5), browser()
    device.count = 6
    assert send(client, device.sign(options_to_log_in(client)))
    copy = browser()
    assert not send(copy, device.sign(options_to_log_in(copy)))
    device.count = 7
    assert send(copy, device.sign(options_to_log_in(copy)))


def test_person_whom_the_device_names_has_to_be_the_owner(user):
    device, client = added(user), browser()
    device.user_handle = "b2ZmZXJsaWZ0LTE"
    assert not send(client, device.sign(options_to_log_in(client)))


def test_deactivated_person_does_not_log_in(user):
    device, client = added(user), browser()
    User.objects.filter(pk=user.pk).update(is_active=False)
    assert not send(client, device.sign(options_to_log_in(client)))


@pytest.mark.parametrize(
    "answer",
    ["", "null", "[]", "{}", "1", '"x"', "{", "[" * 5000, '{"id": 1, "rawId": 1, "response": {}}',
     '{"id": "AA", "rawId": "AA", "response": {"clientDataJSON": "AA", "authenticatorData": "AA", "signature": "AA"}}',
     '{"id": "AA", "rawId": "AA", "response": {"clientDataJSON": "e30", "attestationObject": "AA"}}', "x" * 30_000],
)  # fmt: skip
def test_answer_that_is_none_is_refused_and_no_fault(user, answer):
    client = browser()
    options_to_log_in(client)
    assert not send(client, answer)
    adding = browser(user)
    options_to_add(adding)
    assert adding.post("/account/passkeys/", {"answer": answer})["location"] == "/account/passkeys/"
    assert not Passkey.objects.exists()


def test_challenge_to_add_is_good_for_nothing_else_and_for_nobody_else(user):
    client, device = browser(user), Device()
    made = device.make(options_to_add(client))
    other = browser(factories.make_user(username="mallory"))
    options_to_add(other)
    other.post("/account/passkeys/", {"answer": made})
    assert not Passkey.objects.exists()
    options_to_log_in(client)
    client.post("/account/passkeys/", {"answer": made})
    assert not Passkey.objects.exists()


def test_passkey_exists_once(user):
    device = added(user)
    client = browser(factories.make_user(username="mallory"))
    client.post("/account/passkeys/", {"answer": device.make(options_to_add(client))})
    assert Passkey.objects.get().user == user


def test_passkey_is_renamed_and_removed_by_its_owner_alone(user):
    added(user)
    pk = Passkey.objects.get().pk
    mallory = browser(factories.make_user(username="mallory"))
    assert mallory.post(f"/account/passkeys/{pk}/", {"name": "Mine"}).status_code == 404
    assert mallory.post(f"/account/passkeys/{pk}/remove/", {"password": PASSWORD}).status_code == 404
    client = browser(user)
    assert client.post(f"/account/passkeys/{pk}/", {"name": " "}).status_code == 422
    assert client.post(f"/account/passkeys/{pk}/", {"name": "Phone"}).status_code == 302
    assert Passkey.objects.get().name == "Phone"
    assert client.post(f"/account/passkeys/{pk}/remove/", {"password": "wrong"}).status_code == 422
    assert Passkey.objects.exists()


@pytest.mark.slow
def test_removing_a_passkey_ends_other_sessions_and_the_last_factor_takes_the_recovery_codes(user):
    device = added(user)
    TOTPDevice.objects.create(user=user, confirmed=True)
    stolen, client = browser(), browser(user)
    assert send(stolen, device.sign(options_to_log_in(stolen)))
    pk = Passkey.objects.get().pk
    assert client.post(f"/account/passkeys/{pk}/remove/", {"password": PASSWORD}).status_code == 302
    assert not is_logged_in(stolen)
    assert is_logged_in(client)
    assert StaticToken.objects.count() == 10, "the authenticator app is still asked for"
    assert user.memberships.get().store.audit_entries.filter(action=AuditAction.PASSKEY_REMOVED).exists()
    client.post("/account/second-factor/remove/", {"password": PASSWORD})
    assert not StaticToken.objects.exists()


def test_passkey_of_another_address_of_the_console_is_not_asked_for(user):
    added(user)
    client = Client(SERVER_NAME="evil.console.example")
    client.post("/login/", {"username": "ada", "password": PASSWORD})
    page = client.get("/login/second-step/").content.decode()
    assert "Use a passkey" not in page
    assert "recovery code" in page


def test_no_passkeys_at_an_ip_address(user):
    client = Client(SERVER_NAME="127.0.0.1")
    assert "passkey" not in client.get("/login/").content.decode()
    assert client.post("/login/passkey/options/").status_code == 422
    assert client.post("/login/passkey/", {"answer": "{}"}).status_code == 302
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    assert "IP addresses" in client.get("/account/passkeys/").content.decode()


@pytest.mark.slow
def test_too_many_attempts_of_one_line_are_refused(user):
    client = browser()
    for _ in range(60):
        client.post("/login/passkey/options/")
    assert client.post("/login/passkey/options/").status_code == 429
    assert Client(SERVER_NAME=HOST, REMOTE_ADDR="203.0.113.9").post("/login/passkey/options/").status_code == 200


@pytest.mark.slow
def test_second_step_ends_with_a_new_password_after_a_while_and_after_ten_wrong_codes(user, monkeypatch):
    added(user)
    codes = StaticToken.objects.values_list("token", flat=True)

    def begun() -> Client:
        client = browser()
        client.post("/login/", {"username": "ada", "password": PASSWORD})
        return client

    client = begun()
    for _ in range(10):
        client.post("/login/second-step/", {"code": "wrong"})
    assert client.post("/login/second-step/", {"code": codes[0]})["location"] == "/login/"
    client = begun()
    user.set_password("another one")
    user.save()
    assert client.post("/login/second-step/", {"code": codes[0]})["location"] == "/login/"
    user.set_password(PASSWORD)
    user.save()
    client = begun()
    session = client.session
    session["second_step"] |= {"at": session["second_step"]["at"] - 601}
    session.save()
    assert client.post("/login/second-step/", {"code": codes[0]})["location"] == "/login/"


def test_new_recovery_codes_replace_the_old_ones(user):
    added(user)
    old = set(StaticToken.objects.values_list("token", flat=True))
    client = browser(user)
    assert client.post("/account/recovery-codes/", {"password": "wrong"}).status_code == 422
    page = client.post("/account/recovery-codes/", {"password": PASSWORD}, follow=True).content.decode()
    assert page.count("<li><code>") == 10
    assert not old & set(StaticToken.objects.values_list("token", flat=True))


def test_person_without_a_password_confirms_by_a_fresh_login(user):
    device = added(user)
    user.set_unusable_password()
    user.save()
    client = browser()
    assert send(client, device.sign(options_to_log_in(client)))
    pk = Passkey.objects.get().pk
    session = client.session
    session["logged_in_at"] -= 601
    session.save()
    refused = client.post(f"/account/passkeys/{pk}/remove/", {"csrfmiddlewaretoken": "x"})
    assert "log in again" in refused.content.decode()
    session["logged_in_at"] += 601
    session.save()
    assert client.post(f"/account/passkeys/{pk}/remove/", {"csrfmiddlewaretoken": "x"}).status_code == 302


def test_code_of_the_app_works_beside_a_passkey(user):
    added(user)
    app = TOTPDevice.objects.create(user=user, confirmed=True)
    client = browser()
    client.post("/login/", {"username": "ada", "password": PASSWORD})
    assert client.post("/login/second-step/", {"code": f"{totp(app.bin_key):06d}"}).status_code == 302
    assert is_logged_in(client)


@pytest.mark.parametrize("path", ["passkeys/", "passkeys/options/", "passkeys/1/", "passkeys/1/remove/"])
def test_strangers_are_sent_to_log_in(path):
    assert browser().post(f"/account/{path}")["location"] == f"/login/?next=/account/{path}"
