"""A forgotten password."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from dashboard import tasks
from dashboard.forgotten_password import limits
from dashboard.models import PasswordRequest
from tests import factories

pytestmark = pytest.mark.django_db
NEW = "another long phrase"


@pytest.fixture
def user():
    return factories.make_user(factories.make_store(), username="ada", email="Ada@shop.example")


def ask(address: str, **headers: Any) -> Any:
    return Client().post("/password/", {"email": address}, **headers)


def queued() -> list[str]:
    jobs = ProcrastinateJob.objects.filter(
        task_name="dashboard.forgotten_password.sending.send_new_password_link"
    ).order_by("id")
    return [job.args["address"] for job in jobs]


def link() -> str:
    found = re.search(r"http://127.0.0.1:8000(/password/\S+)", str(mail.outbox[-1].body))
    assert found
    return found[1]


def test_answer_is_alike_for_known_and_unknown_addresses_and_so_is_what_is_done(user):
    pages = []
    for address in ("ada@shop.example", "eve@shop.example"):
        answer = ask(address)
        pages.append((answer.status_code, answer.content.decode().replace(address, "")))
    assert pages[0] == pages[1]
    assert queued() == ["ada@shop.example", "eve@shop.example"]
    tasks.send_new_password_link(address="eve@shop.example")
    assert mail.outbox == []


def test_link_sets_a_new_password_once_and_ends_sessions(user):
    elsewhere = Client()
    elsewhere.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    tasks.send_new_password_link(address="ada@shop.example")
    assert mail.outbox[0].to == ["Ada@shop.example"]
    client = Client()
    form = client.get(link(), follow=True)
    url = form.redirect_chain[-1][0]
    assert "set-password" in url, "the token leaves the address"
    answer = client.post(url, {"new_password1": NEW, "new_password2": NEW}, follow=True)
    assert "Password changed." in answer.content.decode()
    user.refresh_from_db()
    assert user.check_password(NEW)
    assert elsewhere.get("/account/").status_code == 302
    assert "work anymore" in Client().get(link(), follow=True).content.decode()


def test_link_expires_after_an_hour(user, monkeypatch):
    tasks.send_new_password_link(address="ada@shop.example")
    generator = "django.contrib.auth.tokens.PasswordResetTokenGenerator._now"
    later = timezone.now().replace(tzinfo=None) + timedelta(minutes=61)
    monkeypatch.setattr(generator, lambda self: later)
    assert "work anymore" in Client().get(link(), follow=True).content.decode()


def test_inactive_accounts_and_those_without_a_password_get_no_link():
    for name, fields in (("gone", {"is_active": False}), ("sso", {"password": None})):
        factories.make_user(username=name, email=f"{name}@shop.example", **fields)
        tasks.send_new_password_link(address=f"{name}@shop.example")
    assert mail.outbox == []


def test_link_is_the_operators_address_whatever_the_request_says(user, settings):
    settings.ALLOWED_HOSTS = ["*"]
    ask("ada@shop.example", HTTP_HOST="evil.example")
    tasks.send_new_password_link(address="ada@shop.example")
    assert "evil.example" not in mail.outbox[0].body
    assert link()


def test_address_that_was_asked_for_often_gets_no_more_links_and_the_answer_stays(user):
    pages = {ask("ada@shop.example", REMOTE_ADDR=f"10.0.0.{n}").content for n in range(limits.MOST_OF_ADDRESS + 2)}
    assert len(pages) == 1
    assert len(queued()) == limits.MOST_OF_ADDRESS
    PasswordRequest.objects.update(at=timezone.now() - timedelta(minutes=61))
    ask("ADA@shop.example")
    assert len(queued()) == limits.MOST_OF_ADDRESS + 1
    assert PasswordRequest.objects.count() == 1, "older ones are deleted"


@pytest.mark.slow
def test_client_that_asks_for_many_addresses_is_stopped(user):
    for number in range(limits.MOST_OF_LINE):
        assert ask(f"{number}@shop.example").status_code == 200
    assert ask("ada@shop.example").status_code == 429
    assert ask("ada@shop.example", REMOTE_ADDR="10.0.0.9").status_code == 200


def test_requests_kept_name_nobody(user):
    ask("ada@shop.example", REMOTE_ADDR="10.1.2.3")
    kept = PasswordRequest.objects.get()
    assert "ada@" not in kept.address + kept.line  # "ada" alone can be in a digest
    assert "10.1.2.3" not in kept.line


def test_page_says_where_no_mail_is_set_up(settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.console.EmailBackend"
    for answer in (Client().get("/password/"), ask("ada@shop.example")):
        assert "can&#x27;t send email" in answer.content.decode() or "can't send email" in answer.content.decode()
    assert queued() == []
