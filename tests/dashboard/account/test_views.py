"""Signing in, the second factor, and what one is told."""

import re
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from axes.models import AccessAttempt
from django.conf import settings
from django.contrib.auth.hashers import Argon2PasswordHasher, PBKDF2PasswordHasher, make_password
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.utils import translation
from django.utils.crypto import pbkdf2
from django_otp.oath import totp
from django_otp.plugins.otp_static.models import StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice

from dashboard.signing_in import second_factor
from experiments.models import Membership, PersonLanguage, Subscription
from tests import factories

pytestmark = pytest.mark.django_db
PASSWORD = "correct horse"


@pytest.fixture(autouse=True)
def english_afterwards() -> Iterator[None]:
    """A thread keeps the language of its last page, and the next test of this process runs in it."""
    yield
    translation.activate(settings.LANGUAGE_CODE)


@pytest.fixture
def user() -> User:
    return factories.make_user(factories.make_store(slug="tea"), username="ada", email="ada@shop.example")


@pytest.fixture
def client(user: User) -> Client:
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def sign_in(**data: Any) -> Any:
    return Client().post("/login/", {"username": "ada", "password": PASSWORD} | data)


def sign_in_with_code(code: str) -> Any:
    """The answer to the second step, after the right password."""
    client = Client()
    assert client.post("/login/", {"username": "ada", "password": PASSWORD})["location"] == "/login/second-step/"
    return client.post("/login/second-step/", {"code": code})


def code_of(user: User, drift: int = 0) -> str:
    return f"{totp(TOTPDevice.objects.get(user=user).bin_key, drift=drift):06d}"


def switch_on(client: Client, user: User) -> list[str]:
    client.get("/account/second-factor/")
    page = client.post("/account/second-factor/", {"code": code_of(user)}, follow=True).content.decode()
    codes = re.findall(r"<li><code>(\w+)</code></li>", page)
    TOTPDevice.objects.update(last_t=-1)  # as if half a minute had passed
    return codes


@pytest.mark.slow
def test_sign_in_with_the_password_alone_where_there_is_no_second_factor(user):
    assert sign_in().status_code == 302
    page = sign_in(password="wrong").content.decode()
    assert "Code" not in page


def test_admins_login_is_the_consoles():
    answer = Client().get("/admin/login/?next=/admin/")
    assert (answer.status_code, answer["location"]) == (302, "/login/?next=/admin/")


@pytest.mark.slow
def test_second_factor_is_asked_for_once_its_first_code_was_right(client, user):
    page = client.get("/account/second-factor/").content.decode()
    assert "data:image/svg+xml" in page
    assert sign_in().status_code == 302  # not yet confirmed
    assert client.post("/account/second-factor/", {"code": "12 34"}).status_code == 422
    TOTPDevice.objects.update(throttling_failure_count=0)
    assert len(switch_on(client, user)) == 10
    visitor = Client()
    asked = visitor.post("/login/", {"username": "ada", "password": PASSWORD}, follow=True)
    assert "Enter the code" in asked.content.decode()
    assert "wrong" not in asked.content.decode()
    assert visitor.get("/account/").status_code == 302, "the password alone is not enough"
    assert visitor.post("/login/second-step/", {"code": code_of(user)})["location"] == "/"
    assert visitor.get("/account/").status_code == 200


def test_recovery_codes_are_shown_once_and_a_reload_makes_no_others(client, user):
    codes = switch_on(client, user)
    again = client.get("/account/second-factor/", follow=True)
    assert again.redirect_chain == [("/account/", 302)]
    assert codes[0] not in again.content.decode()
    assert set(StaticToken.objects.values_list("token", flat=True)) == set(codes)


@pytest.mark.slow
def test_code_that_was_used_or_is_wrong_does_not_sign_in(client, user):
    switch_on(client, user)
    code = code_of(user)
    assert sign_in_with_code(code).status_code == 302
    assert "This code is wrong" in sign_in_with_code(code).content.decode()
    TOTPDevice.objects.update(throttling_failure_count=0, last_t=-1)
    assert sign_in_with_code("000000" if code_of(user) != "000000" else "111111").status_code == 422


@pytest.mark.django_db(transaction=True)
def test_code_that_two_processes_get_at_once_signs_in_once(client, user):
    """Each with a connection of its own, as processes have: what keeps them apart is the device's row."""
    switch_on(client, user)
    code = code_of(user)
    both = threading.Barrier(2)

    def use() -> bool:
        both.wait()
        try:
            return second_factor.is_code_right(user, code)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        used = [one.result() for one in [pool.submit(use), pool.submit(use)]]
    assert sorted(used) == [False, True]


@pytest.mark.slow
def test_wrong_codes_make_the_next_attempt_wait(client, user):
    switch_on(client, user)
    for _ in range(4):
        sign_in_with_code("123")
    assert sign_in_with_code(code_of(user)).status_code == 422


def test_recovery_code_signs_in_once(client, user):
    code = switch_on(client, user)[0]
    assert sign_in_with_code(code).status_code == 302
    TOTPDevice.objects.update(throttling_failure_count=0)
    assert sign_in_with_code(code).status_code == 422
    assert StaticToken.objects.count() == 9


def test_right_code_with_a_wrong_password_does_not_sign_in(client, user):
    switch_on(client, user)
    assert sign_in(password="wrong", code=code_of(user)).status_code == 200
    assert Client().post("/login/second-step/", {"code": code_of(user)})["location"] == "/login/"


@pytest.mark.slow
def test_second_factor_is_switched_off_with_the_password_alone(client, user):
    switch_on(client, user)
    elsewhere = Client()
    elsewhere.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    assert client.post("/account/second-factor/remove/", {"password": "wrong"}).status_code == 422
    assert TOTPDevice.objects.exists()
    assert client.post("/account/second-factor/remove/", {"password": PASSWORD}).status_code == 302
    assert not TOTPDevice.objects.exists()
    assert elsewhere.get("/account/").status_code == 302
    assert client.get("/account/").status_code == 200
    assert sign_in()["location"] == "/"
    actions = set(user.memberships.get().store.audit_entries.values_list("action", flat=True))
    assert {"second_factor_added", "second_factor_removed"} <= actions


@pytest.mark.slow
def test_too_many_wrong_passwords_close_the_door_for_that_name_and_address_alone(user):
    factories.make_user(username="grace")
    for _ in range(10):
        answer = sign_in(password="wrong")
    assert answer.status_code == 429
    assert "Too many attempts" in answer.content.decode()
    assert sign_in().status_code == 429
    assert Client().post("/login/", {"username": "grace", "password": PASSWORD}).status_code == 302
    elsewhere = Client(REMOTE_ADDR="203.0.113.9")
    assert elsewhere.post("/login/", {"username": "ada", "password": PASSWORD}).status_code == 302
    assert AccessAttempt.objects.filter(username="ada").exists()


def failed(number: int, address: str = "127.0.0.1") -> int:
    """The status of a sign-in under a name that there isn't."""
    answer = Client(REMOTE_ADDR=address).post("/login/", {"username": f"nobody-{number}", "password": "wrong"})
    return answer.status_code


@pytest.mark.slow
def test_too_many_names_tried_from_one_address_close_the_door_for_that_address_alone(user):
    assert [failed(number) for number in range(49)] == [200] * 49
    assert sign_in().status_code == 302  # 49 are not too many, and who gets in clears nobody else's failures
    assert failed(49) == 429
    assert sign_in().status_code == 429
    elsewhere = Client(REMOTE_ADDR="203.0.113.9")
    assert elsewhere.post("/login/", {"username": "ada", "password": PASSWORD}).status_code == 302


@pytest.mark.slow
def test_addresses_of_one_ipv6_line_are_one(user):
    for number in range(50):
        failed(number, f"2001:db8:1:2::{number:x}")
    assert failed(50, "2001:db8:1:2:ffff::1") == 429
    assert failed(51, "2001:db8:1:3::1") == 200


def test_signing_in_takes_as_many_hashes_for_a_name_that_there_is_not(user, settings, monkeypatch):
    """A hash takes nearly all of the time: who compares times learns nothing."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.PBKDF2PasswordHasher"]
    monkeypatch.setattr(PBKDF2PasswordHasher, "iterations", 1_000)
    rounds: list[int] = []

    def counted(password: str, salt: bytes, iterations: int, **kwargs: Any) -> bytes:
        rounds.append(iterations)
        return pbkdf2(password, salt, iterations, **kwargs)

    monkeypatch.setattr("django.contrib.auth.hashers.pbkdf2", counted)
    factories.make_user(username="known", password=PASSWORD)
    factories.make_user(username="gone", password=PASSWORD, is_active=False)
    factories.make_user(username="passwordless").set_unusable_password()
    for name in ("known", "gone", "passwordless", "nobody", "x" * 150):
        rounds.clear()
        Client().post("/login/", {"username": name, "password": "wrong"})
        assert sum(rounds) == 1_000, name


NEW_AND_OLD = [f"django.contrib.auth.hashers.{name}PasswordHasher" for name in ("Argon2", "PBKDF2")]


@pytest.mark.slow
def test_password_hashed_in_the_old_way_is_hashed_anew_at_the_next_sign_in(user, settings, monkeypatch):
    settings.PASSWORD_HASHERS = NEW_AND_OLD
    monkeypatch.setattr(PBKDF2PasswordHasher, "iterations", 1_000)  # a million take half a second
    user.password = make_password(PASSWORD, hasher="pbkdf2_sha256")
    user.save()
    assert sign_in(password="wrong").status_code == 200
    user.refresh_from_db()
    assert user.password.startswith("pbkdf2_sha256$")
    assert sign_in().status_code == 302
    user.refresh_from_db()
    assert user.password.startswith("argon2$argon2id$")
    assert sign_in().status_code == 302


def test_signing_in_takes_as_many_hashes_for_a_name_whose_password_is_hashed_in_the_old_way(
    user, settings, monkeypatch
):
    settings.PASSWORD_HASHERS = NEW_AND_OLD
    done: list[str | None] = []
    for hasher in (Argon2PasswordHasher, PBKDF2PasswordHasher):
        for step in ("encode", "verify"):

            def counted(self: Any, *arguments: Any, algorithm: str | None = hasher.algorithm, **more: Any) -> Any:
                done.append(algorithm)
                return False

            monkeypatch.setattr(hasher, step, counted)
    User.objects.filter(pk=user.pk).update(password="pbkdf2_sha256$1000$salt$hash")
    factories.make_user(username="new")
    User.objects.filter(username="new").update(password="argon2$argon2id$v=19$m=102400,t=2,p=8$c2FsdA$aGFzaA")
    for name in ("ada", "new", "nobody"):
        done.clear()
        Client().post("/login/", {"username": name, "password": "wrong"})
        assert sorted(map(str, done)) == ["argon2", "pbkdf2_sha256"], name


@pytest.mark.slow
def test_address_behind_proxies_is_the_one_that_the_outermost_saw(user, settings):
    settings.CONSOLE_PROXIES = 1
    for number in range(10):
        forwarded = {"x-forwarded-for": f"10.0.0.{number}, 198.51.100.7"}
        answer = Client().post("/login/", {"username": "ada", "password": "wrong"}, headers=forwarded)
    assert answer.status_code == 429
    assert AccessAttempt.objects.get().ip_address == "198.51.100.7"


@pytest.mark.parametrize("new", ["short", "1234567890", "password123", "ada@shop.example"])
def test_new_password_that_is_easily_guessed_is_refused(client, user, new):
    data = {"old_password": PASSWORD, "new_password1": new, "new_password2": new}
    assert client.post("/account/password/", data).status_code == 200
    user.refresh_from_db()
    assert user.check_password(PASSWORD)


def test_new_password_replaces_the_old(client, user):
    new = "a wholly new phrase"
    data = {"old_password": PASSWORD, "new_password1": new, "new_password2": new}
    assert client.post("/account/password/", data).status_code == 302
    user.refresh_from_db()
    assert user.check_password(new)


def test_topics_are_kept_for_the_members_stores_alone(client, user):
    other = factories.make_store(slug="foreign")
    page = client.get("/account/").content.decode()
    assert page.count("checked") >= 4  # the defaults
    data = {"tea-topics": ["launch"], "foreign-topics": ["launch"]}
    assert client.post("/account/topics/", data).status_code == 302
    assert list(Subscription.objects.values_list("store__slug", "topics")) == [("tea", ["launch"])]
    assert not Subscription.objects.filter(store=other).exists()
    client.post("/account/topics/", {"tea-topics": ["moon"]})
    assert Subscription.objects.get().topics == ["launch"]
    client.post("/account/topics/", {})
    assert Subscription.objects.get().topics == []


def test_account_of_a_member_of_no_store_shows(client, user):
    Membership.objects.all().delete()
    assert "a store yet" in client.get("/account/").content.decode()


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", ""),
        ("POST", "topics/"),
        ("POST", "password/"),
        ("POST", "second-factor/"),
        ("POST", "second-factor/remove/"),
        ("POST", "recovery-codes/"),
    ],
)
def test_strangers_are_sent_to_sign_in(method, path):
    answer = Client().generic(method, f"/account/{path}")
    assert (answer.status_code, answer["location"]) == (302, f"/login/?next=/account/{path}")


@pytest.mark.slow
def test_chosen_language_writes_pages_and_emails_and_outlasts_the_session(user, client):
    answer = client.post("/account/language/", {"language": "de"}, follow=True)
    assert "Sprache" in answer.content.decode() or 'lang="de"' in answer.content.decode()
    assert PersonLanguage.objects.of(user) == "de"
    assert 'lang="de"' in client.get("/", headers={"Accept-Language": "en"}).content.decode()
    user.set_password(PASSWORD)
    user.save()
    other = Client()
    other.post("/login/", {"username": "ada", "password": PASSWORD}, headers={"Accept-Language": "en"})
    assert 'lang="de"' in other.get("/", headers={"Accept-Language": "en"}).content.decode()
    other.post("/account/language/", {"language": "browser"})
    assert 'lang="en"' in other.get("/", headers={"Accept-Language": "en"}).content.decode()


def test_language_that_does_not_exist_is_refused(user, client):
    answer = client.post("/account/language/", {"language": "xx"}, follow=True)
    assert "this language doesn&#x27;t exist" in answer.content.decode()
    assert PersonLanguage.objects.of(user) == "en"


def test_login_notes_the_browsers_language_for_emails(user):
    user.set_password(PASSWORD)
    user.save()
    Client().post("/login/", {"username": "ada", "password": PASSWORD}, headers={"Accept-Language": "de-AT"})
    assert PersonLanguage.objects.of(user) == "de"
